import { randomBytes } from 'node:crypto'
import { AuthError } from '../../errors.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Letters } from '../../mail/letters.ts'
import type { Store, UserRow } from '../../store/store.ts'
import type { OneTimeSecrets } from '../../users/account/one-time-secrets.ts'
import { recordAct } from '../acting.ts'
import type { Admin } from '../entry/entry.ts'
import type { Permission } from '../permissions.ts'
import { type ChangeDeps, changeUser, refuseUntouchable, removeUser, signUserOut } from './change.ts'

export interface ActDeps extends ChangeDeps {
  store: ChangeDeps['store'] & Pick<Store, 'issueSecret'>
  letters: Letters
  oneTimeSecrets: OneTimeSecrets
  limits: Pick<Limits, 'forgive'>
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
  const outcome = await deps.store.issueSecret(invitation(deps, user))
  if (outcome === 'missing') throw new AuthError('conflict', { detail: 'He is disabled, or gone.' })
  recordAct(deps.audit, admin, 'admin.acted', { user_id: user.id, reason: 'reset_sent' })
}

/** Takes his password away, ends his sessions and mails him a link to a new one. */
async function requireReset(deps: ActDeps, admin: Admin, user: UserRow): Promise<void> {
  const { secret, mails } = invitation(deps, user)
  await changeUser(deps, admin, user, {
    // As Django marks a password that nobody has.
    set: { password_hash: `!${randomBytes(20).toString('hex')}`, password_changed_at: deps.clock() },
    ...{ reason: 'reset_required', ends: 'password_changed', sends: { secret, mails } },
  })
}

/** Forgets the failed guesses at his password, so that he need not wait; what comes from one address stays counted. */
async function unlock(deps: ActDeps, admin: Admin, user: UserRow): Promise<void> {
  refuseUntouchable(deps, admin, user)
  await deps.limits.forgive(user.id)
  recordAct(deps.audit, admin, 'admin.acted', { user_id: user.id, reason: 'unlocked' })
}

function invitation({ oneTimeSecrets, letters }: ActDeps, user: UserRow) {
  const { id: userId, username, email: to } = user
  if (user.email_canonical === null)
    throw new AuthError('conflict', { detail: 'He has no address that a link could be sent to.' })
  const { secret, ...facts } = oneTimeSecrets.make('reset_password', { userId, email: to })
  return { secret, mails: [letters.write('reset_password', { to, userId, facts: { username, ...facts } })] }
}
