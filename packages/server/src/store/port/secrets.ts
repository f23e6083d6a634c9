import type { OneTimeSecretRow } from '../schema.ts'
import type { NewMail } from './mails.ts'

export type NewSecret = Omit<OneTimeSecretRow, 'code_attempts'>

export type SecretPurpose = 'reset_password' | 'verify_email' | 'change_email'

/** What is known of a one-time secret before it is spent. */
export type FoundSecret = Pick<OneTimeSecretRow, 'user_id' | 'email' | 'expires_at'> & {
  purpose: SecretPurpose
}

/** How a one-time secret is shown: itself, or the code beside it, each try of which counts. */
export type ShownSecret =
  | { digest: Uint8Array }
  | { userId: string; codeDigest: Uint8Array; mostAttempts: number }

export interface SpendSecretInput {
  purpose: SecretPurpose
  shown: ShownSecret
  now: number
  /** what follows from it, made of the row: done in the same transaction */
  effect:
    | { kind: 'set_password'; passwordHash: string; mails?: readonly NewMail[] }
    | { kind: 'verify_email' }
    /** takes the address that the secret was sent to, and ends his sessions but for the one that stays */
    | {
        kind: 'change_email'
        emailCanonical: string
        mails?: readonly NewMail[]
        except?: string | undefined
      }
}

export type SpendSecretOutcome =
  | { outcome: 'spent'; userId: string; email: string; ended: string[] }
  /** unknown, expired, spent, of another purpose, or too many codes: nobody is told which */
  | { outcome: 'refused' }
  /** somebody has the address by now; the secret stays */
  | { outcome: 'taken' }
