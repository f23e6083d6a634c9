/**
 * The rules of rotation, pure: what a refresh token may do, given the session it belongs to. The store carries out
 * `rotate` as one guarded statement; everything else changes nothing or ends the session.
 */

/** What decides about a session. Instants are epoch milliseconds. */
export interface SessionState {
  /** number of the current refresh token */
  generation: number
  rotatedAt: number
  expiresAt: number
  endsAt: number
  revokedAt: number | null
  userIsActive: boolean
  /** of the request that last rotated it */
  idempotencyDigest: Uint8Array | null
}

/** A refresh token as it was shown. */
export interface Presented {
  generation: number
  /** of the token itself */
  expiresAt: number
  idempotencyDigest: Uint8Array | null
}

/** Of a token of another deployment, for which the session was opened: it stands before the first of ours. */
export const foreignGeneration = -1

export interface RotationRules {
  /** how long the predecessor of the current token gets the same successor again; 0: not at all */
  graceMs: number
  /** a new refresh token lives this long, within the session's hard end */
  refreshTtlMs: number
  /** `until_used` accepts the predecessor however late, as long as its successor was never shown */
  replay: 'grace' | 'until_used'
}

export type RefusalReason = 'expired' | 'revoked' | 'user_inactive' | 'never_issued'

export type Verdict =
  | { verdict: 'rotate'; next: SessionState }
  /** the current token is handed out once more, byte for byte */
  | { verdict: 'replay' }
  /** taken as theft: the session ends */
  | { verdict: 'reuse' }
  | { verdict: 'refuse'; reason: RefusalReason }

/**
 * What becomes of a refresh token that is shown now.
 * @param now epoch milliseconds
 * @see RFC 9700 section 4.14.2
 */
export function judge(
  session: SessionState,
  presented: Presented,
  now: number,
  rules: RotationRules,
): Verdict {
  const reason = refusalReason(session, presented, now)
  if (reason) return { verdict: 'refuse', reason }
  if (presented.generation === session.generation) {
    return { verdict: 'rotate', next: rotated(session, presented, now, rules) }
  }
  return { verdict: mayReplay(session, presented, now, rules) ? 'replay' : 'reuse' }
}

/** The sliding end of a session that is refreshed now; its hard end still bounds it. */
export function slidingEnd(now: number, rules: RotationRules): number {
  return now + rules.refreshTtlMs
}

function refusalReason(session: SessionState, presented: Presented, now: number): RefusalReason | undefined {
  if (session.revokedAt !== null) return 'revoked'
  if (session.expiresAt <= now || presented.expiresAt <= now) return 'expired'
  if (!session.userIsActive) return 'user_inactive'
  if (presented.generation > session.generation) return 'never_issued'
  return undefined
}

function rotated(
  session: SessionState,
  presented: Presented,
  now: number,
  rules: RotationRules,
): SessionState {
  return {
    ...session,
    generation: session.generation + 1,
    rotatedAt: now,
    expiresAt: Math.min(slidingEnd(now, rules), session.endsAt),
    idempotencyDigest: presented.idempotencyDigest,
  }
}

function mayReplay(session: SessionState, presented: Presented, now: number, rules: RotationRules): boolean {
  if (presented.generation !== session.generation - 1) return false
  if (rules.replay === 'until_used' || isWithinGrace(session, now, rules)) return true
  return sameDigest(session.idempotencyDigest, presented.idempotencyDigest)
}

/** A window of 0 is none at all, also within the millisecond of the rotation and under a clock that runs behind. */
function isWithinGrace({ rotatedAt }: SessionState, now: number, { graceMs }: RotationRules): boolean {
  return graceMs > 0 && now - rotatedAt <= graceMs
}

function sameDigest(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a !== null && b !== null && Buffer.from(a).equals(b)
}
