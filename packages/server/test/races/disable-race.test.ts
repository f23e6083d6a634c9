import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TokenPair } from '../harness.ts'
import { type DeployedServers, type DeployOptions, deployServers } from './deployment.ts'
import { eventually, type HttpClient } from './http-client.ts'

/** How long one login takes here and now: the race is timed by it. */
async function loginMs(client: HttpClient): Promise<number> {
  await client.session('first')
  const startedAt = performance.now()
  await client.login('first')
  return performance.now() - startedAt
}

const deployments: DeployOptions[] = [
  { store: 'SQLite', count: 1 },
  { store: 'PostgreSQL', count: 1 },
  { store: 'PostgreSQL, serializable', count: 1 },
]

describe.each(deployments)('S10: a login that races his disabling, $store', (deployment) => {
  let servers: DeployedServers
  beforeAll(async () => {
    servers = await deployServers(deployment)
  })
  afterAll(() => servers.close())

  test('by another process, 15 rounds: no session is left', async () => {
    const { beside } = servers
    const client = servers.client(0)
    const dead: TokenPair[] = []
    const usualMs = await loginMs(client)
    const seen = { letIn: 0, refused: 0 }
    for (let round = 0; round < 15; round += 1) {
      const name = `user${round}`
      await client.register(name)
      const user = await beside.findUserByName(name)
      const logins = Array.from({ length: 4 }, () => client.login(name))
      await new Promise((resolve) => setTimeout(resolve, (usualMs * round) / 5))
      await beside.updateUser({
        userId: user?.id ?? '',
        set: { is_active: 0 },
        endSessions: { now: Date.now(), reason: 'user_disabled' },
      })
      expect((await client.login(name)).status).toBe(401)
      const replies = await Promise.all(logins)
      const pairs: TokenPair[] = replies.filter(({ status }) => status === 200).map((reply) => reply.json())
      seen.letIn += pairs.length
      seen.refused += replies.length - pairs.length
      expect(await beside.listSessionsOfUser(user?.id ?? '', Date.now())).toEqual([])
      for (const pair of pairs) {
        expect((await client.refresh(pair)).status).toBe(401)
        dead.push(pair)
      }
    }
    for (const pair of dead) await eventually(() => client.access(pair), 401)
    expect(seen.letIn, 'both sides of the race were seen').toBeGreaterThan(0)
    expect(seen.refused, 'both sides of the race were seen').toBeGreaterThan(0)
    expect(servers.failed()).toEqual([])
  })
})
