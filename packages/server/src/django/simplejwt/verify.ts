import { type Audit, type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { AuthError, invalidFields } from '../../errors.ts'
import { stateOf } from '../../sessions/refresh.ts'
import type { RevokedSessions } from '../../sessions/revocation/revoked.ts'
import { judge, type RotationRules } from '../../sessions/rotation.ts'
import type { Store } from '../../store/store.ts'
import type { AccessTokens } from '../../tokens/access-token.ts'
import type { RefreshClaims, RefreshTokens } from '../../tokens/refresh-token.ts'
import { findHeld } from './find-held.ts'
import { texts } from './texts.ts'

export interface VerifyDeps {
  store: Pick<Store, 'findSession' | 'findUserById'>
  accessTokens: AccessTokens
  refreshTokens: Pick<RefreshTokens, 'verify'>
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
  rules: RotationRules
}

/**
 * Resolves for a token of ours, of whatever kind, that is good for something now. Nothing is changed: a spent refresh
 * token that is shown here is refused, and not taken for theft.
 * @throws AuthError `token_not_valid` for a forged or expired one; `invalid` where its session has ended, as simplejwt
 * answers there
 */
export async function verifyToken(deps: VerifyDeps, input: { token: string; origin: Origin }): Promise<void> {
  const now = deps.clock()
  const access = deps.accessTokens.verify(input.token, now)
  if (access) {
    const reason = deps.revoked.reasonOf(access.sessionId)
    if (reason) throw ended(deps, input.origin, { ...access, reason })
    return
  }
  const claims = deps.refreshTokens.verify(input.token)
  if (!claims || claims.expiresAt <= now) throw notGood(deps, input.origin, claims)
  const reason = await endOf(deps, claims, now)
  if (reason) throw ended(deps, input.origin, { ...claims, reason })
}

/** Why a refresh would not take this token now; undefined if it would. */
async function endOf(deps: VerifyDeps, claims: RefreshClaims, now: number): Promise<string | undefined> {
  const held = await findHeld(deps.store, claims.sessionId)
  if (!held) return 'unknown_session'
  const verdict = judge(stateOf(held), { ...claims, idempotencyDigest: null }, now, deps.rules)
  if (verdict.verdict === 'reuse') return 'spent'
  if (verdict.verdict !== 'refuse') return undefined
  return held.session.revoked_reason ?? verdict.reason
}

function notGood({ audit }: VerifyDeps, origin: Origin, claims: RefreshClaims | undefined): AuthError {
  const code = 'token_not_valid'
  const who = claims && { user_id: claims.userId, session_id: claims.sessionId }
  audit.record('auth.access.refused', {
    ...requestFields(origin),
    ...who,
    ...{ code, reason: 'invalid_or_expired' },
  })
  return new AuthError(code, { reason: claims ? 'expired' : 'bad_signature' })
}

function ended(
  { audit }: VerifyDeps,
  origin: Origin,
  { userId, sessionId, reason }: { userId: string; sessionId: string; reason: string },
): AuthError {
  const refusal = invalidFields({ non_field_errors: [texts['5.5'].blacklisted] })
  const who = { user_id: userId, session_id: sessionId }
  audit.record('auth.access.refused', { ...requestFields(origin), ...who, code: refusal.code, reason })
  return refusal
}
