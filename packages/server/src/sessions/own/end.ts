import { type Audit, type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { AuthError } from '../../errors.ts'
import { isUuid } from '../../ids.ts'
import type { Store } from '../../store/store.ts'
import type { AccessClaims } from '../../tokens/access-token.ts'
import type { RevokedSessions } from '../revocation/revoked.ts'

export interface EndDeps {
  store: Pick<Store, 'findSession' | 'endSession' | 'endSessionsOfUser'>
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
}

/** Whose access token was shown, and where. */
interface Asker {
  claims: AccessClaims
  origin: Origin
}

/**
 * Ends one of the user's own sessions, also the one that asks.
 * @throws AuthError `not_found` for a session that is not live or not his: nobody learns which
 */
export async function endOwnSession(deps: EndDeps, asker: Asker, sessionId: string): Promise<void> {
  const now = deps.clock()
  // Whose a session is never changes; that it is live is for the verb to say.
  const session = isUuid(sessionId) ? await deps.store.findSession(sessionId) : undefined
  if (session?.user_id !== asker.claims.userId || session.expires_at <= now) throw new AuthError('not_found')
  const outcome = await deps.store.endSession({ sessionId, now, reason: 'logout' })
  if (outcome !== 'ended') throw new AuthError('not_found')
  deps.revoked.add([sessionId], 'logout', now)
  record(deps, asker, { session_id: sessionId, reason: outcome })
}

/** Ends all sessions of the user but the one that asks. */
export async function endOtherSessions(deps: EndDeps, asker: Asker): Promise<void> {
  const now = deps.clock()
  const { userId, sessionId: except } = asker.claims
  const ended = await deps.store.endSessionsOfUser({ userId, now, reason: 'logout_all', except })
  deps.revoked.add(ended, 'logout_all', now)
  record(deps, asker, { count: ended.length })
}

function record(
  { audit }: EndDeps,
  { claims, origin }: Asker,
  what: { session_id?: string; reason?: string; count?: number },
): void {
  audit.record('auth.logout.succeeded', { ...requestFields(origin), user_id: claims.userId, ...what })
}
