import type { UserFields, WithMail } from '../../store/port/users.ts'
import type { UserRow } from '../../store/schema.ts'
import { byAdministrator, type NoticeDeps, noticeOf } from '../../users/account/notice.ts'
import { type WelcomeDeps, welcomeOf } from '../../users/welcome.ts'

export type LettersDeps = NoticeDeps & WelcomeDeps

/**
 * What goes out with a change that an administrator makes: to the address that the user had, what became of his address,
 * his name or his role; to a new address, where addresses are to be proven, the link that does it.
 */
export function lettersAbout(deps: LettersDeps, user: UserRow, set: UserFields): WithMail {
  const { secret, mails = [] } = proofOf(deps, user, set)
  const sent = [...noticesOf(deps, user, set), ...mails]
  return { ...(sent.length > 0 && { mails: sent }), ...(secret && { secret }) }
}

function noticesOf(deps: LettersDeps, user: UserRow, set: UserFields) {
  const about = { user, origin: 'administrator' } as const
  return [
    ...(isNew(set.email, user.email) ? noticeOf(deps, { ...about, template: 'email_changed' }) : []),
    ...(isNew(set.username, user.username) ? noticeOf(deps, { ...about, template: 'username_changed' }) : []),
    ...roleNotice(deps, user, set),
  ]
}

function roleNotice({ letters, clock }: LettersDeps, user: UserRow, { admin_role: role }: UserFields) {
  if (!isNew(role, user.admin_role) || user.email_canonical === null) return []
  const { id: userId, username, email: to } = user
  const facts = { username, at: clock(), ...byAdministrator, role: role ?? 'none' }
  return [letters.write('role_changed', { to, userId, facts })]
}

/** An administrator may say that the address is proven, then nobody is asked to; nor is whoever cannot log in. */
function proofOf(deps: LettersDeps, user: UserRow, set: UserFields): WithMail {
  if (set.email === undefined || set.email === user.email || set.email_verified_at) return {}
  if ((set.is_active ?? user.is_active) === 0) return {}
  return welcomeOf(deps, { ...user, username: set.username ?? user.username, email: set.email }, undefined)
}

function isNew<T>(next: T | undefined, before: T): boolean {
  return next !== undefined && next !== before
}
