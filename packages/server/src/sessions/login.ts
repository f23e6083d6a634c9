import { type Audit, type Origin, requestFields } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { Store, UserRow } from '../store/store.ts'
import { canonicalName } from '../users/names.ts'
import { deviceLabel } from './device.ts'
import { type IssueDeps, issuePair, type TokenPair } from './issue.ts'
import type { RevokedSessions } from './revoked.ts'

export interface LoginDeps extends IssueDeps {
  store: Pick<Store, 'findUserByName' | 'rehashPassword' | 'openSession'>
  passwords: Passwords
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
  rules: { refreshTtlMs: number; sessionTtlMs: number; maxSessionsPerUser: number }
}

export interface LoginInput {
  username: string
  password: string
  origin: Origin
  /** a client that has gone away gives its place in the queue up */
  signal?: AbortSignal | undefined
}

/**
 * Opens a session for whoever knows the password. An unknown user, a wrong password and a disabled user cost the same
 * work and get the same answer.
 * @throws AuthError `invalid_credentials`; `overloaded` while too many passwords wait to be hashed
 */
export async function login(deps: LoginDeps, input: LoginInput): Promise<TokenPair> {
  const pair = (await attempt(deps, input)) ?? (await attempt(deps, input))
  if (!pair) throw refused(deps, input.origin, undefined, 'user_changed')
  return pair
}

/**
 * @returns undefined where the user changed while the password was hashed. Often that was himself: another tab's login
 * that renewed his hash. A second look lets him in, and refuses whoever was disabled or has another password now.
 */
async function attempt(deps: LoginDeps, input: LoginInput): Promise<TokenPair | undefined> {
  const user = await deps.store.findUserByName(canonicalName(input.username))
  const { matches, rehash } = await verify(deps, input, user)
  if (!user || !matches || !user.is_active) throw refused(deps, input.origin, user, reasonOf(user, matches))
  const passwordHash = rehash ? await upgradeHash(deps, user, input.password) : user.password_hash
  return openSession(deps, { ...user, password_hash: passwordHash }, input.origin)
}

async function verify(
  { passwords, audit }: LoginDeps,
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

async function openSession(deps: LoginDeps, user: UserRow, origin: Origin): Promise<TokenPair | undefined> {
  const now = deps.clock()
  const { refreshTtlMs, sessionTtlMs, maxSessionsPerUser } = deps.rules
  const session = {
    id: newId(now),
    user_id: user.id,
    created_at: now,
    expires_at: now + Math.min(refreshTtlMs, sessionTtlMs),
    ends_at: now + sessionTtlMs,
    device: deviceLabel(origin.userAgent),
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
  })
  return issuePair(deps, { ...session, generation: 0, rotated_at: now }, user.username, now)
}

async function upgradeHash(deps: LoginDeps, user: UserRow, password: string): Promise<string> {
  const to = await deps.passwords.hash(password)
  await deps.store.rehashPassword({ userId: user.id, from: user.password_hash, to })
  return to
}

function reasonOf(user: UserRow | undefined, matches: boolean): string {
  if (!user) return 'unknown_user'
  return matches ? 'user_inactive' : 'wrong_password'
}

function refused(deps: LoginDeps, origin: Origin, user: UserRow | undefined, reason: string): AuthError {
  const code = 'invalid_credentials'
  deps.audit.record('auth.login.failed', {
    ...requestFields(origin),
    ...(user && { user_id: user.id }),
    code,
    reason,
  })
  return new AuthError(code, { reason })
}
