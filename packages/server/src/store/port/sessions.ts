import type { SessionRow } from '../schema.ts'

export type NewSession = Pick<
  SessionRow,
  'id' | 'created_at' | 'expires_at' | 'ends_at' | 'device' | 'address'
> & {
  user_id: string
}

/** Why a session ended before its time; stored, shown to operators, and decisive for what its access tokens are told. */
export type RevocationReason =
  | 'logout'
  | 'logout_all'
  | 'reuse'
  | 'limit'
  | 'user_disabled'
  | 'user_deleted'
  | 'password_changed'
  | 'email_changed'
  | 'operator'

export interface Revocation {
  sessionId: string
  revokedAt: number
  reason: RevocationReason
}

export interface OpenSessionInput {
  session: NewSession
  /** the hash that was verified: a password changed meanwhile refuses the session */
  passwordHash: string
  /** oldest sessions beyond this many end */
  maxSessionsPerUser: number
}

export type OpenSessionOutcome =
  | { outcome: 'opened'; ended: string[] }
  /** the user was disabled, deleted, or changed his password since the caller read him */
  | { outcome: 'refused' }

export interface RotateSessionInput {
  sessionId: string
  generation: number
  now: number
  /** the sliding end; the hard cap of the row still bounds it */
  expiresAt: number
  idempotencyDigest: Uint8Array | null
}

/** What is stored of a session together with what decides about its user. */
export interface HeldSession {
  session: SessionRow
  username: string
  userIsActive: boolean
}

export type RotateSessionOutcome =
  | { outcome: 'rotated'; held: HeldSession }
  /** nothing was written; `held` is the row as the same transaction saw it */
  | { outcome: 'unchanged'; held: HeldSession | undefined }

export interface EndSessionInput {
  sessionId: string
  now: number
  reason: RevocationReason
}

export type EndSessionOutcome = 'ended' | 'already_ended' | 'missing'

export interface EndSessionsInput {
  userId: string
  now: number
  reason: RevocationReason
  /** the one that stays */
  except?: string | undefined
}

export interface DeleteEndedSessionsInput {
  after: string
  limit: number
  now: number
  /** sessions that expired before this instant go */
  expiredBefore: number
  /** sessions revoked before this instant go */
  revokedBefore: number
}

export interface DeleteEndedSessionsOutcome {
  deleted: number
  /** how many in the batch can still be refreshed */
  live: number
  /** where the next batch starts; undefined at the end of the table */
  next: string | undefined
}
