import type { ErrorCode } from '../errors.ts'
import type { HttpRequest } from '../http/route.ts'
import type { AccessClaims } from '../tokens/access-token.ts'
import { type AuthenticateDeps, authenticate } from './authenticate.ts'
import { refuseForeignPage } from './foreign-page.routes.ts'

/** What the guard refuses beside a missing token. */
export const accessRefusals = [
  'access_token_not_valid',
  'user_inactive',
  'user_not_found',
] as const satisfies readonly ErrorCode[]

/** Where browsers may bring the access token in a cookie. */
export interface AccessCookie {
  name: string
  /** origins whose pages may do more with it than look, ours among them */
  trusted: readonly string[]
}

export interface GuardDeps extends AuthenticateDeps {
  /** undefined: only the header counts */
  accessCookie?: AccessCookie | undefined
}

/**
 * Lets a request with a live access token of ours in: that of the `Authorization` header, or, without one, that of the
 * cookie. Since browsers send a cookie along whoever wrote the page, one that comes alone and with more than `GET`,
 * `HEAD` or `OPTIONS` must come from our own origin or one that is trusted; the header needs no such proof.
 * @throws AuthError `cross_site`, and otherwise
 */
export function bearerGuard(deps: GuardDeps): (request: HttpRequest<unknown>) => AccessClaims {
  return (request) => {
    const token = tokenInCookie(deps, request) ?? request.bearerToken()
    return authenticate(deps, { token, origin: request.origin })
  }
}

function tokenInCookie(deps: GuardDeps, request: HttpRequest<unknown>): string | undefined {
  const { accessCookie: cookie } = deps
  if (!cookie || request.header('authorization') !== undefined) return undefined
  const token = request.cookie(cookie.name)
  if (!token) return undefined
  refuseForeignPage(deps, request, cookie.trusted)
  return token
}
