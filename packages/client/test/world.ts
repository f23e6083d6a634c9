import { judge, type RotationRules, type SessionState } from '../../server/src/sessions/rotation.ts'
import { type Client, createClientOn } from '../src/client.ts'
import type { ClientEvent } from '../src/events.ts'
import type { Host } from '../src/host.ts'
import type { TokenStorage } from '../src/kept/storage.ts'
import type { ClientOptions } from '../src/options.ts'

/** What becomes of one request. Delays are milliseconds. */
export interface Fate {
  /** until it reaches the server; undefined: it never does */
  there: number | undefined
  /** until its answer is back; undefined: it never is */
  back: number | undefined
}

export const goodFate: Fate = { there: 20, back: 20 }

interface Work {
  at: number
  seq: number
  /** whose work it is: a tab that sleeps does it later */
  tab: string
  run: () => void
}

/** Time that passes only when it is told to: everything that waits is in one queue. */
export function createTime() {
  const queue: Work[] = []
  const asleep = new Set<string>()
  const lives = new Map<string, number>()
  let now = 0
  let seq = 0

  function after(ms: number, tab: string, run: () => void): () => void {
    const work = { at: now + ms, seq: seq++, tab, run }
    queue.push(work)
    return () => void (queue.includes(work) && queue.splice(queue.indexOf(work), 1))
  }

  function next(until: number): Work | undefined {
    const due = queue.filter(({ at, tab }) => at <= until && !asleep.has(tab))
    const [first] = due.sort((a, b) => a.at - b.at || a.seq - b.seq)
    if (first) queue.splice(queue.indexOf(first), 1)
    return first
  }

  return {
    now: () => now,
    after,
    asleep,
    /** which of its lives a tab lives: a page that was left hears no answer */
    lifeOf: (tab: string) => lives.get(tab) ?? 0,
    /** the tab begins a new life: whatever it still waits for never comes */
    forget(tab: string): void {
      lives.set(tab, (lives.get(tab) ?? 0) + 1)
      for (const work of queue.filter((one) => one.tab === tab)) queue.splice(queue.indexOf(work), 1)
    },
    /** lets so much time pass, and whatever is due in it happen, one after the other */
    async pass(ms: number): Promise<void> {
      const until = now + ms
      await settled()
      for (let work = next(until); work; work = next(until)) {
        now = Math.max(now, work.at)
        work.run()
        await settled()
      }
      now = until
    },
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

type Time = ReturnType<typeof createTime>

/** Our server as far as a client sees it: the real rules of rotation, and requests that have a fate. */
export function createServer(time: Time, { graceMs = 0, ttlSeconds = 900 } = {}) {
  const rules: RotationRules = { graceMs, refreshTtlMs: 604_800_000, replay: 'grace' }
  const sessions = new Map<string, SessionState & { endedBy?: string }>()
  const requests: { path: string; key: string | null; body: Record<string, unknown>; verdict?: string }[] = []
  let failing: number | undefined

  const pairOf = (sid: string, gen: number) => ({
    access: `h.${Buffer.from(JSON.stringify({ sid, sub: 'u1', username: 'älice', gen })).toString('base64url')}.s${requests.length}`,
    refresh: `${sid} ${gen}`,
    access_expires_in: ttlSeconds,
    refresh_expires_in: 604_800,
  })

  function open() {
    const [now, sid] = [time.now(), `s${sessions.size + 1}`]
    const endsAt = now + 7_776_000_000
    const fresh = { generation: 0, rotatedAt: now, expiresAt: now + rules.refreshTtlMs, endsAt }
    sessions.set(sid, { ...fresh, revokedAt: null, userIsActive: true, idempotencyDigest: null })
    return json(200, pairOf(sid, 0))
  }

  function refresh(token: string, key: string | null): [Response, string] {
    const [sid = '', gen = ''] = token.split(' ')
    const session = sessions.get(sid)
    if (!session) return [notValid(), 'unknown']
    const presented = {
      generation: Number(gen),
      expiresAt: Number.POSITIVE_INFINITY,
      idempotencyDigest: key === null ? null : Buffer.from(key),
    }
    const verdict = judge(session, presented, time.now(), rules)
    if (verdict.verdict === 'rotate') sessions.set(sid, verdict.next)
    if (verdict.verdict === 'reuse') Object.assign(session, { revokedAt: time.now(), endedBy: 'reuse' })
    const isGood = verdict.verdict === 'rotate' || verdict.verdict === 'replay'
    return [isGood ? json(200, pairOf(sid, Number(gen) + 1)) : notValid(), verdict.verdict]
  }

  function answer(path: string, key: string | null, body: Record<string, unknown>): Response {
    const request = { path, key, body, verdict: '' }
    requests.push(request)
    if (failing !== undefined) return json(failing, { detail: 'not now' })
    if (path.endsWith('/login/')) return open()
    if (path.endsWith('/token/refresh/')) {
      const [given, verdict] = refresh(String(body.refresh), key)
      request.verdict = verdict
      return given
    }
    const session = sessions.get(String(body.refresh).split(' ')[0] ?? '')
    if (session && session.revokedAt === null)
      Object.assign(session, { revokedAt: time.now(), endedBy: 'logout' })
    return json(200, { message: 'Logged out successfully' })
  }

  return {
    sessions,
    requests,
    answer,
    /** every request is refused with this status; undefined: as ever */
    fail(status: number | undefined) {
      failing = status
    },
    /** the `fetch` of that tab */
    fetchFor(tab: string, fateOf: () => Fate): typeof fetch {
      return (async (input: string | Request, init: RequestInit = {}) => {
        const url = new URL(typeof input === 'string' ? input : input.url)
        const headers = new Headers(typeof input === 'string' ? init.headers : input.headers)
        const body = JSON.parse(typeof init.body === 'string' ? init.body : '{}') as Record<string, unknown>
        const { there, back } = fateOf()
        const life = time.lifeOf(tab)
        return new Promise<Response>((resolve, reject) => {
          if (there === undefined) return void time.after(5, tab, () => reject(new TypeError('lost')))
          time.after(there, 'server', () => {
            const given = answer(url.pathname, headers.get('idempotency-key'), body)
            if (time.lifeOf(tab) !== life) return
            if (back === undefined) time.after(5, tab, () => reject(new TypeError('lost')))
            else if (back < Number.POSITIVE_INFINITY) time.after(back, tab, () => resolve(given))
          })
          // A request that was given up may arrive all the same.
          init.signal?.addEventListener('abort', () => reject(new TypeError('aborted')))
        })
      }) as typeof fetch
    },
  }
}

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

const notValid = () => json(401, { detail: 'Token is invalid or expired', code: 'token_not_valid' })

/** One browser: a storage that each tab sees in its own time, one clock for all, and messages. */
export function createBrowser(time: Time, { lagMs = 20, random = (): number => 0.5 } = {}) {
  const writes: { key: string; value: string }[] = []
  const tabs = new Map<string, Tab>()
  let offset = 1_800_000_000_000
  let made = 0

  interface Tab {
    name: string
    /** by key: the text and the number of the write that it is from */
    view: Map<string, { value: string; index: number }>
    wake: Set<(type: string) => void>
    hear: Set<(message: unknown) => void>
    isVisible: boolean
    client: Client
  }

  function storageOf(view: Tab['view'], name: string): TokenStorage {
    return {
      getItem: (key) => view.get(key)?.value ?? null,
      setItem(key, value) {
        const index = writes.push({ key, value })
        view.set(key, { value, index })
        for (const other of tabs.values()) {
          if (other.name === name) continue
          time.after(lagMs * random(), other.name, () => {
            if ((other.view.get(key)?.index ?? 0) > index) return
            other.view.set(key, { value, index })
            for (const listener of other.wake) listener('storage')
          })
        }
      },
    }
  }

  function hostOf(tab: Omit<Tab, 'client'>, fetchOf: typeof fetch): Host {
    return {
      fetch: fetchOf,
      now: () => time.now() + offset,
      elapsed: () => time.now(),
      random,
      secret: () => `secret${made++}`,
      setTimer: (work, ms) => time.after(ms, tab.name, work),
      isVisible: () => tab.isVisible,
      onWake(listener) {
        tab.wake.add(listener)
        return () => tab.wake.delete(listener)
      },
      openChannel(_, hear) {
        tab.hear.add(hear)
        return {
          post(message) {
            for (const other of tabs.values()) {
              if (other.name === tab.name) continue
              time.after(lagMs * random(), other.name, () => {
                for (const listener of other.hear) listener(message)
              })
            }
          },
          close: () => tab.hear.delete(hear),
        }
      },
      settleMs: 50,
    }
  }

  return {
    tabs,
    /** moves the wall clock; time itself goes on as ever */
    jump(ms: number) {
      offset += ms
    },
    /** opens a page, or loads it anew: what it had in memory is gone, what it waited for too */
    open(
      name: string,
      fetchOf: typeof fetch,
      options: Partial<ClientOptions> & { onEvent?: (event: ClientEvent) => void } = {},
    ): Client {
      tabs.get(name)?.client.dispose()
      time.forget(name)
      const last = new Map<string, { value: string; index: number }>()
      for (const [at, { key, value }] of writes.entries()) last.set(key, { value, index: at + 1 })
      const tab = { name, view: last, wake: new Set(), hear: new Set(), isVisible: true } as unknown as Tab
      tab.client = createClientOn(hostOf(tab, options.fetch ?? fetchOf), {
        baseUrl: 'http://auth.test',
        storage: storageOf(last, name),
        ...options,
      })
      tabs.set(name, tab)
      return tab.client
    },
  }
}
