import type { Audit } from '../../audit/events.ts'
import { type AuthError, errors } from '../../errors.ts'
import type { SetCookie } from '../../http/cookies.ts'
import type { HttpRequest } from '../../http/route.ts'
import { refuseForeignPage } from '../../sessions/foreign-page.routes.ts'
import type { TokenPair } from '../../sessions/issue.ts'
import type { Profile, TokenCookies } from './profile.ts'

/** The cookies that hold a pair, each for as long as its token lives. */
export function cookiesOf(cookies: TokenCookies, pair: TokenPair): SetCookie[] {
  return [
    ...one(cookies, 'access', { value: pair.access, maxAgeSeconds: pair.access_expires_in }),
    ...one(cookies, 'refresh', { value: pair.refresh, maxAgeSeconds: pair.refresh_expires_in }),
  ]
}

/** What makes a browser forget both. */
export function forgotten(cookies: TokenCookies): SetCookie[] {
  const nothing = { value: '', maxAgeSeconds: 0 }
  return [...one(cookies, 'access', nothing), ...one(cookies, 'refresh', nothing)]
}

function one(
  cookies: TokenCookies,
  kind: 'access' | 'refresh',
  content: Pick<SetCookie, 'value' | 'maxAgeSeconds'>,
): SetCookie[] {
  const { [kind]: name, refreshPath, sameSite, isSecure } = cookies
  if (name === undefined) return []
  return [{ name, path: kind === 'refresh' ? refreshPath : '/', sameSite, isSecure, ...content }]
}

/** The refresh token that a browser brought, undefined where it brought none. */
export function refreshIn(cookies: TokenCookies | undefined, request: HttpRequest<unknown>) {
  return (cookies?.refresh && request.cookie(cookies.refresh)) || undefined
}

/** A refresh token that is good for nothing any more is not to come again; one of a body says nothing of the cookies. */
export function forgetWhenDead(cookies: TokenCookies) {
  return (refusal: AuthError, request: HttpRequest<unknown>): SetCookie[] => {
    const { refresh } = (request.body ?? {}) as { refresh?: unknown }
    const isDead =
      errors[refusal.code].status === 401 && !refresh && refreshIn(cookies, request) !== undefined
    return isDead ? forgotten(cookies) : []
  }
}

/**
 * Where cookies are, an operation that uses or sets them is refused to pages of somebody else: neither may they log a
 * browser out, nor log it in as somebody of their choice.
 * @throws AuthError `cross_site`
 */
export function refuseForeign(
  { djRestAuth: { cookies }, audit }: { djRestAuth: Profile; audit: Audit },
  request: HttpRequest<unknown>,
): void {
  if (cookies) refuseForeignPage({ audit }, request, cookies.trusted)
}
