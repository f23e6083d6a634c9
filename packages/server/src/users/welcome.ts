import { randomBytes } from 'node:crypto'
import type { Letters } from '../mail/letters.ts'
import type { NewUser, WithMail } from '../store/port/users.ts'
import type { UserRow } from '../store/schema.ts'
import type { OneTimeSecrets } from './account/one-time-secrets.ts'

export interface WelcomeDeps {
  letters: Letters
  oneTimeSecrets: OneTimeSecrets
  rules: { emailVerification: 'off' | 'optional' | 'required' }
}

/**
 * What goes out with a registration: the secret that proves the address, or, where somebody has it already, a letter to
 * him and a secret that nobody is told. Both are the same work, so its time tells nobody which it was.
 */
export function welcomeOf(
  deps: WelcomeDeps,
  user: Pick<NewUser, 'id' | 'email' | 'username'>,
  holder: UserRow | undefined,
): WithMail {
  if (deps.rules.emailVerification === 'off' || user.email === '') return {}
  const { id: userId, email, username } = user
  const { secret, ...invitation } = deps.oneTimeSecrets.make('verify_email', { userId, email })
  if (!holder) {
    const facts = { username, ...invitation }
    return { secret, mails: [deps.letters.write('verify_email', { to: email, userId, facts })] }
  }
  const letter = { to: holder.email, userId: holder.id, facts: { username: holder.username } }
  const mails = [deps.letters.write('account_exists', letter)]
  return { secret: { ...secret, code_digest: randomBytes(32) }, mails }
}
