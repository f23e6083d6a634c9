import { isBroken } from '../../../packages/server/test/durability/remembering-clients.ts'
import type { Reply } from '../../../packages/server/test/races/http-client.ts'

export const kinds = ['register', 'login', 'refresh', 'replay', 'reuse', 'logout', 'protected'] as const
export type Kind = (typeof kinds)[number]

/** One fault of the world, and what the clients saw of it. Instants are milliseconds since the start. */
export interface Outage {
  name: string
  struckAt: number
  /** when everything was there again, as far as the world knows */
  mendedAt: number
  /** 503s, and connections that broke */
  unavailable: number
  broken: number
  firstAt: number | undefined
  lastAt: number | undefined
}

/** What all clients heard. */
export interface Tally {
  acknowledged: Record<Kind, number>
  /** milliseconds, of answers outside of outages */
  latencies: Record<Kind, number[]>
  /** what was acknowledged and is gone; in words */
  lost: string[]
  /** answers that can never be right; in words */
  wrong: string[]
  /** answers of 500 and more but for 503, in words */
  failed: string[]
  outages: Outage[]
  /** 503s and broken connections before the first fault, or long after one */
  outOfTheBlue: number
  /**
   * Asks once, and counts what comes.
   * @returns undefined where the server says "not now", or is not there
   */
  hear(kind: Kind, ask: () => Promise<Reply>): Promise<Reply | undefined>
  /** nothing is broken, and has not been for so long, milliseconds */
  isCalm(forMs: number): boolean
  /** something breaks now; call what it returns when it is mended */
  strike(name: string): () => void
  /** milliseconds since the start */
  now(): number
}

/** What is seen later than this after everything was there again does not come from that. */
const aftermathMs = 20_000

export function openTally(): Tally {
  const startedAt = performance.now()
  const now = () => performance.now() - startedAt
  const outages: Outage[] = []
  const empty = <T>(value: () => T) =>
    Object.fromEntries(kinds.map((kind) => [kind, value()])) as Record<Kind, T>

  function countAway(how: 'unavailable' | 'broken'): void {
    const outage = outages.at(-1)
    if (!outage || now() > outage.mendedAt + aftermathMs) {
      tally.outOfTheBlue += 1
      return
    }
    outage[how] += 1
    outage.firstAt ??= now()
    outage.lastAt = now()
  }

  const tally: Tally = {
    acknowledged: empty(() => 0),
    latencies: empty(() => []),
    ...{ lost: [], wrong: [], failed: [], outages, outOfTheBlue: 0, now },
    async hear(kind, ask) {
      const askedAt = now()
      const reply = await ask().catch((thrown: unknown) => {
        if (!isBroken(thrown)) throw thrown
      })
      if (!reply) countAway('broken')
      else if (reply.status === 503) countAway('unavailable')
      else if (reply.status >= 500) tally.failed.push(`${kind}: ${reply.status} ${reply.text}`)
      if (!reply || reply.status === 503) return undefined
      if (tally.isCalm(0)) tally.latencies[kind].push(now() - askedAt)
      return reply
    },
    isCalm(forMs) {
      const last = outages.at(-1)
      return !last || now() > Math.max(last.mendedAt, last.lastAt ?? 0) + forMs
    },
    strike(name) {
      const outage: Outage = {
        ...{ name, struckAt: now(), mendedAt: Number.POSITIVE_INFINITY, unavailable: 0, broken: 0 },
        ...{ firstAt: undefined, lastAt: undefined },
      }
      outages.push(outage)
      return () => {
        outage.mendedAt = now()
      }
    },
  }
  return tally
}
