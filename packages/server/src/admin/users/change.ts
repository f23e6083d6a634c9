import type { Changes } from '../../audit/events.ts'
import { AuthError, invalidFields } from '../../errors.ts'
import type { RevocationReason } from '../../store/port/sessions.ts'
import type { UpdateUserInput, UserFields, WithMail } from '../../store/port/users.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { noticeOf } from '../../users/account/notice.ts'
import type { EndedSessions } from '../../users/ended-sessions.ts'
import { takenMessages } from '../../users/register.ts'
import { recordAct } from '../acting.ts'
import { type Admin, type EntryDeps, refused } from '../entry/entry.ts'
import { mayTouch } from '../permissions.ts'
import { describeUser, seenOf } from './describe.ts'
import { type LettersDeps, lettersAbout } from './letters.ts'

export interface ChangeDeps extends Pick<EntryDeps, 'audit' | 'clock'>, LettersDeps {
  store: Pick<Store, 'findUserById' | 'updateUser' | 'deleteUser' | 'endSessionsOfUser'>
  revoked: EndedSessions
}

/** Something done to a user, and what the trail calls it. */
export interface Change {
  set: UserFields
  reason: string
  /** why his sessions end with it */
  ends?: RevocationReason
  /** unless said, what the change itself asks for */
  sends?: WithMail
}

/**
 * Changes a user as he was seen: whoever changed him meanwhile is not overwritten. The last owner who can sign in stays.
 * @throws AuthError `forbidden` for a user whose role is not below; `invalid` for a name or an address that somebody has;
 * `conflict` for the last owner; `precondition_failed` where he was changed meanwhile; `not_found` where he is gone
 */
export async function changeUser(
  deps: ChangeDeps,
  admin: Admin,
  user: UserRow,
  change: Change,
): Promise<number> {
  refuseUntouchable(deps, admin, user)
  const { set, ends, sends = lettersAbout(deps, user, set), reason } = change
  const now = deps.clock()
  const isOwnerNoMore = set.is_active === 0 || (set.admin_role !== undefined && set.admin_role !== 'owner')
  const conditions = conditionsFor(user, isOwnerNoMore)
  const endSessions: UpdateUserInput['endSessions'] = ends && { now, reason: ends }
  const input = { userId: user.id, set, ...sends, ...conditions, ...(endSessions && { endSessions }) }
  const outcome = await deps.store.updateUser(input)
  if (outcome.outcome === 'taken')
    throw invalidFields(Object.fromEntries(outcome.fields.map((field) => [field, [takenMessages[field]]])))
  if (outcome.outcome === 'missing') throw await whyNot(deps, user)
  if (ends) deps.revoked.add(outcome.ended, ends, now)
  const told = { user_id: user.id, reason, count: outcome.ended.length }
  recordAct(deps.audit, admin, 'user.updated', { ...told, ...changesOf(user, { ...user, ...set }) })
  return outcome.ended.length
}

/** Removes a user for good, and tells him. @throws AuthError as `changeUser` does */
export async function removeUser(deps: ChangeDeps, admin: Admin, user: UserRow): Promise<void> {
  refuseUntouchable(deps, admin, user)
  const now = deps.clock()
  const mails = noticeOf(deps, { template: 'account_deleted', user, origin: 'administrator' })
  const outcome = await deps.store.deleteUser({ userId: user.id, now, mails, ...conditionsFor(user, true) })
  if (outcome.outcome === 'missing') throw await whyNot(deps, user)
  deps.revoked.add(outcome.ended, 'user_deleted', now)
  recordAct(deps.audit, admin, 'user.deleted', { user_id: user.id, count: outcome.ended.length })
}

/** Ends all his sessions. */
export async function signUserOut(deps: ChangeDeps, admin: Admin, user: UserRow): Promise<number> {
  refuseUntouchable(deps, admin, user)
  const now = deps.clock()
  const ended = await deps.store.endSessionsOfUser({ userId: user.id, now, reason: 'operator' })
  deps.revoked.add(ended, 'operator', now)
  recordAct(deps.audit, admin, 'session.revoked', { user_id: user.id, count: ended.length })
  return ended.length
}

/** @throws AuthError `forbidden` for a user whose role is not below that of the administrator */
export function refuseUntouchable(deps: Pick<EntryDeps, 'audit'>, admin: Admin, user: UserRow): void {
  if (!mayTouch(admin.user, user)) throw refused(deps, admin, 'role_not_below')
}

function conditionsFor(user: UserRow, isOwnerNoMore: boolean) {
  const isOwner = user.admin_role === 'owner' && user.is_active === 1
  return { seen: seenOf(user), ...(isOwner && isOwnerNoMore && { keeps: 'another_owner' as const }) }
}

async function whyNot({ store }: ChangeDeps, user: UserRow): Promise<AuthError> {
  const now = await store.findUserById(user.id)
  if (!now) return new AuthError('not_found')
  const isSame = JSON.stringify(seenOf(now)) === JSON.stringify(seenOf(user))
  if (!isSame) return new AuthError('precondition_failed')
  return new AuthError('conflict', { detail: 'He is the last owner: make somebody else one first.' })
}

const personal = ['username', 'email'] as const
const plain = ['email_verified', 'is_active', 'is_staff', 'is_superuser', 'role'] as const

/** What is another after the change; names and addresses apart. */
function changesOf(before: UserRow, after: UserRow): { changes?: Changes; personal_changes?: Changes } {
  const [was, is] = [describeUser(before), describeUser(after)]
  const among = (names: readonly (keyof typeof was)[]): Changes =>
    Object.fromEntries(
      names
        .filter((name) => was[name] !== is[name])
        .map((name) => [name, { before: was[name], after: is[name] }]),
    )
  const [changes, personal_changes] = [among(plain), among(personal)]
  return {
    ...(Object.keys(changes).length > 0 && { changes }),
    ...(Object.keys(personal_changes).length > 0 && { personal_changes }),
  }
}
