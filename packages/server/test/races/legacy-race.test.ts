import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mint, refreshClaims } from '../django/legacy/mint.ts'
import { djangoSecret } from '../django/legacy/simplejwt.ts'
import { type DeployedServers, type DeployOptions, deployServers } from './deployment.ts'
import { claimsOf, eventually, pairsOf, type Reply } from './http-client.ts'

const atOnce = 32
const env = {
  COUNTERSIGN_DJANGO_SECRET: djangoSecret,
  COUNTERSIGN_DJANGO_UNTIL: new Date(Date.now() + 86_400_000).toISOString(),
}

const deployments: DeployOptions[] = [
  { store: 'SQLite', count: 2 },
  { store: 'PostgreSQL', count: 2 },
  { store: 'PostgreSQL, serializable', count: 2 },
]

function exchangeAtOnce(servers: DeployedServers, refresh: string): Promise<Reply[]> {
  return Promise.all(Array.from({ length: atOnce }, (_, turn) => servers.client(turn).refresh({ refresh })))
}

/** Registers somebody. @returns his id, and a refresh token of Django's that is his */
async function newcomer(servers: DeployedServers, name: string, list: 'imported' | 'no_list') {
  const { id } = (await servers.client(0).register(name)).json() as { id: string }
  const claims = refreshClaims(id, Date.now())
  const { jti, exp } = claims
  const row = { jti, user_id: id, expires_at: exp * 1000, is_blacklisted: 0 }
  if (list === 'imported') await servers.beside.importLegacyTokens([row])
  return { id, token: mint(claims) }
}

describe.each(
  deployments,
)('S01 S03: a token of Django shown 32 times at once, $store, $count servers', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers({ ...deployment, env })
  })
  afterAll(() => servers.close())

  // Once a list was imported, no token is good that is not on it.
  test.each([
    'no_list',
    'imported',
  ] as const)('%s, 4 rounds: one session, the same bytes for all', async (list) => {
    for (let round = 0; round < 4; round += 1) {
      const { id, token } = await newcomer(servers, `${list}${round}`, list)
      const replies = await exchangeAtOnce(servers, token)
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
      const pairs = pairsOf(replies)
      expect(new Set(pairs.map(({ refresh }) => refresh)).size).toBe(1)
      const [pair] = pairs
      if (!pair) throw new Error('nobody was let in')
      expect(claimsOf(pair.refresh)).toMatchObject({ gen: 0, sub: id })
      expect(await servers.beside.listSessionsOfUser(id, Date.now())).toHaveLength(1)
      expect(await servers.client(round).access(pair)).toBe(200)
      expect((await servers.client(round + 1).refresh(pair)).status).toBe(200)
    }
    expect(servers.failed()).toEqual([])
  })

  test('S16: against a logout with it, 8 rounds: nothing lives behind the logout', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { id, token: refresh } = await newcomer(servers, `leaver${round}`, 'imported')
      const before = Array.from({ length: round % 4 }, () => servers.client(0).refresh({ refresh }))
      const logout = servers.client(1).logout({ refresh })
      const after = Array.from({ length: 4 - (round % 4) }, () => servers.client(0).refresh({ refresh }))
      expect((await logout).status).toBe(200)
      expect((await servers.client(0).refresh({ refresh })).status).toBe(401)
      for (const pair of pairsOf(await Promise.all([...before, ...after]))) {
        expect((await servers.client(1).refresh(pair)).status).toBe(401)
        await eventually(() => servers.client(0).access(pair), 401)
      }
      expect(await servers.beside.listSessionsOfUser(id, Date.now())).toEqual([])
    }
    expect(servers.failed()).toEqual([])
  })
})

describe.each(deployments)('S02: without a grace window, $store, $count servers', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers({ ...deployment, env: { ...env, COUNTERSIGN_REFRESH_GRACE: '0' } })
  })
  afterAll(() => servers.close())

  test('3 rounds: one winner, 31 refused as reuse, and then the winner’s tokens are dead too', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { id, token } = await newcomer(servers, `user${round}`, 'no_list')
      const replies = await exchangeAtOnce(servers, token)
      const [winner, ...others] = pairsOf(replies)
      expect(others).toEqual([])
      expect(replies.filter(({ status }) => status === 401)).toHaveLength(atOnce - 1)
      if (!winner) throw new Error('nobody won')
      expect(await servers.stored(winner.refresh)).toEqual({ generation: 0, revoked_reason: 'reuse' })
      expect((await servers.client(round).refresh(winner)).status).toBe(401)
      expect(await servers.beside.listSessionsOfUser(id, Date.now())).toEqual([])
    }
    expect(servers.failed()).toEqual([])
  })
})
