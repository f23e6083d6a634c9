import type { Cooling } from './cooling.ts'
import { CountersignError } from './errors.ts'
import type { Host } from './host.ts'
import type { Keep } from './kept/keep.ts'
import { isLater, isSignedIn, type Kept, type SignedIn } from './kept/kept.ts'
import type { Known } from './kept/known.ts'
import type { Settings } from './options.ts'
import type { Renew } from './renewal.ts'

export interface AccessDeps {
  host: Host
  known: Known
  keep: Keep
  cooling: Cooling
  renew: Renew
  settings: Settings
}

/** How long before its end a token is no longer handed out if another can be had. */
function leewayMs({ lasts }: SignedIn): number {
  return Math.min(10_000, lasts / 10)
}

/** Milliseconds before the access token's end at which a new one is fetched ahead of need. */
export function marginMs({ lasts }: SignedIn, settings: Settings): number {
  return Math.min(settings.marginMs, lasts / 3)
}

/**
 * The session with an access token that is still good, refreshed first if it must be. Undefined when signed out.
 * @throws CountersignError when there is a session, its access token has expired, and the server cannot be asked
 */
export async function freshSession(deps: AccessDeps): Promise<SignedIn | undefined> {
  const { known, keep, renew, settings } = deps
  const held = await keep.look()
  if (!isSignedIn(held)) return undefined
  // Late requests are over: a page that is loaded anew need not wait for them.
  if (held.tries < 0 && known.awakeMs() > 2 * settings.timeoutMs) await keep.put({ ...held, tries: 0 })
  const left = held.lasts - known.ageOf(held)
  const leeway = leewayMs(held)
  if (left > Math.max(leeway, marginMs(held, settings))) return held
  const later = renew(held).then(signedIn, (error) => {
    if (left > 0) return held
    throw error
  })
  // While there is time, whoever asked need not wait; a failure is told by its event.
  return left > leeway ? held : later
}

function signedIn(kept: Kept | undefined): SignedIn | undefined {
  return isSignedIn(kept) ? kept : undefined
}

/**
 * Sends a request with the access token. Where that is refused, one refresh and one more try; the second answer stands.
 * @throws CountersignError `foreign_origin`; what `freshSession` and the platform's own fetch throw
 */
export async function fetchWithToken(
  deps: AccessDeps,
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const { host, renew } = deps
  const request = requestOf(input, init, deps.settings)
  const held = await freshSession(deps)
  const again = held && request.clone()
  const answer = await host.fetch(authorized(request, held))
  if (answer.status !== 401 || !held || !again) return answer
  const next = await renew(held).catch(() => undefined)
  if (!isSignedIn(next) || !isLater(next, held)) return answer
  await answer.body?.cancel()
  return host.fetch(authorized(again, next))
}

function requestOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
  settings: Settings,
): Request {
  const { base, origins, cookies } = settings
  const request = new Request(absolute(input, base), { ...init, ...cookies })
  const { origin } = new URL(request.url)
  if (origins.has(origin)) return request
  throw new CountersignError('foreign_origin', `No token is sent to ${origin}: it is not in sendTokensTo`)
}

/** A path is one of the server's; a path with two slashes before it too. */
function absolute(input: string | URL | Request, base: string): string | URL | Request {
  if (typeof input !== 'string') return input
  return input.startsWith('/') ? base + input : new URL(input, `${base}/`)
}

function authorized(request: Request, held: SignedIn | undefined): Request {
  if (held?.access) request.headers.set('authorization', `Bearer ${held.access}`)
  return request
}
