import { createHash } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { encodeHeader, type JwtSigner, signJwt } from '../../tokens/jwt.ts'
import type { KeyRing } from '../../tokens/key-ring.ts'
import { createPositions, cursorOf, overlapMs, type Position, parseCursor } from './position.ts'
import type { RevokedSessions } from './revoked.ts'

/** The `typ` of the feed: no token of another kind passes for it, and it for none. */
export const feedType = 'revoked+jwt'

/** Of SHA-256 of the session's id: enough that no sound session is ever taken for a revoked one. */
const digestBytes = 16

/** Readers are seldom behind by more than a few editions. */
const maxEditions = 64

/** Signed anew after so long, so that a reader can tell our word from one that somebody between us has kept. */
const editionMs = 30_000

export interface FeedOptions {
  issuer: string
  keyRing: KeyRing
  revoked: RevokedSessions
  clock: Clock
  /** how long an entry guards anything: the lifetime of an access token, with a margin */
  memoryMs: number
}

/** One edition of the feed. */
export interface Edition {
  /** a JWT of the type `revoked+jwt` */
  text: string
  /** names this edition, and what a reader of it has read; opaque to readers */
  cursor: string
}

/** What resource servers follow, so that a session that has ended is refused there too. */
export interface Feed {
  /** @param since the cursor of an edition: what came after it is in the answer; an unknown one gets everything */
  edition(since: string | undefined): Edition
  /** whether there is nothing that its reader does not know */
  isNewest(cursor: string): boolean
}

/**
 * The feed of revoked sessions as this process knows them. A reader of its own gets exactly what is new; a reader that
 * comes from another process gets what may be new to him, and whoever shows no cursor, or a strange one, the whole set,
 * which is small by construction.
 */
export function createFeed({ issuer, keyRing, revoked, clock, memoryMs }: FeedOptions): Feed {
  const positions = createPositions(revoked)
  /** of the newest state, by what their readers know: signed once for all of them */
  const editions = new Map<string | undefined, Edition & { madeAt: number }>()
  revoked.onChange(() => editions.clear())
  keyRing.onChange(() => editions.clear())

  function sessionsAfter(since: Position): string[] {
    return positions.isOurs(since)
      ? revoked.learntAfter(since.learnt)
      : revoked.revokedAfter(since.newestAt - overlapMs)
  }

  function print(since: Position | undefined) {
    const cursor = cursorOf(positions.current())
    const madeAt = clock()
    const text = signJwt(feedSigner(keyRing.signer()), {
      iss: issuer,
      iat: Math.floor(madeAt / 1000),
      cursor,
      ...(since && { since: cursorOf(since) }),
      memory: Math.ceil(memoryMs / 1000),
      revoked: Buffer.concat((since ? sessionsAfter(since) : revoked.learntAfter(0)).map(digestOf)).toString(
        'base64url',
      ),
    })
    return { text, cursor, madeAt }
  }

  return {
    edition(presented) {
      const since = parseCursor(presented, clock())
      const key = since && cursorOf(since)
      const known = editions.get(key)
      if (known && clock() - known.madeAt < editionMs) return known
      const edition = print(since)
      if (editions.size < maxEditions || editions.has(key)) editions.set(key, edition)
      return edition
    },
    isNewest(presented) {
      const position = parseCursor(presented, clock())
      return position !== undefined && positions.knowNothingAfter(position)
    },
  }
}

function digestOf(sessionId: string): Buffer {
  return createHash('sha256').update(sessionId).digest().subarray(0, digestBytes)
}

/** The key that signs access tokens, under a header of its own. */
function feedSigner(signer: JwtSigner): JwtSigner {
  const { alg, kid } = JSON.parse(Buffer.from(signer.header, 'base64url').toString()) as {
    alg: string
    kid: string
  }
  return { header: encodeHeader({ alg, typ: feedType, kid }), sign: signer.sign }
}
