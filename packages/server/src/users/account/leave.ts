import { type Audit, requestFields } from '../../audit/events.ts'
import { AuthError } from '../../errors.ts'
import type { Store } from '../../store/store.ts'
import type { EndedSessions } from '../ended-sessions.ts'
import { type NoticeDeps, noticeOf } from './notice.ts'
import { getOwnUser } from './own-user.ts'
import { type Asker, type ReauthenticateDeps, reauthenticate } from './reauthenticate.ts'

export interface LeaveDeps extends ReauthenticateDeps, NoticeDeps {
  store: ReauthenticateDeps['store'] & Pick<Store, 'findUserById' | 'deleteUser'>
  revoked: EndedSessions
  audit: Audit
}

/**
 * Deletes the account of the user who asks, ends all his sessions, and tells him by mail.
 * @throws AuthError as `reauthenticate` does
 */
export async function leave(deps: LeaveDeps, asker: Asker, password: string | undefined): Promise<void> {
  const user = await getOwnUser(deps.store, asker.claims)
  await reauthenticate(deps, { user, asker, password })
  const now = deps.clock()
  const mails = noticeOf(deps, { template: 'account_deleted', user, origin: asker.origin })
  const deleted = await deps.store.deleteUser({ userId: user.id, now, mails })
  if (deleted.outcome === 'missing') throw new AuthError('user_not_found')
  deps.revoked.add(deleted.ended, 'user_deleted', now)
  const who = { user_id: user.id, session_id: asker.claims.sessionId }
  deps.audit.record('user.deleted', { ...requestFields(asker.origin), ...who })
}
