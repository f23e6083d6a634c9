import { type Audit, type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { invalidFields } from '../../errors.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Passwords } from '../../passwords/passwords.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import type { AccessClaims } from '../../tokens/access-token.ts'

export interface ReauthenticateDeps {
  store: Pick<Store, 'findSession'>
  passwords: Passwords
  limits: Limits
  audit: Audit
  clock: Clock
  rules: { reauthMs: number }
}

/** Who asks for something dangerous, and from where. */
export interface Asker {
  claims: AccessClaims
  origin: Origin
  /** aborted when the client has gone */
  signal?: AbortSignal | undefined
}

/**
 * An access token that was stolen must not be enough to take an account over: the user shows his password, or has
 * logged in a moment ago.
 * @throws AuthError `invalid` for a wrong password, or where one is needed; `throttled`, `overloaded`
 */
export async function reauthenticate(
  deps: ReauthenticateDeps,
  { user, asker, password }: { user: UserRow; asker: Asker; password: string | undefined },
): Promise<void> {
  if (password !== undefined) return checkPassword(deps, { user, asker, password, field: 'password' })
  const session = await deps.store.findSession(asker.claims.sessionId)
  const age = deps.clock() - (session?.created_at ?? Number.NEGATIVE_INFINITY)
  if (age < deps.rules.reauthMs) return
  throw invalidFields({ password: ['This field is required.'] })
}

/** @throws AuthError `invalid` with the field that the password came in */
export async function checkPassword(
  deps: Pick<ReauthenticateDeps, 'passwords' | 'limits' | 'audit'>,
  shown: { user: UserRow; asker: Asker; password: string; field: string },
): Promise<void> {
  const { user, asker, password, field } = shown
  const { origin, signal } = asker
  const account = { name: user.username_canonical, userId: user.id }
  const admission = await deps.limits.admit('reauthenticate', { origin, account })
  const { matches } = await deps.passwords.verify(password, user.password_hash, signal)
  if (matches) return deps.limits.succeeded(admission)
  const where = { ...requestFields(origin), user_id: user.id, session_id: asker.claims.sessionId }
  deps.audit.record('auth.password.refused', { ...where, code: 'invalid', reason: 'wrong_password' })
  throw invalidFields({ [field]: ['Invalid password.'] })
}
