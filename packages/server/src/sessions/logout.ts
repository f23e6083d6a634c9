import { type Audit, type Origin, requestFields } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import type { EndSessionOutcome } from '../store/port/sessions.ts'
import type { Store } from '../store/store.ts'
import type { AccessClaims, AccessTokens } from '../tokens/access-token.ts'
import type { RefreshTokens } from '../tokens/refresh-token.ts'
import type { FindForeign } from './foreign.ts'
import type { RevokedSessions } from './revocation/revoked.ts'

export interface LogoutDeps {
  store: Pick<Store, 'endSession' | 'endSessionsOfUser'>
  refreshTokens: Pick<RefreshTokens, 'verify'>
  accessTokens: AccessTokens
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
  /** present where the tokens of another deployment are honoured */
  findForeign?: FindForeign | undefined
}

/**
 * Ends the session of a refresh token of any generation, spent and expired ones too. When it resolves, nothing of the
 * session lives, also where a refresh raced it. A session that has ended already is no fault.
 * @returns whether it was this call that ended it
 * @throws AuthError `token_not_valid` for a forged token, `token_wrong_type` for an access token
 * @see RFC 7009 section 2.1
 */
export async function logout(
  deps: LogoutDeps,
  input: { refresh: string; origin: Origin },
): Promise<EndSessionOutcome> {
  const now = deps.clock()
  const claims = deps.refreshTokens.verify(input.refresh)
  const foreign = claims ? undefined : deps.findForeign?.(input.refresh)
  if (foreign) return foreign.end(input.origin)
  if (!claims) throw refused(deps, input, now)
  const { sessionId, userId } = claims
  const outcome = await deps.store.endSession({ sessionId, now, reason: 'logout' })
  // Also where another process ended it a moment ago and this one has not read of it yet.
  if (!deps.revoked.reasonOf(sessionId)) deps.revoked.add([sessionId], 'logout', now)
  const who = { user_id: userId, session_id: sessionId }
  deps.audit.record('auth.logout.succeeded', { ...requestFields(input.origin), ...who, reason: outcome })
  return outcome
}

/** Ends every session of the user whose live access token was shown. */
export async function logoutEverywhere(
  deps: LogoutDeps,
  input: { claims: AccessClaims; origin: Origin },
): Promise<void> {
  const now = deps.clock()
  const { userId } = input.claims
  const ended = await deps.store.endSessionsOfUser({ userId, now, reason: 'logout_all' })
  deps.revoked.add(ended, 'logout_all', now)
  deps.audit.record('auth.logout.succeeded', {
    ...requestFields(input.origin),
    user_id: userId,
    count: ended.length,
  })
}

function refused(
  deps: LogoutDeps,
  { refresh, origin }: { refresh: string; origin: Origin },
  now: number,
): AuthError {
  const code = deps.accessTokens.verify(refresh, now) ? 'token_wrong_type' : 'token_not_valid'
  const reason = code === 'token_wrong_type' ? 'access_token' : 'bad_signature'
  deps.audit.record('auth.logout.failed', { ...requestFields(origin), code, reason })
  return new AuthError(code, { reason })
}
