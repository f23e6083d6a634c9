import { type Origin, requestFields } from '../../audit/events.ts'
import { AuthError } from '../../errors.ts'
import { type LogoutDeps, logout } from '../../sessions/logout.ts'

/**
 * Ends the session of a refresh token. A spent one still ends its session, which simplejwt would not find.
 * @throws AuthError `token_not_valid` for a token that is forged or expired, or whose session has ended already;
 * `token_wrong_type` for an access token
 */
export async function blacklist(deps: LogoutDeps, input: { refresh: string; origin: Origin }): Promise<void> {
  const claims = deps.refreshTokens.verify(input.refresh)
  if (claims && claims.expiresAt <= deps.clock()) throw expired(deps, input.origin, claims)
  const outcome = await logout(deps, input)
  if (outcome !== 'ended') throw new AuthError('token_not_valid', { reason: 'revoked' })
}

function expired(
  { audit }: LogoutDeps,
  origin: Origin,
  { userId, sessionId }: { userId: string; sessionId: string },
): AuthError {
  const refusal = { code: 'token_not_valid', reason: 'expired' } as const
  const who = { user_id: userId, session_id: sessionId }
  audit.record('auth.logout.failed', { ...requestFields(origin), ...who, ...refusal })
  return new AuthError(refusal.code, { reason: refusal.reason })
}
