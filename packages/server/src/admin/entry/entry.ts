import { type Audit, type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { AuthError } from '../../errors.ts'
import { type OpenLoginDeps, openLogin } from '../../sessions/login.ts'
import type { RevokedSessions } from '../../sessions/revocation/revoked.ts'
import type { AdminRole, SessionRow, UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { checkPassword, type ReauthenticateDeps } from '../../users/account/reauthenticate.ts'
import { isAllowed, type Permission } from '../permissions.ts'

const minuteMs = 60_000
/** A session of the console that nobody uses ends, and in any case after this long. */
export const idleMs = 30 * minuteMs
const lifeMs = 8 * 60 * minuteMs
/** How long after a password was shown dangerous acts do not ask for it. */
export const provenMs = 10 * minuteMs
/** The end is moved no oftener than this. */
const moveEveryMs = minuteMs

export interface EntryDeps extends OpenLoginDeps, ReauthenticateDeps {
  store: OpenLoginDeps['store'] & Pick<Store, 'findSession' | 'findUserById' | 'rotateSession' | 'endSession'>
  limits: OpenLoginDeps['limits'] & ReauthenticateDeps['limits']
  rules: OpenLoginDeps['rules'] & ReauthenticateDeps['rules']
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
}

/** Who works in the console. */
export interface Admin {
  user: UserRow
  role: AdminRole
  session: SessionRow
  origin: Origin
  /** until when he needs not show his password again, epoch milliseconds */
  provenUntil: number
}

interface SignIn {
  username: string
  password: string
  origin: Origin
  signal?: AbortSignal | undefined
}

/**
 * Opens a session for the console, by the same way and under the same limits as any login. It is a row like all others,
 * shorter; no token of it is ever given out.
 * @throws AuthError as a login does; `no_role` for the right password of somebody without a role
 */
export async function signIn(
  deps: EntryDeps,
  { username, password, origin, signal }: SignIn,
): Promise<Admin> {
  const rules = { ...deps.rules, refreshTtlMs: idleMs, sessionTtlMs: lifeMs }
  const { session, openedAt } = await openLogin(
    { ...deps, rules },
    {
      username,
      password,
      origin,
      signal,
      admits: ({ admin_role }) => admin_role !== null,
      note: ' (console)',
    },
  )
  return enter(deps, { sessionId: session.id, origin, provenUntil: openedAt + provenMs })
}

interface Visit {
  sessionId: string | undefined
  origin: Origin
  provenUntil: number
}

/**
 * Lets in whoever shows a pass of a live session, and looks up what he may do now. The end of the session moves on.
 * @throws AuthError `not_authenticated` where there is no such session; `no_role` for whom lost his role
 */
export async function enter(deps: EntryDeps, { sessionId = '', origin, provenUntil }: Visit): Promise<Admin> {
  const now = deps.clock()
  const session = sessionId === '' ? undefined : await deps.store.findSession(sessionId)
  const isLive = session?.revoked_at === null && session.expires_at > now
  const user = isLive && session.user_id ? await deps.store.findUserById(session.user_id) : undefined
  if (!session || !user || user.is_active === 0) throw new AuthError('not_authenticated')
  if (user.admin_role === null) throw new AuthError('no_role')
  if (now - session.rotated_at >= moveEveryMs) await moveEnd(deps, session, now)
  return { user, role: user.admin_role, session, origin, provenUntil }
}

/** Two requests at once move it once; neither minds. */
async function moveEnd({ store }: EntryDeps, { id, generation }: SessionRow, now: number): Promise<void> {
  const expiresAt = now + idleMs
  await store.rotateSession({ sessionId: id, generation, now, expiresAt, idempotencyDigest: null })
}

/**
 * @throws AuthError `forbidden` where the role does not allow it; `reauthentication_required` where it is dangerous and
 * the password was shown too long ago
 */
export function permit(
  deps: Pick<EntryDeps, 'audit' | 'clock'>,
  admin: Admin,
  { permission, isDangerous }: { permission: Permission; isDangerous: boolean },
): void {
  if (!isAllowed(admin.role, permission)) throw refused(deps, admin, permission)
  if (isDangerous && admin.provenUntil <= deps.clock()) throw new AuthError('reauthentication_required')
}

/** Tells what somebody tried who may not. */
export function refused({ audit }: Pick<EntryDeps, 'audit'>, admin: Admin, reason: string): AuthError {
  const { origin, user, session } = admin
  const who = { user_id: user.id, session_id: session.id }
  audit.record('admin.refused', { ...requestFields(origin), ...who, code: 'forbidden', reason })
  return new AuthError('forbidden')
}

/**
 * Shows the password again.
 * @returns until when that counts
 * @throws AuthError `invalid` for a wrong one; `throttled`, `overloaded`
 */
export async function prove(
  deps: EntryDeps,
  { user, session, origin }: Admin,
  { password, signal }: { password: string; signal: AbortSignal | undefined },
): Promise<number> {
  const [issuedAt, expiresAt] = [session.created_at, session.expires_at].map((at) => Math.floor(at / 1000))
  const times = { issuedAt: issuedAt ?? 0, expiresAt: expiresAt ?? 0 }
  const claims = { sessionId: session.id, userId: user.id, username: user.username, jti: '', ...times }
  await checkPassword(deps, { user, asker: { claims, origin, signal }, password, field: 'password' })
  return deps.clock() + provenMs
}

/** Ends his session. */
export async function signOut(deps: EntryDeps, { user, session, origin }: Admin): Promise<void> {
  const now = deps.clock()
  const reason = await deps.store.endSession({ sessionId: session.id, now, reason: 'logout' })
  deps.revoked.add([session.id], 'logout', now)
  const who = { user_id: user.id, session_id: session.id }
  deps.audit.record('auth.logout.succeeded', { ...requestFields(origin), ...who, reason })
}
