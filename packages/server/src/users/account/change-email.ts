import { type Audit, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { AuthError, invalidFields } from '../../errors.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Letters } from '../../mail/letters.ts'
import type { Store } from '../../store/store.ts'
import { canonicalEmail } from '../email.ts'
import { takenMessages } from '../register.ts'
import type { OneTimeSecrets } from './one-time-secrets.ts'
import { getOwnUser } from './own-user.ts'
import { type Asker, type ReauthenticateDeps, reauthenticate } from './reauthenticate.ts'

export interface ChangeEmailDeps extends ReauthenticateDeps {
  store: ReauthenticateDeps['store'] & Pick<Store, 'findUserById' | 'findUserByEmail' | 'issueSecret'>
  limits: Limits
  letters: Letters
  oneTimeSecrets: OneTimeSecrets
  audit: Audit
  clock: Clock
  rules: ReauthenticateDeps['rules'] & { hideEmails: 'off' | 'on' }
}

/**
 * Sends a link and a code to the new address. The old one stays until somebody has shown that he reads the new one.
 * Where it is hidden who has which address, one that somebody has gets the same answer, and its owner a mail.
 * @throws AuthError `invalid` for an address that somebody has, and as `reauthenticate` does; `throttled`
 */
export async function changeEmail(
  deps: ChangeEmailDeps,
  asker: Asker,
  { email, password }: { email: string; password: string | undefined },
): Promise<void> {
  const { claims, origin } = asker
  const user = await getOwnUser(deps.store, claims)
  await reauthenticate(deps, { user, asker, password })
  const account = { name: user.username_canonical, userId: user.id }
  await deps.limits.admit('resend', { origin, account })
  const holder = await deps.store.findUserByEmail(canonicalEmail(email))
  const isTaken = holder !== undefined && holder.id !== user.id
  if (isTaken && deps.rules.hideEmails === 'off') throw invalidFields({ email: [takenMessages.email] })
  const { id: userId, username } = user
  const of = { userId, email, sessionId: claims.sessionId }
  const { secret, ...invitation } = deps.oneTimeSecrets.make('change_email', of)
  const letter = isTaken
    ? deps.letters.write('account_exists', {
        ...{ to: holder.email, userId: holder.id, facts: { username: holder.username } },
      })
    : deps.letters.write('change_email', { to: email, userId, facts: { username, ...invitation } })
  // A taken address gets a secret too, which nobody is told: its work is the same.
  if ((await deps.store.issueSecret({ secret, mails: [letter] })) === 'missing') {
    throw new AuthError('user_inactive')
  }
  const reason = isTaken ? 'email_taken' : 'mail_sent'
  const who = { user_id: userId, session_id: claims.sessionId }
  deps.audit.record('auth.email.requested', { ...requestFields(origin), ...who, reason })
}
