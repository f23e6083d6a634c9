import { expect, test } from 'vitest'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { openClient } from '../races/http-client.ts'
import { withRawDatabase } from '../store/raw-database.ts'
import { check, checkEnded } from './remembered.ts'
import { live, type RememberedUser } from './remembering-clients.ts'

const rounds = 20
const clientsAtOnce = 4
/** of users and sessions a round, so that a loaded machine ends in time; the rest is looked at in the end */
const checkedPerRound = 30

test(`${rounds} times kill -9 under load: nothing that was acknowledged is lost`, async () => {
  const data = temporaryFolder()
  const startsMs: number[] = []
  const seen: Record<string, number> = {}
  const count = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1
  }
  const start = async () => {
    const startedAt = performance.now()
    const server = await spawnServer({ data })
    startsMs.push(performance.now() - startedAt)
    return { server, client: openClient(server.address) }
  }
  const everybody: RememberedUser[] = []
  let { server, client } = await start()
  for (let round = 0; round < rounds; round += 1) {
    const doomed = server
    let left = 5 + Math.floor(Math.random() * 150)
    // In the very moment of an acknowledgement: whoever answers before the commit is caught.
    const acknowledged = () => {
      left -= 1
      if (left === 0) void doomed.stop('SIGKILL')
    }
    const life = { client, random: Math.random, acknowledged, goesOn: () => true }
    const users = (
      await Promise.all(Array.from({ length: clientsAtOnce }, (_, at) => live(life, `r${round}c${at}`)))
    ).flat()
    await doomed.exited
    client.close()
    everybody.push(...users)
    ;({ server, client } = await start())
    for (const user of users.slice(-checkedPerRound)) {
      expect((await client.login(user.username)).status, user.username).toBe(200)
      count('registrations')
    }
    const sessions = users.flatMap((user) => user.sessions).slice(-checkedPerRound)
    for (const [at, session] of sessions.entries()) count(await check(client, session, at))
  }
  const ended = everybody.flatMap((user) => user.sessions.filter((session) => session.ended))
  for (const session of ended.slice(0, 200)) await checkEnded(client, session)
  const stored = withRawDatabase(`${data}/countersign.db`, (db) =>
    db.prepare('SELECT username FROM users').pluck().all(),
  )
  expect(stored).toEqual(expect.arrayContaining(everybody.map((user) => user.username)))
  client.close()
  await server.stop()
  const median = startsMs.sort((a, b) => a - b)[Math.floor(startsMs.length / 2)] ?? 0
  console.log(
    `kill -9, ${rounds} times: ${JSON.stringify(seen)} held, start to listening ${Math.round(median)} ms`,
  )
  expect(median).toBeLessThan(5000)
  for (const what of ['registrations', 'rotations', 'reuses', 'logouts'])
    expect(seen[what]).toBeGreaterThan(0)
}, 180_000)
