import { requestFields } from '../../audit/events.ts'
import { canonicalEmail } from '../email.ts'
import { evenly } from './evenly.ts'
import type { MailRequest, RequestMailDeps } from './request-reset.ts'

/**
 * Sends another link and code that prove the address, if an active user has it and it is not proven yet. As with a
 * reset, nobody learns whether.
 * @throws AuthError `throttled`
 */
export async function requestVerification(
  deps: RequestMailDeps,
  { email, origin }: MailRequest,
): Promise<void> {
  const name = canonicalEmail(email)
  const user = await deps.store.findUserByEmail(name)
  await deps.limits.admit('resend', { origin, account: { name, userId: user?.id } })
  const { id: userId = '', username = '', email: to = email } = user ?? {}
  const { secret, ...invitation } = deps.oneTimeSecrets.make('verify_email', { userId, email: to })
  const mail = deps.letters.write('verify_email', { to, userId, facts: { username, ...invitation } })
  const isOpen = user !== undefined && user.email_verified_at === null
  const issued = isOpen ? deps.store.issueSecret({ secret, mails: [mail] }) : undefined
  const outcome = await evenly(deps, issued)
  const reason = outcome ? (outcome === 'issued' ? 'mail_sent' : 'user_inactive') : 'nothing_to_prove'
  deps.audit.record('auth.email.requested', {
    ...requestFields(origin),
    ...(user && { user_id: userId }),
    reason,
  })
}
