import { type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { AuthError } from '../../errors.ts'
import {
  comparedOf,
  countRefusal,
  type RefreshDeps,
  refused,
  stateOf,
  withSession,
} from '../../sessions/refresh.ts'
import { judge } from '../../sessions/rotation.ts'
import type { HeldSession } from '../../store/port/sessions.ts'
import type { Store } from '../../store/store.ts'
import type { AccessClaims, AccessTokens } from '../../tokens/access-token.ts'
import type { RefreshClaims, RefreshTokens } from '../../tokens/refresh-token.ts'
import { findHeld } from '../find-held.ts'

export interface SlidingDeps
  extends Pick<RefreshDeps, 'refreshTokens' | 'limits' | 'audit' | 'clock' | 'rules'> {
  store: Pick<Store, 'findSession' | 'findUserById'>
  accessTokens: AccessTokens
  slidingTokens: AccessTokens
}

interface Shown {
  token: string
  origin: Origin
}

/**
 * A sliding token with a new end for one that is still good, as long as its session lives. It is not exchanged: both are
 * good until they end, and nothing tells a stolen one. The session's row is read and not written.
 * @throws AuthError `token_not_valid`, also where the session has ended or its user may not log in; `token_wrong_type`
 * for an access or refresh token; `throttled` after many refusals
 */
export async function extend(deps: SlidingDeps, shown: Shown): Promise<string> {
  const claims = deps.slidingTokens.verify(shown.token, deps.clock())
  const attempt = { origin: shown.origin, sessionId: claims?.sessionId }
  return countRefusal(deps.limits, attempt, async () => {
    if (!claims) throw unfit(deps, shown)
    const held = await getLive(deps, shown.origin, claims)
    return issueAgain(deps, shown.origin, { claims, held })
  })
}

/** A sliding token as a refresh token of the session's only generation. */
export function asRefreshToken(deps: {
  slidingTokens: AccessTokens
  clock: Clock
}): Pick<RefreshTokens, 'verify'> {
  return {
    verify(token) {
      const claims = deps.slidingTokens.verify(token, deps.clock())
      return claims && refreshClaimsOf(claims)
    },
  }
}

function refreshClaimsOf({ sessionId, userId, expiresAt }: AccessClaims): RefreshClaims {
  return { sessionId, userId, generation: 0, expiresAt: expiresAt * 1000 }
}

async function getLive(deps: SlidingDeps, origin: Origin, access: AccessClaims): Promise<HeldSession> {
  const now = deps.clock()
  const claims = refreshClaimsOf(access)
  const compared = comparedOf(claims, now)
  const held = await findHeld(deps.store, claims.sessionId)
  if (!held) throw refused(deps, origin, { claims, compared, reason: 'unknown_session' })
  const verdict = judge(stateOf(held), { ...claims, idempotencyDigest: null }, now, deps.rules)
  if (verdict.verdict === 'rotate') return held
  const reason = verdict.verdict === 'refuse' ? verdict.reason : 'reuse'
  throw refused(deps, origin, { claims, compared: withSession(compared, held, deps.rules), reason })
}

function issueAgain(
  deps: SlidingDeps,
  origin: Origin,
  { claims, held }: { claims: AccessClaims; held: HeldSession },
): string {
  const { userId, sessionId, jti } = claims
  const session = { id: sessionId, expiresAt: held.session.expires_at }
  deps.audit.record('auth.refresh.extended', {
    ...requestFields(origin),
    ...{ user_id: userId, session_id: sessionId },
  })
  return deps.slidingTokens.issue({ userId, username: held.username, session, jti }, deps.clock()).token
}

/** What is no good sliding token: of another kind, past one of its two ends, or none of ours. */
function unfit(deps: SlidingDeps, { token, origin }: Shown): AuthError {
  const now = deps.clock()
  const past = deps.slidingTokens.findExpired(token, now)
  if (past) {
    const claims = refreshClaimsOf(past)
    const refusal = refused(deps, origin, { claims, compared: comparedOf(claims, now), reason: 'expired' })
    return isOver(past, now) ? new AuthError(refusal.code, { reason: 'sliding_over' }) : refusal
  }
  const kind = kindOf(deps, token, now)
  const code = kind ? 'token_wrong_type' : 'token_not_valid'
  const reason = kind ?? 'bad_signature'
  deps.audit.record('auth.refresh.failed', { ...requestFields(origin), code, reason })
  return new AuthError(code, { reason })
}

/** The token's own end never lies behind that of its session, so where both are past it is the latter that counts. */
function isOver({ refreshExpiresAt = 0, expiresAt }: AccessClaims, now: number): boolean {
  return expiresAt >= refreshExpiresAt && refreshExpiresAt * 1000 <= now
}

function kindOf({ accessTokens, refreshTokens }: SlidingDeps, token: string, now: number) {
  if (accessTokens.verify(token, now)) return 'access_token'
  return refreshTokens.verify(token) ? 'refresh_token' : undefined
}
