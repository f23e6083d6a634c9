import { createRefreshTokens } from '../../packages/server/src/tokens/refresh-token.ts'
import { type Client, closedLoop, expectStatus, postRequest } from './load.ts'
import { benchIssuer, benchSecret } from './processes.ts'
import { sessionId } from './seeds.ts'
import type { Pair } from './users.ts'

/** Clients that refresh seeded sessions in random order, each session by one client alone. */
export interface Refreshers {
  clients: number
  /** refreshes the next session of the client with that number */
  step(client: Client, number: number): Promise<void>
  /** how many were refreshed so far */
  done(): number
}

/** As many as a few measurements can refresh: among a million, no session comes twice. */
const mostTokens = 40_000

/** @param sessions as many as were seeded */
export function openRefreshers(sessions: number, clients: number): Refreshers {
  const tokens = sample(sessions, Math.min(sessions, mostTokens)).map(firstToken())
  const hands = Array.from({ length: clients }, (_, number) =>
    tokens.filter((_, index) => index % clients === number),
  )
  const turns = hands.map(() => 0)
  let done = 0
  return {
    clients,
    async step(client, number) {
      const hand = hands[number] ?? []
      const turn = turns[number] ?? 0
      turns[number] = (turn + 1) % hand.length
      const reply = await client.ask(postRequest('/api/token/refresh/', { refresh: hand[turn] }))
      hand[turn] = (JSON.parse(expectStatus(reply, 200).body) as Pair).refresh
      done += 1
    },
    done: () => done,
  }
}

/** All clients at once, shared out among the servers. @returns refreshes per second */
export async function refreshOn(
  addresses: readonly string[],
  { clients, step }: Refreshers,
  milliseconds: number,
): Promise<number> {
  const each = clients / addresses.length
  const rates = addresses.map((address, server) =>
    closedLoop({
      address,
      clients: each,
      milliseconds,
      step: (client, index) => step(client, server * each + index),
    }),
  )
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0)
}

/** So many different numbers from 1 to `most`, in random order. */
function sample(most: number, count: number): number[] {
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(1 + Math.floor(Math.random() * most))
  return [...chosen]
}

/** Makes the token that a seeded session was opened with; only its number and its generation are looked at. */
function firstToken(): (n: number) => string {
  const { issue } = createRefreshTokens({ issuer: benchIssuer, secrets: [benchSecret] })
  const rotatedAt = Date.now()
  return (n) =>
    issue({
      sessionId: sessionId(n),
      userId: 'bench',
      generation: 0,
      rotatedAt,
      expiresAt: rotatedAt + 3_600_000,
    })
}
