import type { EndSessionOutcome, HeldSession, NewSession } from './sessions.ts'

/** A refresh token of the deployment that the users came from, as it was shown. */
export interface ShownLegacyToken {
  jti: string
  userId: string
  issuedAt: number
  expiresAt: number
}

export interface ExchangeLegacyTokenInput {
  token: ShownLegacyToken
  now: number
  session: NewSession
  idempotencyDigest: Uint8Array | null
  /** oldest sessions beyond this many end */
  maxSessionsPerUser: number
  /** what is thought of a token that is not among the outstanding ones, where those were imported */
  unlisted: 'accepted' | 'refused'
}

export type LegacyRefusal =
  | 'unknown_user'
  | 'user_inactive'
  | 'blacklisted'
  /** the outstanding tokens were imported, it is none of them, and that counts; or it is another user's */
  | 'unknown_token'
  /** all sessions of its user were ended since it was issued */
  | 'outdated'

export type ExchangeLegacyTokenOutcome =
  | { outcome: 'exchanged'; held: HeldSession; ended: string[] }
  /** nothing was written: it was exchanged before, and `held` is the session that it became, as long as its row is kept */
  | { outcome: 'spent'; held: HeldSession | undefined }
  | { outcome: 'refused'; reason: LegacyRefusal }

export type CheckLegacyTokenInput = Pick<ExchangeLegacyTokenInput, 'token' | 'unlisted'>

/** What an exchange would make of a token now. */
export type CheckLegacyTokenOutcome =
  | { outcome: 'good' }
  /** it was exchanged before, for this session */
  | { outcome: 'spent'; sessionId: string }
  | { outcome: 'refused'; reason: LegacyRefusal }

export interface EndLegacyTokenInput {
  token: ShownLegacyToken
  now: number
}

export interface EndLegacyTokenOutcome {
  outcome: EndSessionOutcome
  /** the session that it became */
  sessionId: string | undefined
}
