import { type Audit, requestFields } from '../../audit/events.ts'
import { AuthError, invalidFields } from '../../errors.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { canonicalName, displayName } from '../names.ts'
import { takenMessages } from '../register.ts'
import { addressAsNameFault, type LoginBy } from '../who.ts'
import { type NoticeDeps, noticeOf } from './notice.ts'
import { getOwnUser } from './own-user.ts'
import { type Asker, type ReauthenticateDeps, reauthenticate } from './reauthenticate.ts'

export interface RenameDeps extends ReauthenticateDeps, NoticeDeps {
  store: ReauthenticateDeps['store'] & Pick<Store, 'findUserById' | 'updateUser'>
  audit: Audit
  rules: ReauthenticateDeps['rules'] & { loginBy: LoginBy }
}

/**
 * Gives the user another name. Access tokens say the old one until they are refreshed; his id stays.
 * @returns the user as he is then
 * @throws AuthError `invalid` for a name that somebody has, and as `reauthenticate` does
 */
export async function rename(
  deps: RenameDeps,
  asker: Asker,
  { username, password }: { username: string; password: string | undefined },
): Promise<UserRow> {
  const user = await getOwnUser(deps.store, asker.claims)
  const set = { username: displayName(username), username_canonical: canonicalName(username) }
  if (set.username === user.username) return user
  const fault = addressAsNameFault(deps.rules.loginBy, { username, email: user.email })
  if (fault) throw invalidFields({ username: [fault] })
  await reauthenticate(deps, { user, asker, password })
  const mails = noticeOf(deps, { template: 'username_changed', user, origin: asker.origin })
  const updated = await deps.store.updateUser({ userId: user.id, set, mails })
  if (updated.outcome === 'taken') throw invalidFields({ username: [takenMessages.username] })
  if (updated.outcome === 'missing') throw new AuthError('user_not_found')
  const who = { user_id: user.id, session_id: asker.claims.sessionId }
  deps.audit.record('user.updated', { ...requestFields(asker.origin), ...who, reason: 'renamed' })
  return { ...user, ...set }
}
