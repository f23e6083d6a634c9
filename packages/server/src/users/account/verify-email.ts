import { type Audit, type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { invalidFields } from '../../errors.ts'
import type { Admission, Limits } from '../../limits/limits.ts'
import type { SecretPurpose, ShownSecret } from '../../store/port/secrets.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import type { AccessClaims } from '../../tokens/access-token.ts'
import { canonicalEmail } from '../email.ts'
import type { EndedSessions } from '../ended-sessions.ts'
import { takenMessages } from '../register.ts'
import { type EvenlyDeps, evenly } from './evenly.ts'
import { type NoticeDeps, noticeOf } from './notice.ts'
import { askedBy, mostCodeAttempts, type OneTimeSecrets } from './one-time-secrets.ts'
import { badProof, type Proof } from './proof.ts'

export interface VerifyEmailDeps extends NoticeDeps, EvenlyDeps {
  store: EvenlyDeps['store'] & Pick<Store, 'findSecret' | 'findUserById' | 'findUserByEmail' | 'spendSecret'>
  limits: Limits
  oneTimeSecrets: OneTimeSecrets
  revoked: EndedSessions
  audit: Audit
  clock: Clock
}

export interface VerifyInput {
  proof: Proof
  /** of the session that asks, where one does; a new address is proven by code only with it */
  claims?: AccessClaims | undefined
  origin: Origin
}

/** What a proof is of, as far as it tells before it is spent. */
interface Claimed {
  user: UserRow | undefined
  purpose: Exclude<SecretPurpose, 'reset_password'>
  email: string
  shown: ShownSecret
  /** the session that stays where others end */
  except: string | undefined
  admission?: Admission
}

/**
 * Proves the user's address, or makes a new one his that he has proven: then his sessions end, but for the one that
 * asked, and the old address is told.
 * @returns what was done
 * @throws AuthError `invalid` for a bad link or code, or an address that somebody has by now; `throttled`
 */
export async function verifyEmail(deps: VerifyEmailDeps, input: VerifyInput): Promise<Claimed['purpose']> {
  const { proof, origin } = input
  const claimed = await claim(deps, input)
  const { purpose, shown, user } = claimed
  const now = deps.clock()
  const spending = deps.store.spendSecret({ purpose, shown, now, effect: effectOf(deps, claimed, origin) })
  const spent = await ('code' in proof ? evenly(deps, spending) : spending)
  if (spent.outcome === 'taken') throw invalidFields({ email: [takenMessages.email] })
  if (spent.outcome === 'refused') throw refused(deps, input, user)
  deps.revoked.add(spent.ended, 'email_changed', now)
  const event = purpose === 'change_email' ? 'auth.email.changed' : 'auth.email.verified'
  deps.audit.record(event, { ...requestFields(origin), user_id: spent.userId, count: spent.ended.length })
  if (claimed.admission) await deps.limits.succeeded(claimed.admission)
  return purpose
}

function effectOf(deps: VerifyEmailDeps, { purpose, user, email, except }: Claimed, origin: Origin) {
  if (purpose === 'verify_email') return { kind: purpose }
  const mails = user ? noticeOf(deps, { template: 'email_changed', user, origin }) : []
  return { kind: purpose, emailCanonical: canonicalEmail(email), mails, except }
}

function claim(deps: VerifyEmailDeps, input: VerifyInput): Promise<Claimed> {
  const { proof } = input
  return 'token' in proof ? claimByLink(deps, input, proof.token) : claimByCode(deps, input, proof)
}

async function claimByLink(deps: VerifyEmailDeps, input: VerifyInput, token: string): Promise<Claimed> {
  const digest = deps.oneTimeSecrets.digestOf(token)
  const found = await deps.store.findSecret({ digest, now: deps.clock() })
  if (!found || found.purpose === 'reset_password') throw refused(deps, input, undefined)
  const { purpose, email, user_id } = found
  const user = await deps.store.findUserById(user_id)
  const except = input.claims?.userId === user_id ? input.claims.sessionId : askedBy(token)
  return { user, purpose, email, shown: { digest }, except }
}

async function claimByCode(
  deps: VerifyEmailDeps,
  { claims, origin }: VerifyInput,
  { email, code }: { email: string; code: string },
): Promise<Claimed> {
  const name = canonicalEmail(email)
  const user = await (claims ? deps.store.findUserById(claims.userId) : deps.store.findUserByEmail(name))
  const admission = await deps.limits.admit('code', { origin, account: { name, userId: user?.id } })
  const purpose = !user || user.email_canonical === name ? 'verify_email' : 'change_email'
  const userId = user?.id ?? ''
  const codeDigest = deps.oneTimeSecrets.codeDigestOf(purpose, { userId, email }, code)
  const shown = { userId, codeDigest, mostAttempts: mostCodeAttempts }
  return { user, purpose, email, shown, except: claims?.sessionId, admission }
}

function refused(deps: VerifyEmailDeps, { proof, origin }: VerifyInput, user: UserRow | undefined) {
  deps.audit.record('auth.email.failed', {
    ...requestFields(origin),
    ...(user && { user_id: user.id }),
    ...{ code: 'invalid', reason: 'token' in proof ? 'bad_link' : 'bad_code' },
  })
  return badProof(proof)
}
