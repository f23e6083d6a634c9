import { createFeed } from '../../server/src/sessions/revocation/feed.ts'
import { createRevokedSessions } from '../../server/src/sessions/revocation/revoked.ts'
import { maintainKeys, revokeKey } from '../../server/src/tokens/key-schedule.ts'
import { audience, issuer, openWorkshop, type WorkshopOptions } from '../../server/test/tokens/workshop.ts'
import { createGuard, type Guard, type GuardOptions, Refusal } from '../src/index.ts'

/** What answers in the place of the server, if anything does: the path, and what it is asked with. */
export type Answering = (
  path: string,
  url: URL,
  signal: AbortSignal | undefined,
) => Promise<Response> | undefined

/**
 * The server's own keys, tokens and feed, on a clock set by hand and without a socket: so that a test can sign what no server
 * would, and answer what no server should.
 */
export async function openInProcess(options: WorkshopOptions = {}) {
  const shop = await openWorkshop(options)
  const memoryMs = 960_000
  const revoked = createRevokedSessions(memoryMs)
  const feed = createFeed({ issuer, keyRing: shop.keyRing, revoked, clock: shop.clock, memoryMs })
  const asked: string[] = []
  const guards: Guard[] = []

  /** As the route does it: with 304 once somebody else has waited long enough. */
  async function serveFeed(since: string | null, signal: AbortSignal | undefined): Promise<Response> {
    if (since !== null && feed.isNewest(since)) {
      await new Promise<void>((resolve, reject) => {
        revoked.onChange(resolve)
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
    }
    return new Response(feed.edition(since ?? undefined).text)
  }

  const pages: Record<string, (url: URL, signal: AbortSignal | undefined) => Promise<Response>> = {
    '/.well-known/oauth-authorization-server': async () =>
      Response.json({
        issuer,
        jwks_uri: `${issuer}/jwks.json`,
        revoked_sessions_uri: `${issuer}/revoked-sessions`,
      }),
    '/jwks.json': async () => Response.json({ keys: shop.keyRing.published() }),
    '/revoked-sessions': (url, signal) => serveFeed(url.searchParams.get('since'), signal),
  }

  function fetchWith(answering: Answering): typeof fetch {
    return async (input, init) => {
      const url = new URL(String(input))
      asked.push(url.pathname)
      const signal = init?.signal ?? undefined
      const answer = answering(url.pathname, url, signal) ?? pages[url.pathname]?.(url, signal)
      return answer ?? new Response('', { status: 404 })
    }
  }

  return {
    ...shop,
    revoked,
    feed,
    /** the paths that were asked for */
    asked,
    guard(more: Partial<GuardOptions> & { answering?: Answering } = {}): Guard {
      const { answering = () => undefined, ...rest } = more
      const guard = createGuard({
        ...{ issuer, audience, now: shop.clock, fetch: fetchWith(answering), ...rest },
      })
      guards.push(guard)
      return guard
    },
    revoke(token: string) {
      revoked.add([sessionOf(token)], 'logout', shop.clock())
    },
    /** the key that signs is gone at once, as after a theft of it; another takes its place */
    async revokeKey() {
      await revokeKey(shop.keyDeps, shop.publicKey().jwk.kid, shop.clock())
      await maintainKeys(shop.keyDeps, shop.clock())
    },
    async close() {
      for (const guard of guards) guard.close()
      await shop.close()
    },
  }
}

export type InProcess = Awaited<ReturnType<typeof openInProcess>>

/** @returns the name of whoever is let in behind `in:`, or the code of the refusal */
export function outcome(guard: Guard, token: string): Promise<string> {
  return guard.verify(token).then(
    ({ username }) => `in: ${username}`,
    (thrown: unknown) => (thrown instanceof Refusal ? thrown.code : `fault: ${String(thrown)}`),
  )
}

export function sessionOf(token: string): string {
  const [, payload = ''] = token.split('.')
  return String(JSON.parse(Buffer.from(payload, 'base64url').toString()).sid)
}
