import { type Audit, type Origin, requestFields } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Admission, Limits } from '../limits/limits.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { UserRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { canonicalName } from '../users/names.ts'
import { findMeant, type Meant, type WhoDeps } from '../users/who.ts'
import { deviceLabel } from './device.ts'
import { type IssueDeps, type IssuedSession, issuePair, type TokenPair } from './issue.ts'
import type { RevokedSessions } from './revocation/revoked.ts'

/** What opening a session takes. */
export interface OpenSessionDeps {
  store: Pick<Store, 'openSession'>
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
  rules: { refreshTtlMs: number; sessionTtlMs: number; maxSessionsPerUser: number }
}

/** What opening it for a password takes; a login also issues tokens. */
export interface OpenLoginDeps extends OpenSessionDeps {
  store: WhoDeps['store'] & Pick<Store, 'rehashPassword' | 'openSession'>
  passwords: Passwords
  limits: Pick<Limits, 'admit' | 'succeeded'>
  rules: WhoDeps['rules'] & OpenSessionDeps['rules'] & { emailVerification: 'off' | 'optional' | 'required' }
}

export interface LoginDeps extends OpenLoginDeps, IssueDeps {}

export interface LoginInput {
  /** the name or the address, as the settings have it */
  username: string
  password: string
  origin: Origin
  /** a client that has gone away gives its place in the queue up */
  signal?: AbortSignal | undefined
  /** who may come in by this way, beside knowing his password */
  admits?: (user: UserRow) => boolean
  /** what stands behind the device in lists of sessions */
  note?: string
}

/** A session that was just opened, and whose it is. */
export interface OpenedSession {
  session: IssuedSession
  user: UserRow
  openedAt: number
}

/**
 * Opens a session and issues its first pair of tokens, as `openLogin` does.
 * @throws AuthError as there
 */
export async function login(deps: LoginDeps, input: LoginInput): Promise<TokenPair> {
  const { session, user, openedAt } = await openLogin(deps, input)
  return issuePair(deps, session, user.username, openedAt)
}

/**
 * Opens a session for whoever knows the password. An unknown user, a wrong password and a disabled user cost the same
 * work and get the same answer.
 * @throws AuthError `invalid_credentials`; for the right password alone `email_not_verified`, and `no_role` for whom this
 * way does not admit; `throttled` before anything is hashed; `overloaded` while too many passwords wait for that
 */
export async function openLogin(deps: OpenLoginDeps, input: LoginInput): Promise<OpenedSession> {
  const { origin } = input
  const meant = await findMeant(deps, input.username)
  const account = { name: canonicalName(input.username), userId: meant?.user.id }
  const admission = await deps.limits.admit('login', { origin, account })
  const admitted = { ...input, admission }
  const opened =
    (await attempt(deps, admitted, meant)) ??
    (await attempt(deps, admitted, await findMeant(deps, input.username)))
  if (!opened) throw refused(deps, origin, undefined, 'user_changed')
  return opened
}

/**
 * @returns undefined where the user changed while the password was hashed. Often that was himself: another tab's login
 * that renewed his hash. A second look lets him in, and refuses whoever was disabled or has another password now.
 */
async function attempt(
  deps: OpenLoginDeps,
  input: LoginInput & { admission: Admission },
  meant: Meant | undefined,
): Promise<OpenedSession | undefined> {
  const user = meant?.user
  const { matches, rehash } = await verify(deps, input, user)
  if (!user || !matches || !user.is_active) throw refused(deps, input.origin, user, reasonOf(user, matches))
  const obstacle = mustVerify(deps, meant)
    ? 'email_not_verified'
    : input.admits?.(user) === false && 'no_role'
  if (obstacle) {
    await deps.limits.succeeded(input.admission)
    throw refused(deps, input.origin, user, obstacle)
  }
  const passwordHash = rehash ? await upgradeHash(deps, user, input.password) : user.password_hash
  const [opened] = await Promise.all([
    openSession(deps, { ...user, password_hash: passwordHash }, input),
    deps.limits.succeeded(input.admission),
  ])
  return opened
}

async function verify(
  { passwords, audit }: OpenLoginDeps,
  { password, signal, origin }: LoginInput,
  user?: UserRow,
) {
  try {
    return await passwords.verify(password, user?.password_hash, signal)
  } catch (refusal) {
    const code = refusal instanceof AuthError ? refusal.code : 'internal'
    audit.record('auth.login.failed', { ...requestFields(origin), code, reason: 'not_verified' })
    throw refusal
  }
}

/**
 * Opens a session for a user who has shown who he is.
 * @returns undefined where he was disabled, or has another password, since the row was read
 */
export async function openSession(
  deps: OpenSessionDeps,
  user: UserRow,
  { origin, note = '' }: Pick<LoginInput, 'origin' | 'note'>,
): Promise<OpenedSession | undefined> {
  const now = deps.clock()
  const { refreshTtlMs, sessionTtlMs, maxSessionsPerUser } = deps.rules
  const session = {
    id: newId(now),
    user_id: user.id,
    created_at: now,
    expires_at: now + Math.min(refreshTtlMs, sessionTtlMs),
    ends_at: now + sessionTtlMs,
    device: `${deviceLabel(origin.userAgent)}${note}`,
    address: origin.address,
  }
  const opened = await deps.store.openSession({
    session,
    passwordHash: user.password_hash,
    maxSessionsPerUser,
  })
  if (opened.outcome === 'refused') return undefined
  deps.revoked.add(opened.ended, 'limit', now)
  deps.audit.record('auth.login.succeeded', {
    ...requestFields(origin),
    user_id: user.id,
    session_id: session.id,
    device: session.device,
  })
  return { session: { ...session, generation: 0, rotated_at: now }, user, openedAt: now }
}

async function upgradeHash(deps: OpenLoginDeps, user: UserRow, password: string): Promise<string> {
  const to = await deps.passwords.hash(password)
  await deps.store.rehashPassword({ userId: user.id, from: user.password_hash, to })
  return to
}

/** Whoever was let in without an address has none to prove. */
function mustVerify({ rules }: OpenLoginDeps, { user, isProven }: Meant): boolean {
  if (!isProven) return true
  return rules.emailVerification === 'required' && user.email !== '' && user.email_verified_at === null
}

function reasonOf(user: UserRow | undefined, matches: boolean): string {
  if (!user) return 'unknown_user'
  return matches ? 'user_inactive' : 'wrong_password'
}

function refused(deps: OpenLoginDeps, origin: Origin, user: UserRow | undefined, reason: string): AuthError {
  const code = reason === 'email_not_verified' || reason === 'no_role' ? reason : 'invalid_credentials'
  deps.audit.record('auth.login.failed', {
    ...requestFields(origin),
    ...(user && { user_id: user.id }),
    code,
    reason,
  })
  return new AuthError(code, { reason })
}
