import type { Origin } from '../../audit/events.ts'
import { type LogoutDeps, logout } from '../logout.ts'

/**
 * Ends the session of a token of either kind. Who shows a token that is not good is told the same: it is not good.
 * @see RFC 7009 section 2.2
 */
export async function revoke(
  deps: LogoutDeps,
  { token, origin }: { token: string; origin: Origin },
): Promise<void> {
  const now = deps.clock()
  if (deps.refreshTokens.verify(token)) {
    await logout(deps, { refresh: token, origin })
    return
  }
  const access = deps.accessTokens.verify(token, now)
  if (!access) return
  await deps.store.endSession({ sessionId: access.sessionId, now, reason: 'logout' })
  if (!deps.revoked.reasonOf(access.sessionId)) deps.revoked.add([access.sessionId], 'logout', now)
  const who = { user_id: access.userId, session_id: access.sessionId }
  deps.audit.record('auth.logout.succeeded', {
    request_id: origin.requestId,
    client_ip: origin.address,
    ...who,
  })
}
