import { AuthError } from '../../errors.ts'
import type { HttpRequest } from '../route.ts'

/**
 * Lets a request in that a page of ours has sent. Browsers say where one comes from; where they do not, as over plain
 * http, the origin must be ours, or that of the very host that is asked. What changes nothing may also come from no page.
 * @param ours the public origin of this deployment
 * @throws AuthError `cross_site`
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function refuseCrossSite(
  request: Pick<HttpRequest<unknown>, 'header'>,
  { ours, changes }: { ours: string; changes: boolean },
): void {
  const site = request.header('sec-fetch-site')
  const origin = request.header('origin')
  const isFromNoPage = site === undefined ? origin === undefined : site === 'none'
  if (isFromNoPage && !changes) return
  if (site === 'same-origin' || (site === undefined && isOurs(origin, ours, request.header('host')))) return
  throw new AuthError('cross_site', { detail: 'This was not sent by a page of ours.' })
}

function isOurs(origin: string | undefined, ours: string, host: string | undefined): boolean {
  return origin !== undefined && (origin === ours || hostOf(origin) === host)
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
