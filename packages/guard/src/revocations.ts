import { createHash } from 'node:crypto'
import { type JWTVerifyGetKey, jwtVerify } from 'jose'

export interface RevocationsOptions {
  issuer: string
  /** where the feed is; undefined where the issuer has none */
  address: () => Promise<string | undefined>
  keys: JWTVerifyGetKey
  fetch: typeof fetch
  now: () => number
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

/** The `typ` of the feed. */
const feedType = 'revoked+jwt'
const digestBytes = 16
const waitSeconds = 25
const timeoutMs = (waitSeconds + 10) * 1_000
const firstPauseMs = 500
const mostPauseMs = 15_000

interface Edition {
  cursor: string
  /** where it is the difference to that edition only */
  since: string | undefined
  memorySeconds: number
  digests: string[]
}

/** Follows the feed until it is closed: one request that waits for news after the other, slower while it fails. */
export function followRevocations(options: RevocationsOptions): Revocations {
  const { now, onFailure } = options
  /** digest of a session's id -> when it can be forgotten */
  const revoked = new Map<string, number>()
  const ending = new AbortController()
  let cursor: string | undefined
  let heardAt = Number.NEGATIVE_INFINITY
  const asked = Promise.withResolvers<void>()

  async function ask(): Promise<boolean> {
    const address = await options.address()
    if (address === undefined) return false
    const edition = await read(options, { address, since: cursor, signal: ending.signal })
    heardAt = now()
    if (!edition) return true
    for (const digest of edition.digests) revoked.set(digest, heardAt + edition.memorySeconds * 1_000)
    for (const [digest, until] of revoked) if (until < heardAt) revoked.delete(digest)
    cursor = edition.cursor
    return true
  }

  async function follow(): Promise<void> {
    let pauseMs = firstPauseMs
    while (!ending.signal.aborted) {
      try {
        if (!(await ask())) throw new Error('the issuer publishes no feed of revoked sessions')
        asked.resolve()
        pauseMs = firstPauseMs
      } catch (error) {
        asked.resolve()
        if (ending.signal.aborted) return
        onFailure(error)
        await pause(pauseMs * (0.5 + Math.random()), ending.signal)
        pauseMs = Math.min(pauseMs * 2, mostPauseMs)
      }
    }
  }

  void follow()
  return {
    has: (sessionId) => (revoked.get(digestOf(sessionId)) ?? 0) >= now(),
    asked: asked.promise,
    stalenessMs: () => now() - heardAt,
    size: () => revoked.size,
    close: () => ending.abort(),
  }
}

interface Asked {
  address: string
  since: string | undefined
  signal: AbortSignal
}

/** @returns undefined where nothing is new */
async function read(
  options: RevocationsOptions,
  { address, since, signal }: Asked,
): Promise<Edition | undefined> {
  const url = new URL(address)
  if (since !== undefined) url.searchParams.set('since', since)
  const answer = await options.fetch(url, {
    headers: { accept: 'application/jwt', prefer: `wait=${waitSeconds}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  if (answer.status === 304) return undefined
  if (!answer.ok) throw new Error(`the feed of revoked sessions was answered ${answer.status}`)
  return parseEdition(await answer.text(), options)
}

/** @throws Error for whatever is not a feed of this issuer, signed by him */
async function parseEdition(text: string, { issuer, keys }: RevocationsOptions): Promise<Edition> {
  const { payload } = await jwtVerify(text, keys, { issuer, typ: feedType })
  const { cursor, since, memory, revoked } = payload
  if (typeof cursor !== 'string' || typeof memory !== 'number' || typeof revoked !== 'string')
    throw new Error('the feed of revoked sessions has another form')
  const bytes = Buffer.from(revoked, 'base64url')
  if (bytes.length % digestBytes !== 0) throw new Error('the feed of revoked sessions is cut')
  const digests = Array.from({ length: bytes.length / digestBytes }, (_, index) =>
    bytes.toString('base64url', index * digestBytes, (index + 1) * digestBytes),
  )
  return { cursor, since: typeof since === 'string' ? since : undefined, memorySeconds: memory, digests }
}

function digestOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest().toString('base64url', 0, digestBytes)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    timer.unref()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
