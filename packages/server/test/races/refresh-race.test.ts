import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TokenPair } from '../harness.ts'
import { type DeployedServers, type DeployOptions, deployServers } from './deployment.ts'
import { claimsOf, eventually, pairsOf, type Reply } from './http-client.ts'

const atOnce = 32

function refreshAtOnce(servers: DeployedServers, pair: TokenPair): Promise<Reply[]> {
  return Promise.all(Array.from({ length: atOnce }, (_, turn) => servers.client(turn).refresh(pair)))
}

const deployments: DeployOptions[] = [
  { store: 'SQLite', count: 1 },
  { store: 'SQLite', count: 2 },
  { store: 'PostgreSQL', count: 3 },
  { store: 'PostgreSQL, serializable', count: 2 },
]

describe.each(
  deployments,
)('S01 S03: one token shown 32 times at once, $store, $count server(s)', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers(deployment)
  })
  afterAll(() => servers.close())

  test('15 rounds: one row, one chain, the same bytes for all, one step of the generation', async () => {
    let pair = await servers.client(0).session('alice')
    for (let round = 1; round <= 15; round += 1) {
      const replies = await refreshAtOnce(servers, pair)
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
      const pairs = pairsOf(replies)
      expect(new Set(pairs.map(({ refresh }) => refresh)).size).toBe(1)
      pair = pairs[0] ?? pair
      expect(claimsOf(pair.refresh).gen).toBe(round)
      expect(await servers.stored(pair.refresh)).toEqual({ generation: round, revoked_reason: null })
      for (const one of pairs.slice(0, 4)) expect(await servers.client(round).access(one)).toBe(200)
    }
    expect(await servers.beside.listSessions({ after: undefined, limit: 10 })).toHaveLength(1)
    expect(servers.failed()).toEqual([])
  })
})

describe.each(deployments)('S02: without a grace window, $store, $count server(s)', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers({ ...deployment, env: { COUNTERSIGN_REFRESH_GRACE: '0' } })
  })
  afterAll(() => servers.close())

  test('6 rounds: one winner, 31 refused as reuse, and then the winner’s tokens are dead too', async () => {
    const winners: TokenPair[] = []
    for (let round = 1; round <= 6; round += 1) {
      const pair = await servers.client(0).session(`user${round}`)
      const replies = await refreshAtOnce(servers, pair)
      const [winner, ...others] = pairsOf(replies)
      expect(others).toEqual([])
      expect(replies.filter(({ status }) => status === 401)).toHaveLength(atOnce - 1)
      if (!winner) throw new Error('nobody won')
      expect(await servers.stored(winner.refresh)).toEqual({ generation: 1, revoked_reason: 'reuse' })
      expect((await servers.client(round).refresh(winner)).status).toBe(401)
      winners.push(winner)
      expect((await servers.client(round).login(`user${round}`)).status).toBe(200)
    }
    for (const client of servers.clients) {
      for (const winner of winners) await eventually(() => client.access(winner), 401)
    }
    expect(servers.failed()).toEqual([])
  })
})
