import type { Audit, Changes } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { invalidFields } from '../errors.ts'
import type { Passwords } from '../passwords/passwords.ts'
import { type PasswordPolicy, passwordFieldFaults } from '../passwords/policy.ts'
import type { AdminRole, UserRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { canonicalName } from './names.ts'

/** What an operator does to a user. Every verb ends the sessions that it must end, in the same commit. */
export interface ManageUsersDeps {
  store: Pick<Store, 'findUserById' | 'findUserByName' | 'updateUser' | 'deleteUser'>
  passwords: Passwords
  policy: PasswordPolicy
  audit: Audit
  clock: Clock
}

/**
 * Whom an operator may mean: the user of that name, and the user of that id if he is another. A name can look like an
 * id, since anybody may register one, so a caller that finds two must not choose.
 */
export async function findUsers(
  deps: { store: Pick<Store, 'findUserById' | 'findUserByName'> },
  who: string,
): Promise<UserRow[]> {
  const named = await deps.store.findUserByName(canonicalName(who))
  const identified = await deps.store.findUserById(who)
  return [named, named?.id === identified?.id ? undefined : identified].filter((user) => user !== undefined)
}

/** @returns how many sessions ended; a disabled user can neither log in nor refresh, and his access tokens are refused */
export async function disableUser(deps: ManageUsersDeps, user: UserRow): Promise<number> {
  const endSessions = { now: deps.clock(), reason: 'user_disabled' as const }
  return update(deps, { userId: user.id, set: { is_active: 0 }, endSessions }, { reason: 'disabled' })
}

export async function enableUser(deps: ManageUsersDeps, user: UserRow): Promise<void> {
  await update(deps, { userId: user.id, set: { is_active: 1 } }, { reason: 'enabled' })
}

/**
 * @returns how many sessions ended
 * @throws AuthError `invalid` where the policy refuses the password
 */
export async function setPassword(deps: ManageUsersDeps, user: UserRow, password: string): Promise<number> {
  const { faults } = await deps.policy.check(password, user)
  const all = [...passwordFieldFaults(password), ...faults]
  if (all.length > 0) throw invalidFields({ password: all })
  const password_hash = await deps.passwords.hash(password)
  const endSessions = { now: deps.clock(), reason: 'password_changed' as const }
  return update(deps, { userId: user.id, set: { password_hash }, endSessions }, { reason: 'password_set' })
}

/** Gives a role in the admin console, or takes it away; it counts from the next request on. The last owner may go too. */
export async function setRole(deps: ManageUsersDeps, user: UserRow, role: AdminRole | null): Promise<void> {
  const changes = { role: { before: user.admin_role, after: role } }
  await update(deps, { userId: user.id, set: { admin_role: role } }, { reason: 'role_set', changes })
}

/** @returns how many sessions ended */
export async function deleteUser(deps: ManageUsersDeps, user: UserRow): Promise<number> {
  const outcome = await deps.store.deleteUser({ userId: user.id, now: deps.clock() })
  const count = outcome.outcome === 'updated' ? outcome.ended.length : 0
  deps.audit.record('user.deleted', { user_id: user.id, count })
  return count
}

async function update(
  deps: ManageUsersDeps,
  input: Parameters<Store['updateUser']>[0],
  told: { reason: 'disabled' | 'enabled' | 'password_set' | 'role_set'; changes?: Changes },
): Promise<number> {
  const outcome = await deps.store.updateUser(input)
  const count = outcome.outcome === 'updated' ? outcome.ended.length : 0
  deps.audit.record('user.updated', { user_id: input.userId, ...told, count })
  return count
}
