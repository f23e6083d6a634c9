import { invalidFields } from '../../errors.ts'
import type { Proof } from './proof.ts'

const required = ['This field is required.']

/**
 * What a body shows: the secret of a link, or a code and the address that it was sent to.
 * @throws AuthError `invalid` where it has neither, or half
 */
export function proofIn(body: {
  token: string | undefined
  email: string | undefined
  code: string | undefined
}): Proof {
  const { token, email, code } = body
  if (token !== undefined) return { token }
  if (email === undefined && code === undefined) throw invalidFields({ token: required })
  if (email === undefined) throw invalidFields({ email: required })
  if (code === undefined) throw invalidFields({ code: required })
  // People type the digits in groups.
  return { email, code: code.replaceAll(/[\s-]/g, '') }
}
