import { type JWTVerifyGetKey, jwtVerify } from 'jose'
import { readText } from './read-text.ts'
import { algorithms } from './verifier.ts'

export interface EditionOptions {
  issuer: string
  keys: JWTVerifyGetKey
  fetch: typeof fetch
  now: () => number
}

/** What one answer of the feed says. */
export interface Edition {
  /** epoch seconds */
  madeAt: number
  cursor: string
  /** where it is the difference to that edition only */
  since: string | undefined
  memorySeconds: number
  /** as `digestOf` has them */
  digests: string[]
}

export interface Asked {
  address: string
  /** the edition that is known */
  since: string | undefined
  /** how long the issuer may hold its answer until there is news; 0 for an answer at once */
  waitSeconds: number
  signal: AbortSignal
}

/** The `typ` of the feed. */
const feedType = 'revoked+jwt'
/** Of SHA-256 of a session's id. */
export const digestBytes = 16
const timeoutMs = 10_000
/** More than two million sessions. */
const mostBytes = 67_108_864

/**
 * Asks for the edition after the one that is known.
 * @returns undefined where there is nothing new
 * @throws Error for whatever is not a feed of this issuer, signed by him
 */
export async function readEdition(
  options: EditionOptions,
  { address, since, waitSeconds, signal }: Asked,
): Promise<Edition | undefined> {
  const url = new URL(address)
  if (since !== undefined) url.searchParams.set('since', since)
  const answer = await options.fetch(url, {
    headers: { accept: 'application/jwt', prefer: `wait=${waitSeconds}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs + waitSeconds * 1_000)]),
  })
  if (answer.status === 304 && since !== undefined) return undefined
  if (!answer.ok) throw new Error(`the feed of revoked sessions was answered ${answer.status}`)
  return parseEdition(await readText(answer, mostBytes), options)
}

async function parseEdition(text: string, { issuer, keys, now }: EditionOptions): Promise<Edition> {
  const { payload } = await jwtVerify(text, keys, {
    ...{ issuer, algorithms, typ: feedType, currentDate: new Date(now()) },
  })
  const { iat, cursor, since, memory, revoked } = payload
  if (typeof iat !== 'number' || typeof cursor !== 'string' || typeof memory !== 'number')
    throw new Error('the feed of revoked sessions has another form')
  return {
    ...{ madeAt: iat, cursor, since: typeof since === 'string' ? since : undefined },
    ...{ memorySeconds: memory, digests: parseDigests(revoked) },
  }
}

function parseDigests(revoked: unknown): string[] {
  if (typeof revoked !== 'string') throw new Error('the feed of revoked sessions has no entries')
  const bytes = Buffer.from(revoked, 'base64url')
  if (bytes.length % digestBytes !== 0) throw new Error('the feed of revoked sessions is cut')
  return Array.from({ length: bytes.length / digestBytes }, (_, index) =>
    bytes.toString('base64url', index * digestBytes, (index + 1) * digestBytes),
  )
}
