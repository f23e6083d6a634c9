import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import type { TokenPair } from '../harness.ts'
import { type DeployedServers, deployServers } from './deployment.ts'
import { eventually } from './http-client.ts'

let servers: DeployedServers
let beside: Store
beforeAll(async () => {
  servers = await deployServers(1)
  beside = await openSqliteStore({ file: servers.file, now: Date.now() })
})
afterAll(async () => {
  await beside.close()
  await servers.close()
})

/** How long one login takes here and now: the race is timed by it. */
async function loginMs(): Promise<number> {
  await servers.client(0).session('first')
  const startedAt = performance.now()
  await servers.client(0).login('first')
  return performance.now() - startedAt
}

test('a login that races his disabling, by another process: 15 rounds, no session is left', async () => {
  const client = servers.client(0)
  const dead: TokenPair[] = []
  const usualMs = await loginMs()
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
})
