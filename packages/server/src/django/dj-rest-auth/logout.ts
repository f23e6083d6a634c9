import type { Origin } from '../../audit/events.ts'
import { AuthError } from '../../errors.ts'
import { type LogoutDeps, logout } from '../../sessions/logout.ts'
import { type EndDeps, endOwnSession } from '../../sessions/own/end.ts'
import type { AccessClaims } from '../../tokens/access-token.ts'
import { retold } from './retell.ts'

export interface LogoutOfDeps extends LogoutDeps, EndDeps {
  store: LogoutDeps['store'] & EndDeps['store']
}

/** What a logout brings along. */
export interface Brought {
  /** of the body: it must be good */
  refresh: string | undefined
  /** of a cookie: it may be anything */
  refreshCookie: string | undefined
  /** of the header or a cookie, likewise */
  access: string | undefined
  origin: Origin
}

/**
 * Ends the session of the token that was brought: that of the body, else that of the cookie, else that of the access
 * token. One that is good for nothing stops nobody from being logged out, unless it was sent on purpose.
 * @returns whether there was any
 * @throws AuthError `not_authenticated` for a body with a token that is none of ours
 */
export async function logoutOf(deps: LogoutOfDeps, brought: Brought): Promise<boolean> {
  const { refresh, refreshCookie, access, origin } = brought
  if (refresh) {
    await retold(() => logout(deps, { refresh, origin }), asUnknown)
    return true
  }
  if (refreshCookie && (await endBy(deps, refreshCookie, origin))) return true
  const claims = access ? deps.accessTokens.verify(access, deps.clock()) : undefined
  if (!claims) return false
  await endQuietly(deps, claims, origin)
  return true
}

/** @returns false for a token that is none of ours */
async function endBy(deps: LogoutDeps, refresh: string, origin: Origin): Promise<boolean> {
  try {
    await logout(deps, { refresh, origin })
    return true
  } catch (refusal) {
    if (isNotOurs(refusal)) return false
    throw refusal
  }
}

function isNotOurs(refusal: unknown): refusal is AuthError {
  if (!(refusal instanceof AuthError)) return false
  return refusal.code === 'token_not_valid' || refusal.code === 'token_wrong_type'
}

async function endQuietly(deps: EndDeps, claims: AccessClaims, origin: Origin): Promise<void> {
  try {
    await endOwnSession(deps, { claims, origin }, claims.sessionId)
  } catch (refusal) {
    // It has ended before, which is what was asked for.
    if (!(refusal instanceof AuthError && refusal.code === 'not_found')) throw refusal
  }
}

/** The answer of dj-rest-auth has no `code`. */
function asUnknown(refusal: AuthError): AuthError {
  if (!isNotOurs(refusal)) return refusal
  return new AuthError('not_authenticated', { ...refusal.details, detail: refusal.message })
}
