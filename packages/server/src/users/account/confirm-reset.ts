import { type Audit, type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { invalidFields } from '../../errors.ts'
import type { Admission, Limits } from '../../limits/limits.ts'
import type { Passwords } from '../../passwords/passwords.ts'
import type { PasswordOwner, PasswordPolicy } from '../../passwords/policy.ts'
import type { ShownSecret } from '../../store/port/secrets.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { canonicalEmail } from '../email.ts'
import type { EndedSessions } from '../ended-sessions.ts'
import { type EvenlyDeps, evenly } from './evenly.ts'
import { type NoticeDeps, noticeOf } from './notice.ts'
import { mostCodeAttempts, type OneTimeSecrets } from './one-time-secrets.ts'
import { badProof, type Proof } from './proof.ts'

export interface ConfirmResetDeps extends NoticeDeps, EvenlyDeps {
  store: EvenlyDeps['store'] & Pick<Store, 'findSecret' | 'findUserById' | 'findUserByEmail' | 'spendSecret'>
  passwords: Passwords
  policy: PasswordPolicy
  limits: Limits
  oneTimeSecrets: OneTimeSecrets
  revoked: EndedSessions
  audit: Audit
  clock: Clock
}

export interface ResetInput {
  proof: Proof
  newPassword: string
  origin: Origin
  signal?: AbortSignal | undefined
}

/** Whose password is to be set, as far as the proof tells before it is spent. */
interface Claimed {
  user: UserRow | undefined
  shown: ShownSecret
  /** what the password may not resemble; to a guesser of codes it must not tell the user's name */
  owner: PasswordOwner
  admission?: Admission
}

/**
 * Sets the password of whoever reads the mail, once, and ends all his sessions: whoever else was in is out.
 * A guess at a code costs the same whether the address is known or not.
 * @throws AuthError `invalid` for a bad link or code, or a password that the policy refuses; `throttled`, `overloaded`
 */
export async function confirmReset(deps: ConfirmResetDeps, input: ResetInput): Promise<void> {
  const { proof, newPassword, origin, signal } = input
  const { user, shown, owner, admission } = await claim(deps, input)
  const { faults } = await deps.policy.check(newPassword, owner)
  if (faults.length > 0) throw invalidFields({ new_password: faults })
  const passwordHash = await deps.passwords.hash(newPassword, signal)
  const now = deps.clock()
  const mails = user ? noticeOf(deps, { template: 'password_changed', user, origin }) : []
  const effect = { kind: 'set_password', passwordHash, mails } as const
  const spending = deps.store.spendSecret({ purpose: 'reset_password', shown, now, effect })
  const spent = await ('code' in proof ? evenly(deps, spending) : spending)
  if (spent.outcome !== 'spent') throw refused(deps, input, user)
  deps.revoked.add(spent.ended, 'password_changed', now)
  deps.audit.record('auth.reset.succeeded', {
    ...requestFields(origin),
    ...{ user_id: spent.userId, count: spent.ended.length },
  })
  await Promise.all([admission && deps.limits.succeeded(admission), deps.limits.forgive(spent.userId)])
}

async function claim(deps: ConfirmResetDeps, input: ResetInput): Promise<Claimed> {
  const { proof, origin } = input
  if ('token' in proof) {
    const digest = deps.oneTimeSecrets.digestOf(proof.token)
    const found = await deps.store.findSecret({ digest, now: deps.clock() })
    const user = found && (await deps.store.findUserById(found.user_id))
    const isMeant = proof.userId === undefined || proof.userId === user?.id
    if (!user || !isMeant || found.purpose !== 'reset_password') throw refused(deps, input, user)
    return { user, shown: { digest }, owner: user }
  }
  const { email, code } = proof
  const name = canonicalEmail(email)
  const user = await deps.store.findUserByEmail(name)
  const userId = user?.id ?? ''
  const admission = await deps.limits.admit('code', { origin, account: { name, userId: user?.id } })
  const codeDigest = deps.oneTimeSecrets.codeDigestOf('reset_password', { userId, email }, code)
  const shown = { userId, codeDigest, mostAttempts: mostCodeAttempts }
  return { user, shown, owner: { username: '', email }, admission }
}

function refused(deps: ConfirmResetDeps, { proof, origin }: ResetInput, user: UserRow | undefined) {
  deps.audit.record('auth.reset.failed', {
    ...requestFields(origin),
    ...(user && { user_id: user.id }),
    ...{ code: 'invalid', reason: 'token' in proof ? 'bad_link' : 'bad_code' },
  })
  return badProof(proof)
}
