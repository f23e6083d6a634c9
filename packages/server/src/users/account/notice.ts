import type { Origin } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import type { Letters } from '../../mail/letters.ts'
import type { NewMail } from '../../store/port/mails.ts'
import type { UserRow } from '../../store/schema.ts'

export interface NoticeDeps {
  letters: Letters
  clock: Clock
  /** what a user recognises a device by, from its `User-Agent` */
  deviceLabel: (userAgent: string) => string
}

/** What happened to an account, and who did it. */
export interface Happened {
  template: 'password_changed' | 'email_changed' | 'username_changed' | 'account_deleted'
  user: Pick<UserRow, 'id' | 'username' | 'email' | 'email_canonical'>
  /** where from; of an administrator a user is not told it */
  origin: Origin | 'administrator'
}

/** The letter that tells a user what happened, to the address that he had before; none where he has none of his own. */
export function noticeOf(deps: NoticeDeps, { template, user, origin }: Happened): NewMail[] {
  if (user.email_canonical === null) return []
  const { username, email: to, id: userId } = user
  const facts = { username, at: deps.clock(), ...circumstancesOf(deps, origin) }
  return [deps.letters.write(template, { to, userId, facts })]
}

function circumstancesOf({ deviceLabel }: NoticeDeps, origin: Happened['origin']) {
  if (origin === 'administrator') return byAdministrator
  return { device: deviceLabel(origin.userAgent), address: origin.address }
}

/** What a letter says of an administrator who did it. */
export const byAdministrator = { device: 'an administrator', address: 'not told' } as const
