import { type Audit, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { invalidFields } from '../../errors.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Passwords } from '../../passwords/passwords.ts'
import type { PasswordPolicy } from '../../passwords/policy.ts'
import type { Store } from '../../store/store.ts'
import type { EndedSessions } from '../ended-sessions.ts'
import { type NoticeDeps, noticeOf } from './notice.ts'
import { getOwnUser } from './own-user.ts'
import { type Asker, checkPassword, type ReauthenticateDeps, reauthenticate } from './reauthenticate.ts'

export interface ChangePasswordDeps extends NoticeDeps, ReauthenticateDeps {
  store: ReauthenticateDeps['store'] & Pick<Store, 'findUserById' | 'updateUser'>
  passwords: Passwords
  policy: PasswordPolicy
  limits: Limits
  revoked: EndedSessions
  audit: Audit
  clock: Clock
}

export interface PasswordChange {
  /** left out, the session must be a young one */
  oldPassword: string | undefined
  newPassword: string
}

/**
 * Gives the user another password, and ends all his sessions but the one that asks.
 * @throws AuthError `invalid` for a wrong old password, none where one is needed, or a new one that the policy refuses;
 * `throttled`, `overloaded`
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  asker: Asker,
  change: PasswordChange,
): Promise<void> {
  const isDone = (await attempt(deps, asker, change)) || (await attempt(deps, asker, change))
  if (!isDone) throw invalidFields({ old_password: ['Invalid password.'] })
}

/** @returns false where the stored hash changed meanwhile: often it was a login that renewed it, so one looks again */
async function attempt(
  deps: ChangePasswordDeps,
  asker: Asker,
  { oldPassword, newPassword }: PasswordChange,
): Promise<boolean> {
  const { claims, origin, signal } = asker
  const user = await getOwnUser(deps.store, claims)
  if (oldPassword === undefined) await reauthenticate(deps, { user, asker, password: undefined })
  else await checkPassword(deps, { user, asker, password: oldPassword, field: 'old_password' })
  const { faults } = await deps.policy.check(newPassword, user)
  if (faults.length > 0) throw invalidFields({ new_password: faults })
  const password_hash = await deps.passwords.hash(newPassword, signal)
  const now = deps.clock()
  const updated = await deps.store.updateUser({
    userId: user.id,
    set: { password_hash, password_changed_at: now },
    passwordHash: user.password_hash,
    endSessions: { now, reason: 'password_changed', except: claims.sessionId },
    mails: noticeOf(deps, { template: 'password_changed', user, origin }),
  })
  if (updated.outcome !== 'updated') return false
  deps.revoked.add(updated.ended, 'password_changed', now)
  const who = { user_id: user.id, session_id: claims.sessionId }
  deps.audit.record('auth.password.changed', {
    ...requestFields(origin),
    ...who,
    count: updated.ended.length,
  })
  return true
}
