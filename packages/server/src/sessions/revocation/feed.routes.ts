import type { Clock } from '../../clock.ts'
import { AuthError } from '../../errors.ts'
import { type AnyRoute, type HttpRequest, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { Feed } from './feed.ts'
import type { Following } from './follow.ts'
import type { RevokedSessions } from './revoked.ts'

export interface FeedDeps extends Pick<Following, 'caughtUpAt'> {
  feed: Feed
  clock: Clock
  revoked: RevokedSessions
  /** whether this process is about to end: nobody waits for news then */
  isDraining: () => boolean
}

/** A process that has not heard of the others for so long does not know whether there is news. */
const mostBehindMs = 10_000
/** Longer waits are cut off by proxies. */
const mostWaitSeconds = 25
/** Beyond so many who wait, answers come at once: each waiting one holds a connection. */
const mostWaiting = 1_000
const lookEveryMs = 250
/** News seldom come alone: what comes within this goes out with the first of them, in one signature. */
const gatherMs = 500

/**
 * `GET /.well-known/revoked-sessions`: what has been revoked, signed, so that resource servers refuse it without asking
 * for each request. `?since=` gives what came after an edition; `Prefer: wait=N` waits for news.
 * @see RFC 7240 section 4.3, RFC 9110 section 13.1.2
 */
export function feedRoutes(deps: FeedDeps): AnyRoute[] {
  let waiting = 0
  return [
    route({
      method: 'GET',
      path: '/.well-known/revoked-sessions',
      name: 'Revoked sessions',
      summary: 'The signed feed of sessions that were revoked while their access tokens live',
      answers: { 200: schema.text({ description: 'A JWT of the type `revoked+jwt`' }) },
      refusals: ['unavailable'],
      page: true,
      async handle(request) {
        const since = request.query('since')
        const waitSeconds = wishedWait(request.header('prefer'))
        const isWaiting = since !== undefined && waitSeconds > 0 && waiting < mostWaiting
        if (isWaiting) {
          waiting += 1
          await news(deps, { since, waitSeconds, signal: request.signal() }).finally(() => {
            waiting -= 1
          })
        }
        return answer(deps, request, since)
      },
    }),
  ]
}

/** @throws AuthError `unavailable` where the database has not answered for a while: silence is no news then */
function answer(
  { feed, clock, caughtUpAt }: FeedDeps,
  request: HttpRequest<unknown>,
  since: string | undefined,
) {
  if (clock() - caughtUpAt() > mostBehindMs) throw new AuthError('unavailable', { retryAfterSeconds: 1 })
  const headers = {
    'cache-control': 'public, max-age=1',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    vary: 'Prefer',
  }
  const presented = request.header('if-none-match')?.replace(/^W\//, '').replaceAll('"', '') ?? since
  if (presented !== undefined && feed.isNewest(presented))
    return { status: 304, headers: { ...headers, etag: `W/"${presented}"` }, body: '' }
  const { text, cursor } = feed.edition(since)
  return { headers: { ...headers, 'content-type': 'application/jwt', etag: `W/"${cursor}"` }, body: text }
}

/** @returns seconds, 0 where nobody wants to wait */
function wishedWait(preference: string | undefined): number {
  const wished = /(?:^|[,\s])wait=(\d{1,4})(?:$|[,;\s])/i.exec(preference ?? '')?.[1]
  return Math.min(Number(wished ?? 0), mostWaitSeconds)
}

interface Wait {
  since: string
  waitSeconds: number
  signal: AbortSignal | undefined
}

/** Resolves with the first news, at the end of the wait, or where waiting makes no sense any more. */
function news({ feed, revoked, isDraining }: FeedDeps, { since, waitSeconds, signal }: Wait): Promise<void> {
  if (!feed.isNewest(since)) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      forget()
      clearInterval(looking)
      clearTimeout(patience)
      resolve()
    }
    const forget = revoked.onChange(() => setTimeout(end, gatherMs))
    const looking = setInterval(() => {
      if (isDraining() || signal?.aborted) end()
    }, lookEveryMs)
    const patience = setTimeout(end, waitSeconds * 1000)
  })
}
