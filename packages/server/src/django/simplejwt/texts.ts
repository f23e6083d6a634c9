import type { RefusalReason } from '../../sessions/rotation.ts'
import type { RevocationReason } from '../../store/port/sessions.ts'

/** Whose texts and claims are spoken: simplejwt's up to 5.4, or its later ones. */
export type SimplejwtVersion = '5.2' | '5.5'

/** What can be wrong with a token, as simplejwt tells it. */
export type Fault = 'invalid' | 'expired' | 'sliding_over' | 'blacklisted' | 'wrong_type' | 'no_account'

/** What each version says of it. The older one asks for no account when it refreshes, so it has no words for that. */
export const texts: Readonly<Record<SimplejwtVersion, Readonly<Record<Fault, string>>>> = {
  '5.2': {
    invalid: 'Token is invalid or expired',
    expired: 'Token is invalid or expired',
    sliding_over: "Token 'refresh_exp' claim has expired",
    blacklisted: 'Token is blacklisted',
    wrong_type: 'Token has wrong type',
    no_account: 'Token is blacklisted',
  },
  '5.5': {
    invalid: 'Token is invalid',
    expired: 'Token is expired',
    sliding_over: "Token 'refresh_exp' claim has expired",
    blacklisted: 'Token is blacklisted',
    wrong_type: 'Token has wrong type',
    no_account: 'No active account found for the given token.',
  },
}

type Ours =
  | 'bad_signature'
  | 'invalid_or_expired'
  | 'sliding_over'
  | 'unknown_session'
  | 'reuse'
  | 'refresh_token'

/** Our reasons in simplejwt's terms. A session that is no longer in the database is one that has ended. */
export const faults = {
  bad_signature: 'invalid',
  invalid_or_expired: 'invalid',
  never_issued: 'invalid',
  expired: 'expired',
  sliding_over: 'sliding_over',
  refresh_token: 'wrong_type',
  unknown_session: 'blacklisted',
  revoked: 'blacklisted',
  reuse: 'blacklisted',
  logout: 'blacklisted',
  logout_all: 'blacklisted',
  limit: 'blacklisted',
  password_changed: 'blacklisted',
  email_changed: 'blacklisted',
  operator: 'blacklisted',
  user_inactive: 'no_account',
  user_disabled: 'no_account',
  user_deleted: 'no_account',
} as const satisfies Readonly<Record<RefusalReason | RevocationReason | Ours, Fault>>

/** How a version writes a user's id into a token: 5.2 as a number where it is one, later ones always as a text. */
export function userIdClaimOf(version: SimplejwtVersion): (userId: string) => string | number {
  return version === '5.2' ? numberOrText : (userId) => userId
}

/** Only a number that reads back as the same text: ids are compared as texts. */
function numberOrText(userId: string): string | number {
  const number = Number(userId)
  return Number.isSafeInteger(number) && String(number) === userId ? number : userId
}
