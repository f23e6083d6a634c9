import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { encodeHeader, type JwtSigner, signJwt } from '../../tokens/jwt.ts'
import type { KeyRing } from '../../tokens/key-ring.ts'
import type { RevokedSessions } from './revoked.ts'

/** The `typ` of the feed: no token of another kind passes for it, and it for none. */
export const feedType = 'revoked+jwt'

/** Of SHA-256 of the session's id: enough that no sound session is ever taken for a revoked one. */
const digestBytes = 16

/** Readers are seldom behind by more than a few editions. */
const maxEditions = 64

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
  /** @param since the cursor of an edition: only what came after it is in the answer; an unknown one gets everything */
  edition(since: string | undefined): Edition
  /** whether that edition is the newest still */
  isNewest(cursor: string): boolean
}

/**
 * The feed of revoked sessions as this process knows them. A cursor names the process and how much it had learnt, so a
 * delta is exact; a reader that comes to another process, or to one that was started anew, gets the whole set, which is
 * small by construction.
 */
export function createFeed({ issuer, keyRing, revoked, clock, memoryMs }: FeedOptions): Feed {
  const process = randomBytes(9).toString('base64url')
  const cursorOf = (learnt: number) => `${process}.${learnt}`
  /** of the newest state, by what their readers know: signed once for all of them */
  const editions = new Map<number | undefined, Edition>()
  revoked.onChange(() => editions.clear())
  keyRing.onChange(() => editions.clear())

  /** @returns how much the reader has learnt of this process: nothing where the cursor is another's */
  function learntAt(cursor: string | undefined): number | undefined {
    const [name, count] = cursor?.split('.') ?? []
    return name === process && /^\d{1,15}$/.test(count ?? '') ? Number(count) : undefined
  }

  function print(from: number | undefined): Edition {
    const cursor = cursorOf(revoked.learnt())
    const text = signJwt(feedSigner(keyRing.signer()), {
      iss: issuer,
      iat: Math.floor(clock() / 1000),
      cursor,
      ...(from !== undefined && { since: cursorOf(from) }),
      memory: Math.ceil(memoryMs / 1000),
      revoked: Buffer.concat(revoked.learntAfter(from ?? 0).map(digestOf)).toString('base64url'),
    })
    return { text, cursor }
  }

  return {
    edition(since) {
      const from = learntAt(since)
      const edition = editions.get(from) ?? print(from)
      if (editions.size < maxEditions) editions.set(from, edition)
      return edition
    },
    isNewest: (cursor) => cursor === cursorOf(revoked.learnt()),
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
