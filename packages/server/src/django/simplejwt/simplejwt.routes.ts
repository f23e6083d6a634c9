import { AuthError } from '../../errors.ts'
import type { AnyRoute, HttpRequest, Route } from '../../http/route.ts'
import type { GuardDeps } from '../../sessions/authenticate.routes.ts'
import type { AccessTokens } from '../../tokens/access-token.ts'
import { blacklistRoute, pairAnswers, verifyRoute } from './pair.routes.ts'
import { type SlidingRoutesDeps, slidingRoutes } from './sliding.routes.ts'
import type { SimplejwtVersion } from './texts.ts'
import type { VerifyDeps } from './verify.ts'
import { reword, type WordingDeps } from './wording.ts'

type WireDeps = WordingDeps & Pick<GuardDeps, 'accessCookie'>

type SimplejwtDeps = Pick<WireDeps, 'accessCookie'> &
  Omit<SlidingRoutesDeps, 'slidingTokens'> &
  VerifyDeps & {
    /** undefined where nobody asked for it */
    simplejwt: SimplejwtVersion | undefined
    slidingTokens: AccessTokens | undefined
  }

/**
 * The route table as a server with simplejwt would have it: its endpoints beside ours or in their place, its answers,
 * its words. Where the profile is off this is the table that was given, and nothing of it is touched.
 */
export function withSimplejwt(deps: SimplejwtDeps, routes: readonly AnyRoute[]): readonly AnyRoute[] {
  const { simplejwt, slidingTokens } = deps
  if (simplejwt === undefined) return routes
  const own = slidingTokens ? slidingRoutes({ ...deps, slidingTokens }) : [blacklistRoute(deps)]
  const replaced = new Set(own.map(nameOf))
  const others = routes.filter((one) => !replaced.has(nameOf(one)))
  return [...others, ...own, verifyRoute(deps)]
    .map((one) => ({ ...one, answers: (!slidingTokens && pairAnswers[nameOf(one)]) || one.answers }))
    .map((one) => (one.page ? one : inItsWords({ ...deps, simplejwt }, one)))
}

function nameOf({ method, path }: AnyRoute): string {
  return `${method} ${path}`
}

/** The route whose refusals are told in simplejwt's words. */
function inItsWords(deps: WireDeps, native: AnyRoute): AnyRoute {
  const { guard, handle, ...rest } = native as unknown as Route<unknown, unknown>
  const worded: Route<unknown, unknown> = {
    ...rest,
    ...(guard && { guard: (request) => told(deps, request, () => guard(request)) }),
    handle: (request, identity) => told(deps, request, () => handle(request, identity)),
  }
  return worded as unknown as AnyRoute
}

/** What the work answers, at once or later; its refusals reworded. */
function told<T>(deps: WireDeps, request: HttpRequest<unknown>, work: () => T): T {
  const retell = (thrown: unknown): never => {
    throw reword(deps, thrown, () => shownIn(deps, request, thrown))
  }
  try {
    const answer = work()
    return answer instanceof Promise ? (answer.catch(retell) as T) : answer
  } catch (thrown) {
    return retell(thrown)
  }
}

/** The token that a refusal is about: the bearer's, in the header or a cookie, or that of a body with one. */
function shownIn({ accessCookie }: WireDeps, request: HttpRequest<unknown>, thrown: unknown): string {
  if (thrown instanceof AuthError && thrown.code === 'access_token_not_valid') {
    const inHeader = request.header('authorization')?.split(/\s+/).at(-1)
    return inHeader ?? request.cookie(accessCookie?.name ?? '') ?? ''
  }
  const { refresh, token } = (request.body ?? {}) as { refresh?: unknown; token?: unknown }
  return String(refresh ?? token ?? '')
}
