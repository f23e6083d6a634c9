import { type Audit, requestFields } from '../audit/events.ts'
import { AuthError } from '../errors.ts'
import { isFromForeignPage } from '../http/origins/foreign-page.ts'
import type { HttpRequest } from '../http/route.ts'

/**
 * Refuses what a page of somebody else may have made a browser send, where cookies are used or set. The rule is that of
 * `isFromForeignPage`; what is said of it is what Django says.
 * @param trusted origins, ours among them
 * @throws AuthError `cross_site`
 */
export function refuseForeignPage(
  { audit }: { audit: Audit },
  request: HttpRequest<unknown>,
  trusted: readonly string[],
): void {
  if (!isFromForeignPage(request, { trusted, lets: 'trusted_pages' })) return
  const refusal = { code: 'cross_site', reason: 'foreign_page' } as const
  audit.record('auth.access.refused', { ...requestFields(request.origin), ...refusal })
  const origin = request.header('origin') ?? 'null'
  const detail = `CSRF Failed: Origin checking failed - ${origin} does not match any trusted origins.`
  throw new AuthError(refusal.code, { detail, reason: refusal.reason })
}
