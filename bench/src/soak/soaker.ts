import { setTimeout as pause } from 'node:timers/promises'
import type { RememberedSession } from '../../../packages/server/test/durability/remembering-clients.ts'
import type { HttpClient, Reply } from '../../../packages/server/test/races/http-client.ts'
import { pick } from './random.ts'
import type { Kind, Tally } from './tally.ts'

/** A session, and since when it is over, in the tally's time. */
export interface Session extends RememberedSession {
  endedAt?: number
}

export interface User {
  username: string
  sessions: Session[]
}

/** One who uses the servers, and remembers what they acknowledged. */
export interface Soaker {
  name: string
  random: () => number
  servers: readonly [HttpClient, ...HttpClient[]]
  tally: Tally
  goesOn: () => boolean
  /** everybody that it ever was */
  users: User[]
}

/** Between two requests of one client, on average. */
const pauseMs = 150

/** Whoever hears nothing for so long has waited in vain. */
const patienceMs = 60_000

/** Waits a little, as people do. @returns the server whose turn it is then */
export async function next({ random, servers }: Soaker): Promise<HttpClient> {
  await pause(2 * pauseMs * random())
  return pick(random, servers)
}

/** Asks until somebody answers: what was not answered may have happened or not, so the same is asked again. */
export async function insist(soaker: Soaker, kind: Kind, ask: (client: HttpClient) => Promise<Reply>) {
  const { tally } = soaker
  const from = tally.now()
  for (let isFirst = true; tally.now() < from + patienceMs; isFirst = false) {
    const client = await next(soaker)
    const reply = await tally.hear(kind, () => ask(client))
    if (reply) return { reply, client, isFirst }
  }
  throw new Error(`${kind}: nobody answered for ${patienceMs / 1000} s`)
}

/** What is not as it must be, told with what was answered. */
export function complain(soaker: Soaker, as: 'lost' | 'wrong', what: string, { status, text }: Reply): false {
  soaker.tally[as].push(`${soaker.name}: ${what}: ${status} ${text.slice(0, 200)}`)
  return false
}

export function acknowledge({ tally }: Soaker, kind: Kind): true {
  tally.acknowledged[kind] += 1
  return true
}
