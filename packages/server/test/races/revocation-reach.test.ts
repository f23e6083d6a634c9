import { expect, test } from 'vitest'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { eventually, openClient } from './http-client.ts'

test('a revocation holds at once here, soon in another process, and after a restart', async () => {
  const data = temporaryFolder()
  const [here, there] = await Promise.all([spawnServer({ data }), spawnServer({ data })])
  const [client, other] = [openClient(here.address), openClient(there.address)]
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
  console.log(
    `a revocation reached the other process within ${Math.round(Math.max(...tookMs))} ms (promised: 1000)`,
  )
  const live = (await client.login('alice')).json()
  await Promise.all([here.stop('SIGKILL'), there.stop()])
  const again = await spawnServer({ data })
  const later = openClient(again.address)
  for (const pair of ended) {
    expect(await later.access(pair)).toBe(401)
    expect((await later.refresh(pair)).status).toBe(401)
  }
  expect(await later.access(live)).toBe(200)
  for (const one of [client, other, later]) one.close()
  await again.stop()
})
