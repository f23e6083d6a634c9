import { type AuthError, invalidFields } from '../../errors.ts'

/**
 * What somebody shows who has read a mail of ours: the secret of its link, or the code beside it. Where a link also says
 * whom it is for, it is good for nobody else.
 */
export type Proof = { token: string; userId?: string } | { email: string; code: string }

/** One answer whatever is wrong: unknown, expired, spent, of another purpose, tried too often. */
export function badProof(proof: Proof): AuthError {
  return 'token' in proof
    ? invalidFields({ token: ['This link is not valid, or no longer. Ask for a new one.'] })
    : invalidFields({ code: ['This code is not valid, or no longer.'] })
}
