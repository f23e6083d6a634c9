import { type Audit, requestFields } from '../../audit/events.ts'
import { AuthError, invalidFields } from '../../errors.ts'
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
 * @throws AuthError as `reauthenticate` does; `invalid` for the last owner of the deployment
 */
export async function leave(deps: LeaveDeps, asker: Asker, password: string | undefined): Promise<void> {
  const user = await getOwnUser(deps.store, asker.claims)
  await reauthenticate(deps, { user, asker, password })
  const now = deps.clock()
  const mails = noticeOf(deps, { template: 'account_deleted', user, origin: asker.origin })
  const keeps = user.admin_role === 'owner' ? { keeps: 'another_owner' as const } : {}
  const deleted = await deps.store.deleteUser({ userId: user.id, now, mails, ...keeps })
  if (deleted.outcome === 'missing') throw await whyNot(deps, user.id)
  deps.revoked.add(deleted.ended, 'user_deleted', now)
  const who = { user_id: user.id, session_id: asker.claims.sessionId }
  deps.audit.record('user.deleted', { ...requestFields(asker.origin), ...who })
}

async function whyNot({ store }: LeaveDeps, userId: string): Promise<AuthError> {
  if (!(await store.findUserById(userId))) return new AuthError('user_not_found')
  return invalidFields({ non_field_errors: ['The last owner cannot leave: make somebody else one first.'] })
}
