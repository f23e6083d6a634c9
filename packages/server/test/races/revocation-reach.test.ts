import { expect, test } from 'vitest'
import { deployServers, type StoreName } from './deployment.ts'
import { eventually } from './http-client.ts'

const stores: StoreName[] = ['SQLite', 'PostgreSQL']

test.each(
  stores,
)('S04 S08 %s: a revocation holds at once here, soon elsewhere, and after a restart', async (store) => {
  const deployment = await deployServers({ store, count: 2 })
  const [here, there] = deployment.servers
  const [client, other] = [here.client, there?.client ?? here.client]
  await client.register('alice')
  const tookMs: number[] = []
  const ended = []
  for (let round = 0; round < 5; round += 1) {
    const pair = (await client.login('alice')).json()
    expect(await other.access(pair)).toBe(200)
    expect((await client.logout(pair)).status).toBe(200)
    expect(await client.access(pair)).toBe(401)
    tookMs.push(await eventually(() => other.access(pair), 401))
    ended.push(pair)
  }
  const mostMs = Math.round(Math.max(...tookMs))
  console.log(`${store}: a revocation reached the other process within ${mostMs} ms (promised: 1000)`)
  const live = (await client.login('alice')).json()
  await Promise.all([here.stop('SIGKILL'), there?.stop()])
  const { client: later } = await deployment.start()
  for (const pair of ended) {
    expect(await later.access(pair)).toBe(401)
    expect((await later.refresh(pair)).status).toBe(401)
  }
  expect(await later.access(live)).toBe(200)
  expect(deployment.failed()).toEqual([])
  await deployment.close()
})
