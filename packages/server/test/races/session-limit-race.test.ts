import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DeployedServers, type DeployOptions, deployServers } from './deployment.ts'
import { claimsOf, pairsOf } from './http-client.ts'

const limit = 3
const atOnce = 12

const deployments: DeployOptions[] = [
  { store: 'SQLite', count: 2 },
  { store: 'PostgreSQL', count: 3 },
  { store: 'PostgreSQL, serializable', count: 3 },
]

describe.each(deployments)('S20: at most 3 sessions per user, $store, $count servers', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers({
      ...deployment,
      env: { COUNTERSIGN_MAX_SESSIONS: String(limit), COUNTERSIGN_HASH_QUEUE: '64' },
    })
  })
  afterAll(() => servers.close())

  test('12 logins at once, 4 rounds: all are let in, and 3 of them stay', async () => {
    await servers.client(0).register('alice')
    const { id = '' } = (await servers.beside.findUserByName('alice')) ?? {}
    for (let round = 0; round < 4; round += 1) {
      const replies = await Promise.all(
        Array.from({ length: atOnce }, (_, turn) => servers.client(turn).login('alice')),
      )
      const pairs = pairsOf(replies)
      expect(pairs).toHaveLength(atOnce)
      const live = (await servers.beside.listSessionsOfUser(id, Date.now())).map((session) => session.id)
      expect(live).toHaveLength(limit)
      for (const [turn, pair] of pairs.entries()) {
        const isLive = live.includes(claimsOf(pair.refresh).sid)
        expect((await servers.stored(pair.refresh)).revoked_reason).toBe(isLive ? null : 'limit')
        expect((await servers.client(turn + 1).refresh(pair)).status).toBe(isLive ? 200 : 401)
      }
    }
    expect(servers.failed()).toEqual([])
  })
})
