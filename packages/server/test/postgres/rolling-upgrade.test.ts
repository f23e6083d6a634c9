import { join } from 'node:path'
import { expect, test } from 'vitest'
import { check } from '../durability/remembered.ts'
import { type Life, live } from '../durability/remembering-clients.ts'
import { deployServers } from '../races/deployment.ts'
import { eventually } from '../races/http-client.ts'
import { query } from './database.ts'
import { openFleet } from './fleet.ts'
import { nextMigration } from './next-migration.ts'

const program = join(import.meta.dirname, 'next-version.ts')
const clientsAtOnce = 5
/** acknowledged writes between two steps of the upgrade */
const acksPerStep = 80
const checked = 100

test('S04 S23: two servers give way to two of the next version, which migrates, under load', async () => {
  const deployment = await deployServers({
    store: 'PostgreSQL',
    count: 2,
    env: { COUNTERSIGN_SHUTDOWN_DELAY: '2s', COUNTERSIGN_HASH_QUEUE: '64' },
  })
  const [first, second] = deployment.servers
  if (!second) throw new Error('two were started')
  const fleet = openFleet()
  fleet.add(first)
  fleet.add(second)
  let acks = 0
  let goesOn = true
  const acknowledged = () => {
    acks += 1
  }
  const life: Life = { client: fleet.client, random: Math.random, acknowledged, goesOn: () => goesOn }
  const lives = Array.from({ length: clientsAtOnce }, (_, at) => live(life, `c${at}`))
  const broken = Promise.all(lives).then(() => expect(goesOn, 'all clients live to the end').toBe(false))
  const serveOn = async () => {
    const until = acks + acksPerStep
    await Promise.race([eventually(async () => acks >= until, true, 60_000), broken])
  }

  await serveOn()
  const third = await deployment.start({}, program)
  const history = await query<{ id: string }>(
    { url: deployment.databaseUrl },
    'SELECT id FROM migrations WHERE id = $1',
    [nextMigration.id],
  )
  expect(history, 'the new one has migrated').toHaveLength(1)
  for (const old of [first, second]) {
    const { status, text } = await old.client.get('/readyz?verbose')
    expect([status, text]).toEqual([200, expect.stringContaining('[+] migrations: at head')])
  }
  await serveOn()
  fleet.add(third)
  await serveOn()
  await fleet.retire(first)
  const fourth = await deployment.start({}, program)
  fleet.add(fourth)
  await serveOn()
  await fleet.retire(second)
  await serveOn()
  goesOn = false
  await broken
  await fleet.close()

  const sessions = (await Promise.all(lives)).flat().flatMap((user) => user.sessions)
  const seen: Record<string, number> = {}
  for (const { ended, pairs } of sessions) {
    if (ended) for (const pair of pairs.slice(-1)) await eventually(() => third.client.access(pair), 401)
  }
  for (const [at, session] of sessions.slice(0, checked).entries()) {
    const what = await check(at % 2 ? third.client : fourth.client, session, at)
    seen[what] = (seen[what] ?? 0) + 1
  }
  console.log(
    `rolling upgrade: ${acks} acknowledged, turned away: ${JSON.stringify(fleet.refused)}, held: ${JSON.stringify(seen)}`,
  )
  expect(seen['in doubt']).toBeUndefined()
  expect(fleet.unready).toEqual([])
  const turnedAway = Object.values(fleet.refused).reduce((sum, times) => sum + times, 0)
  expect(turnedAway, 'at most at the boundary of a connection').toBeLessThan(acks / 50)
  expect(deployment.failed().filter(({ status }) => status !== 503)).toEqual([])
  for (const server of [first, second, third, fourth]) {
    const events = server.logs.map((line) => (JSON.parse(line) as { event: string }).event)
    for (const event of ['store.unavailable', 'http.failed', 'server.fault'])
      expect(events).not.toContain(event)
  }
  await deployment.close()
}, 240_000)
