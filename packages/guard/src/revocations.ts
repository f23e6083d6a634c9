import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { digestBytes, type Edition, type EditionOptions, readEdition } from './edition.ts'

export interface RevocationsOptions extends EditionOptions {
  /** where the feed is; undefined where the issuer has none */
  address: () => Promise<string | undefined>
  toleranceSeconds: number
  /** the issuer is asked often enough that this is never reached while it answers */
  maxStalenessSeconds: number
  onFailure: (error: unknown) => void
}

/** The sessions that were revoked, followed in the background. */
export interface Revocations {
  /** whether the session with this id has been revoked, as far as is known */
  has(sessionId: string): boolean
  /** resolves once the issuer has been asked for the first time, whatever came of it */
  asked: Promise<void>
  /** how long ago the issuer was last heard of, in milliseconds; infinite before that */
  stalenessMs(): number
  size(): number
  close(): void
}

/** Longer waits are cut off by proxies. */
const mostWaitSeconds = 25
const firstPauseMs = 500
const mostPauseMs = 15_000
/** An issuer that answers without news is not asked more often than this. */
const leastMs = 1_000
/** An edition that is older, by clocks that agree, is no sign of life of the issuer: somebody between us has kept it. */
const mostAgeSeconds = 60

/** Follows the feed until it is closed: one request that waits for news after the other, slower while it fails. */
export function followRevocations(options: RevocationsOptions): Revocations {
  const { now, onFailure } = options
  const ending = new AbortController()
  const { signal } = ending
  const known = createKnown(options)
  const first = createGate()
  const patience = Math.max(1, Math.min(mostWaitSeconds, Math.floor(options.maxStalenessSeconds / 2)))
  let heardAt = Number.NEGATIVE_INFINITY
  /** whether the last request was answered: after one that was not, a sign of life comes before the wait for news */
  let isInTouch = false

  /** @returns whether it brought anything */
  async function ask(): Promise<boolean> {
    const address = await options.address()
    if (address === undefined) throw new Error('the issuer publishes no feed of revoked sessions')
    const since = known.cursor()
    const waitSeconds = isInTouch ? patience : 0
    isInTouch = false
    const edition = await readEdition(options, { address, since, waitSeconds, signal })
    const isNews = edition !== undefined && known.learn(edition)
    isInTouch = true
    heardAt = now()
    return isNews || since === undefined
  }

  async function follow(): Promise<void> {
    let pauseMs = firstPauseMs
    while (!signal.aborted) {
      const from = performance.now()
      try {
        const isNews = await ask()
        pauseMs = firstPauseMs
        first.open()
        if (!isNews) await pause(leastMs - (performance.now() - from), signal)
      } catch (error) {
        first.open()
        if (signal.aborted) return
        onFailure(error)
        await pause(pauseMs * (0.5 + Math.random()), signal)
        pauseMs = Math.min(pauseMs * 2, mostPauseMs)
      }
    }
  }

  void follow()
  return {
    has: known.has,
    asked: first.opened,
    stalenessMs: () => now() - heardAt,
    size: known.size,
    close: () => ending.abort(),
  }
}

/** What has been read so far. Entries are only ever added, and end by their own time. */
function createKnown({ now, toleranceSeconds }: RevocationsOptions) {
  /** digest of a session's id -> when it can be forgotten */
  const revoked = new Map<string, number>()
  let cursor: string | undefined

  /** @returns whether there was one that was not known */
  function add({ digests, memorySeconds }: Edition): boolean {
    const isNews = digests.some((digest) => !revoked.has(digest))
    const until = now() + memorySeconds * 1_000
    for (const digest of digests) revoked.set(digest, Math.max(until, revoked.get(digest) ?? 0))
    for (const [digest, end] of revoked) if (end < now()) revoked.delete(digest)
    return isNews
  }

  return {
    cursor: () => cursor,
    has: (sessionId: string) => revoked.size > 0 && (revoked.get(digestOf(sessionId)) ?? 0) >= now(),
    size: () => revoked.size,
    /**
     * @returns whether it has an entry that was not known
     * @throws Error for an edition that is old or does not fit; what it has is believed all the same: it was signed
     */
    learn(edition: Edition): boolean {
      const isNews = add(edition)
      if (edition.since !== undefined && edition.since !== cursor) {
        cursor = undefined
        throw new Error('the feed of revoked sessions has a gap')
      }
      if (now() / 1_000 - edition.madeAt > mostAgeSeconds + toleranceSeconds)
        throw new Error('the feed of revoked sessions is an old one, or the clocks differ')
      cursor = edition.cursor
      return isNews
    },
  }
}

function digestOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest().toString('base64url', 0, digestBytes)
}

/** A promise, and what resolves it. */
function createGate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Ends early where it is aborted, and keeps no process from ending. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined)
}
