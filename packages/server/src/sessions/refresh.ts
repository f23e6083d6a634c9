import { createHash } from 'node:crypto'
import { type Audit, type Compared, type EventName, type Origin, requestFields } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import type { Limits } from '../limits/limits.ts'
import type { RefreshAttempt } from '../limits/refreshes.ts'
import type { HeldSession } from '../store/port/sessions.ts'
import type { Store } from '../store/store.ts'
import type { RefreshClaims } from '../tokens/refresh-token.ts'
import type { FindForeign } from './foreign.ts'
import { type IssueDeps, type IssuedSession, issuePair, type TokenPair } from './issue.ts'
import type { RevokedSessions } from './revocation/revoked.ts'
import { judge, type RotationRules, type SessionState, slidingEnd } from './rotation.ts'

export interface RefreshDeps extends IssueDeps {
  store: Pick<Store, 'rotateSession' | 'endSession'>
  limits: Pick<Limits, 'admitRefresh'>
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
  rules: RotationRules
  /** present where the tokens of another deployment are honoured */
  findForeign?: FindForeign | undefined
}

export interface RefreshInput {
  /** as the client sent it */
  refresh: string
  /** the client's own key for this attempt: shown again with it, a spent token gets its successor at any time */
  idempotencyKey: string | undefined
  origin: Origin
  /** for a client that has gone away nothing begins; what has begun is whole */
  hasGone?: () => boolean
}

/**
 * Exchanges a refresh token for a new pair: the session moves to its next generation. Shown again within the grace
 * window (or with the same idempotency key), the same token gets the same successor; later it is taken as theft.
 * @throws AuthError `token_not_valid` if forged, expired, revoked or reused: one answer for all, so nothing leaks;
 * `token_wrong_type` for a good access token; `throttled` after many refusals; `overloaded` where nobody waits any more
 * @see RFC 9700 section 4.14, RFC 6749 section 6
 */
export async function refresh(deps: RefreshDeps, input: RefreshInput): Promise<TokenPair> {
  await refuseGone(input.hasGone)
  const claims = deps.refreshTokens.verify(input.refresh)
  const foreign = claims ? undefined : deps.findForeign?.(input.refresh)
  const attempt = { origin: input.origin, sessionId: claims?.sessionId ?? foreign?.id }
  return countRefusal(deps.limits, attempt, () => foreign?.exchange(input) ?? exchange(deps, input, claims))
}

/**
 * After a stall, of this process or on the way, requests come of clients that gave them up, and may have asked again.
 * That one has gone is read from its connection behind its request, and known two turns of the event loop later.
 * @throws AuthError `overloaded`, which nobody hears
 */
async function refuseGone(hasGone: RefreshInput['hasGone']): Promise<void> {
  if (!hasGone) return
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))
  if (hasGone()) throw new AuthError('overloaded', { reason: 'the client has gone' })
}

/**
 * Lets a refresh through, and counts it where it is refused.
 * @throws AuthError `throttled` after many refusals; and what the exchange throws
 */
export async function countRefusal<T>(
  limits: Pick<Limits, 'admitRefresh'>,
  attempt: RefreshAttempt,
  exchange: () => Promise<T>,
): Promise<T> {
  const uncount = limits.admitRefresh(attempt)
  try {
    const granted = await exchange()
    uncount()
    return granted
  } catch (thrown) {
    if (!isRefusal(thrown)) uncount()
    throw thrown
  }
}

/** What is wrong on our side is no fault of whoever asks. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof AuthError && thrown.code !== 'unavailable'
}

async function exchange(deps: RefreshDeps, input: RefreshInput, claims?: RefreshClaims): Promise<TokenPair> {
  const now = deps.clock()
  if (!claims) throw forged(deps, input, now)
  const compared = comparedOf(claims, now)
  if (claims.expiresAt <= now) throw refused(deps, input.origin, { claims, compared, reason: 'expired' })
  const idempotencyDigest = digestOf(input.idempotencyKey)
  const { outcome, held } = await deps.store.rotateSession({
    sessionId: claims.sessionId,
    generation: claims.generation,
    now,
    expiresAt: slidingEnd(now, deps.rules),
    idempotencyDigest,
  })
  if (!held) throw refused(deps, input.origin, { claims, compared, reason: 'unknown_session' })
  if (outcome === 'rotated') return granted(deps, input.origin, { held, now, event: 'auth.refresh.rotated' })
  return whenUnchanged(deps, input.origin, { held, presented: { ...claims, idempotencyDigest }, now })
}

interface Unchanged {
  held: HeldSession
  presented: RefreshClaims & { idempotencyDigest: Uint8Array | null }
  now: number
}

/**
 * What a token gets that did not move its session on: the same successor, or a refusal; taken for stolen, it ends the
 * session.
 * @throws AuthError `token_not_valid`
 */
export async function whenUnchanged(
  deps: RefreshDeps,
  origin: Origin,
  { held, presented, now }: Unchanged,
): Promise<TokenPair> {
  const verdict = judge(stateOf(held), presented, now, deps.rules)
  const refusal = { claims: presented, compared: withSession(comparedOf(presented, now), held, deps.rules) }
  switch (verdict.verdict) {
    case 'replay':
      return granted(deps, origin, { held, now, event: 'auth.refresh.replayed' })
    case 'reuse':
      await endStolen(deps, origin, refusal)
      throw refused(deps, origin, { ...refusal, reason: 'reuse' })
    case 'refuse':
      throw refused(deps, origin, { ...refusal, reason: verdict.reason })
    case 'rotate':
      throw new Error('the store refused a rotation that the rules allow')
  }
}

/** The commit comes before the answer: a store that cannot write it answers 503, and the next showing ends the session. */
async function endStolen(deps: RefreshDeps, origin: Origin, { claims, compared }: Omit<Refusal, 'reason'>) {
  const { sessionId, userId } = claims
  const now = compared.decided_at
  await deps.store.endSession({ sessionId, now, reason: 'reuse' })
  deps.revoked.add([sessionId], 'reuse', now)
  const who = { user_id: userId, session_id: sessionId }
  deps.audit.record('auth.refresh.reuse_detected', { ...requestFields(origin), ...who, compared })
}

interface Granted {
  held: HeldSession
  now: number
  event: EventName
}

function granted(deps: RefreshDeps, origin: Origin, { held, now, event }: Granted): TokenPair {
  const { id, generation, rotated_at, expires_at, user_id } = held.session
  const issued: IssuedSession = { id, generation, rotated_at, expires_at, user_id: user_id ?? '' }
  deps.audit.record(event, { ...requestFields(origin), user_id: issued.user_id, session_id: id })
  return issuePair(deps, issued, held.username, now)
}

export function stateOf({ session, userIsActive }: HeldSession): SessionState {
  return {
    generation: session.generation,
    rotatedAt: session.rotated_at,
    expiresAt: session.expires_at,
    endsAt: session.ends_at,
    revokedAt: session.revoked_at,
    userIsActive,
    idempotencyDigest: session.idempotency_digest,
  }
}

/** 128 bits tell apart all keys that one session will ever see. */
export function digestOf(idempotencyKey: string | undefined): Uint8Array | null {
  if (idempotencyKey === undefined) return null
  return createHash('sha256').update(idempotencyKey).digest().subarray(0, 16)
}

function forged(deps: RefreshDeps, { refresh: token, origin }: RefreshInput, now: number): AuthError {
  const code = deps.accessTokens.verify(token, now) ? 'token_wrong_type' : 'token_not_valid'
  const reason = code === 'token_wrong_type' ? 'access_token' : 'bad_signature'
  deps.audit.record('auth.refresh.failed', { ...requestFields(origin), code, reason })
  return new AuthError(code, { reason })
}

/** What the operator reads and the client is not told. */
interface Refusal {
  claims: RefreshClaims
  compared: Compared
  reason: string
}

/** What a refresh goes by, as far as the token says it. */
export function comparedOf({ generation, expiresAt }: RefreshClaims, now: number): Compared {
  return { decided_at: now, presented_generation: generation, token_expires_at: expiresAt }
}

/** The same with what the session says. */
export function withSession(
  compared: Compared,
  { session }: HeldSession,
  { graceMs }: RotationRules,
): Compared {
  const { generation, rotated_at, expires_at, revoked_at, revoked_reason } = session
  return {
    ...compared,
    stored_generation: generation,
    rotated_at,
    session_expires_at: expires_at,
    ...(revoked_at !== null && { revoked_at, revoked_reason: revoked_reason ?? '' }),
    grace_ms: graceMs,
  }
}

/** Tells the operator why a refresh is refused, and makes the refusal, which tells nobody. */
export function refused(
  deps: Pick<RefreshDeps, 'audit'>,
  origin: Origin,
  { claims, compared, reason }: Refusal,
): AuthError {
  const code = 'token_not_valid'
  const who = { user_id: claims.userId, session_id: claims.sessionId }
  deps.audit.record('auth.refresh.failed', { ...requestFields(origin), ...who, code, reason, compared })
  return new AuthError(code, { reason: compared.revoked_reason || reason })
}
