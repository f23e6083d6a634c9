import { AuthError } from '../errors.ts'
import { isFromForeignPage } from '../http/origins/foreign-page.ts'
import type { HttpRequest } from '../http/route.ts'

/**
 * Lets a request in that a page of this server has sent, or, where it changes nothing, no page at all.
 * @param origin of this deployment, as browsers write it
 * @throws AuthError `cross_site`
 */
export function refuseOtherPages(request: HttpRequest<unknown>, origin: string): void {
  if (isFromForeignPage(request, { trusted: [origin], lets: 'own_pages' }))
    throw new AuthError('cross_site', { detail: 'This was not sent by a page of ours.' })
}
