import { type Audit, type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Letters } from '../../mail/letters.ts'
import type { Store } from '../../store/store.ts'
import { canonicalEmail } from '../email.ts'
import { type EvenlyDeps, evenly } from './evenly.ts'
import type { OneTimeSecrets } from './one-time-secrets.ts'

export interface RequestMailDeps extends EvenlyDeps {
  store: EvenlyDeps['store'] & Pick<Store, 'findUserByEmail' | 'issueSecret'>
  limits: Limits
  letters: Letters
  oneTimeSecrets: OneTimeSecrets
  audit: Audit
  clock: Clock
}

/** An address as somebody typed it, whoever he is. */
export interface MailRequest {
  email: string
  origin: Origin
}

/**
 * Sends a link and a code for a new password to the address, if an active user has it. The password stays as it is
 * until then, and older links are good no more. Whether anybody has the address shows neither in an answer nor in its
 * time: the letter is written either way, and both wait for one commit.
 * @throws AuthError `throttled`
 */
export async function requestReset(deps: RequestMailDeps, { email, origin }: MailRequest): Promise<void> {
  const name = canonicalEmail(email)
  const user = await deps.store.findUserByEmail(name)
  await deps.limits.admit('reset', { origin, account: { name, userId: user?.id } })
  const { id: userId = '', username = '', email: to = email } = user ?? {}
  const { secret, ...invitation } = deps.oneTimeSecrets.make('reset_password', { userId, email: to })
  const mail = deps.letters.write('reset_password', { to, userId, facts: { username, ...invitation } })
  const outcome = await evenly(deps, user && deps.store.issueSecret({ secret, mails: [mail] }))
  const reason = user ? (outcome === 'issued' ? 'mail_sent' : 'user_inactive') : 'unknown_email'
  deps.audit.record('auth.reset.requested', {
    ...requestFields(origin),
    ...(user && { user_id: userId }),
    reason,
  })
}
