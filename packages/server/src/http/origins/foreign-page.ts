import type { HttpRequest } from '../route.ts'

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request may come from a page that somebody else wrote, and could do something. Cookies go along with those
 * too, so whoever lives by cookies asks this first.
 *
 * The rule: `GET`, `HEAD` and `OPTIONS` change nothing and pass. Any other method passes where the browser says that the
 * page is of the same origin (`Sec-Fetch-Site: same-origin`) or that nobody's page sent it (`none`); else where its
 * `Origin` is one of those that are trusted, exactly. A request with neither header is no browser's, which has no cookies
 * but its own, and passes. All else is foreign: another origin, `null`, another site, another host of the same site.
 * @param trusted origins as browsers write them
 * @see https://www.w3.org/TR/fetch-metadata/, RFC 6454 section 7
 */
export function isFromForeignPage(request: HttpRequest<unknown>, trusted: readonly string[]): boolean {
  if (harmless.has(request.method)) return false
  const site = request.header('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return false
  const origin = request.header('origin')
  return origin === undefined ? site !== undefined : !trusted.includes(origin)
}
