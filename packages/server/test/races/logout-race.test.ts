import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TokenPair } from '../harness.ts'
import { type DeployedServers, type DeployOptions, deployServers } from './deployment.ts'
import { eventually, type HttpClient, pairsOf } from './http-client.ts'

/** How long the first refreshes are under way before the logout, in milliseconds: a refresh waits for a moment itself. */
const leads = [0, 1, 2, 5, 20]

/** Four refreshes and a logout, in an order that changes from round to round. */
async function raced(
  pair: TokenPair,
  round: number,
  { refresher, ender }: Record<'refresher' | 'ender', HttpClient>,
) {
  const before = Array.from({ length: round % 5 }, () => refresher.refresh(pair))
  const lead = leads[round % 5] ?? 0
  if (lead > 0) await new Promise((resolve) => setTimeout(resolve, lead))
  const logout = ender.logout(pair)
  const after = Array.from({ length: 4 - (round % 5) }, () => refresher.refresh(pair))
  return { logout, refreshes: [...before, ...after] }
}

const deployments: DeployOptions[] = [
  { store: 'SQLite', count: 1 },
  { store: 'SQLite', count: 2 },
  { store: 'PostgreSQL', count: 2 },
  { store: 'PostgreSQL, serializable', count: 2 },
]

describe.each(
  deployments,
)('S08 S16: a refresh that races a logout, $store, $count server(s)', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers(deployment)
  })
  afterAll(() => servers.close())

  test('20 rounds: after the acknowledged logout nothing of the session lives', async () => {
    const seen = { won: 0, lost: 0 }
    const dead: TokenPair[] = []
    await servers.client(0).register('alice')
    for (let round = 0; round < 20; round += 1) {
      const pair: TokenPair = (await servers.client(0).login('alice')).json()
      const [refresher, ender] = [servers.client(0), servers.client(1)]
      const { logout, refreshes } = await raced(pair, round, { refresher, ender })
      expect((await logout).status).toBe(200)
      expect((await refresher.refresh(pair)).status).toBe(401)
      expect(await ender.access(pair)).toBe(401)
      const won = pairsOf(await Promise.all(refreshes))
      seen.won += won.length
      seen.lost += refreshes.length - won.length
      for (const one of [pair, ...won]) {
        expect((await refresher.refresh(one)).status).toBe(401)
        expect((await ender.refresh(one)).status).toBe(401)
        expect(await ender.access(one)).toBe(401)
        dead.push(one)
      }
      expect((await servers.stored(pair.refresh)).revoked_reason).toBe('logout')
      expect((await ender.logout(pair)).status).toBe(200)
    }
    for (const one of dead) await eventually(() => servers.client(0).access(one), 401)
    expect(seen.won, 'both sides of the race were seen').toBeGreaterThan(0)
    expect(seen.lost, 'both sides of the race were seen').toBeGreaterThan(0)
    expect(servers.failed()).toEqual([])
  })

  test('logout everywhere races a refresh of each session: all are over', async () => {
    const dead: TokenPair[] = []
    for (let round = 0; round < 5; round += 1) {
      const name = `user${round}`
      await servers.client(0).register(name)
      const pairs: TokenPair[] = []
      for (let device = 0; device < 4; device += 1) pairs.push((await servers.client(0).login(name)).json())
      const [first, ...rest] = pairs
      if (!first) throw new Error('nobody is logged in')
      const everywhere = servers
        .client(1)
        .post('/api/logout/', { all: true }, { authorization: `Bearer ${first.access}` })
      const refreshes = rest.map((pair) => servers.client(0).refresh(pair))
      expect((await everywhere).status).toBe(200)
      for (const one of [...pairs, ...pairsOf(await Promise.all(refreshes))]) {
        expect((await servers.client(0).refresh(one)).status).toBe(401)
        expect(await servers.client(1).access(one)).toBe(401)
        dead.push(one)
      }
    }
    for (const one of dead) await eventually(() => servers.client(0).access(one), 401)
    expect(servers.failed()).toEqual([])
  })
})
