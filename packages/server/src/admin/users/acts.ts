import { randomBytes } from 'node:crypto'
import { personalOf } from '../../audit/trail/event-json.ts'
import { AuthError } from '../../errors.ts'
import type { Limits } from '../../limits/limits.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { recordAct } from '../acting.ts'
import type { Admin } from '../entry/entry.ts'
import type { Permission } from '../permissions.ts'
import { type ChangeDeps, changeUser, refuseUntouchable, removeUser, signUserOut } from './change.ts'

export interface ActDeps extends ChangeDeps {
  store: ChangeDeps['store'] & Pick<Store, 'issueSecret' | 'listEvents'>
  limits: Pick<Limits, 'unlock'>
}

/** Something that is done to one user or to many alike. */
interface Act {
  permission: Permission
  isDangerous: boolean
  run: (deps: ActDeps, admin: Admin, user: UserRow) => Promise<unknown>
}

/** What can be done to users as a word, for one and for many. */
export const acts = {
  activate: {
    ...{ permission: 'users.change', isDangerous: false },
    run: (deps, admin, user) => changeUser(deps, admin, user, { set: { is_active: 1 }, reason: 'enabled' }),
  },
  disable: {
    ...{ permission: 'users.change', isDangerous: false },
    run: (deps, admin, user) =>
      changeUser(deps, admin, user, { set: { is_active: 0 }, reason: 'disabled', ends: 'user_disabled' }),
  },
  'sign-out': { permission: 'users.assist', isDangerous: false, run: signUserOut },
  'send-reset': { permission: 'users.assist', isDangerous: false, run: sendReset },
  'require-reset': { permission: 'users.require_reset', isDangerous: true, run: requireReset },
  unlock: { permission: 'users.assist', isDangerous: false, run: unlock },
  delete: { permission: 'users.delete', isDangerous: true, run: removeUser },
} as const satisfies Readonly<Record<string, Act>>

export type ActName = keyof typeof acts

/** Mails him a link to a new password; the old one stays good until then. An administrator never sees or sets one. */
async function sendReset(deps: ActDeps, admin: Admin, user: UserRow): Promise<void> {
  refuseUntouchable(deps, admin, user)
  const outcome = await deps.store.issueSecret(invitation(deps, user, 'reset_sent'))
  if (outcome === 'missing') throw new AuthError('conflict', { detail: 'He is disabled, or gone.' })
  recordAct(deps.audit, admin, 'admin.acted', { user_id: user.id, reason: 'reset_sent' })
}

/** Takes his password away, ends his sessions and mails him a link to a new one. */
async function requireReset(deps: ActDeps, admin: Admin, user: UserRow): Promise<void> {
  const sends = invitation(deps, user, 'reset_required')
  await changeUser(deps, admin, user, {
    // As Django marks a password that nobody has.
    set: { password_hash: `!${randomBytes(20).toString('hex')}`, password_changed_at: deps.clock() },
    ...{ reason: 'reset_required', ends: 'password_changed', sends },
  })
}

/**
 * Lifts his delays, those at the addresses where he is known included: there he has his own. What is counted by an address
 * alone stays, since others are there too.
 */
async function unlock(deps: ActDeps, admin: Admin, user: UserRow): Promise<void> {
  refuseUntouchable(deps, admin, user)
  await deps.limits.unlock(user.id, await knownAddresses(deps, user.id))
  recordAct(deps.audit, admin, 'admin.acted', { user_id: user.id, reason: 'unlocked' })
}

/** More than a user has known addresses, as long as he does not log in by the hour. */
const mostLogins = 500

/** Where he is known: from wherever he has logged in lately, by the trail. */
async function knownAddresses({ store }: ActDeps, userId: string): Promise<string[]> {
  const logins = await store.listEvents({ userId, event: 'auth.login.succeeded', limit: mostLogins })
  return [...new Set(logins.flatMap((row) => personalOf(row).client_ip ?? []))]
}

function invitation(
  { oneTimeSecrets, letters }: ActDeps,
  user: UserRow,
  template: 'reset_sent' | 'reset_required',
) {
  const { id: userId, username, email: to } = user
  if (user.email_canonical === null)
    throw new AuthError('conflict', { detail: 'He has no address that a link could be sent to.' })
  const { secret, ...facts } = oneTimeSecrets.make('reset_password', { userId, email: to })
  return { secret, mails: [letters.write(template, { to, userId, facts: { username, ...facts } })] }
}
