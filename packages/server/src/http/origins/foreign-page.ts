import type { HttpRequest } from '../route.ts'

/** Whose pages may make a browser ask. */
export interface OurPages {
  /** origins as browsers write them */
  trusted: readonly string[]
  /**
   * `trusted_pages`: those of all these origins; what changes nothing may come from anywhere.
   * `own_pages`: those of this very server, for reading too, whose origin is also the host that is asked.
   */
  lets: 'trusted_pages' | 'own_pages'
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request may come from a page that somebody else wrote. Cookies go along with those too, so whoever lives by
 * cookies asks this first.
 *
 * A browser says where a page is that sends something: `Sec-Fetch-Site: same-origin` is ours. Sent by no page (`none`, an
 * address that was typed; or neither that header nor `Origin`, which is no browser's), it passes if it changes nothing;
 * with `trusted_pages` also if it does: a client that is no browser has no cookies but its own. Whatever else comes with
 * an origin must come from a trusted one, compared exactly; with `own_pages` only where the browser is too old, or the
 * connection too plain, to say more than that. All else is foreign: another origin, `null`, another site, another host of
 * the same site.
 * @see https://www.w3.org/TR/fetch-metadata/, RFC 6454 section 7
 */
export function isFromForeignPage(
  request: Pick<HttpRequest<unknown>, 'method' | 'header'>,
  { trusted, lets }: OurPages,
): boolean {
  const site = request.header('sec-fetch-site')
  if (site === 'same-origin') return false
  const isStrict = lets === 'own_pages'
  const changes = !harmless.has(request.method)
  if (!isStrict && !changes) return false
  const origin = request.header('origin')
  const isFromNoPage = site === undefined ? origin === undefined : site === 'none'
  if (isFromNoPage) return isStrict && changes
  if (isStrict && site !== undefined) return true
  return !isAmong(origin, isStrict ? [...trusted, ...askedFrom(origin, request)] : trusted)
}

function isAmong(origin: string | undefined, trusted: readonly string[]): boolean {
  return origin !== undefined && trusted.includes(origin)
}

/** The origin itself, where it is of the host that is asked. */
function askedFrom(origin: string | undefined, request: Pick<HttpRequest<unknown>, 'header'>): string[] {
  if (origin === undefined || !URL.canParse(origin)) return []
  return new URL(origin).host === request.header('host') ? [origin] : []
}
