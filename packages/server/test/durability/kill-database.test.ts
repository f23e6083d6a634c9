import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { type Cluster, createCluster, withClient } from '../postgres/cluster.ts'
import { eventually, type HttpClient, openClient, type Reply } from '../races/http-client.ts'
import { check, checkEnded } from './remembered.ts'
import { type Life, live, type RememberedUser } from './remembering-clients.ts'

let cluster: Cluster
beforeAll(async () => {
  // It syncs, as any of its kind does unless it is told otherwise.
  cluster = await createCluster({ programs: inject('postgresPrograms') })
})
afterAll(() => cluster.remove())

const rounds = 5
const clientsAtOnce = 4
/** of users and sessions a round, so that a loaded machine ends in time; the rest is looked at in the end */
const checkedPerRound = 25

/** To a client whose life ends with the database, an answer that says so is as good as none. */
function mortal(client: HttpClient): Life['client'] {
  const heard = async (asked: Promise<Reply>) => {
    const reply = await asked
    if (reply.status === 503) throw Object.assign(new Error('the database is away'), { code: 'ECONNRESET' })
    return reply
  }
  return {
    register: (...input) => heard(client.register(...input)),
    login: (...input) => heard(client.login(...input)),
    refresh: (...input) => heard(client.refresh(...input)),
    logout: (...input) => heard(client.logout(...input)),
  }
}

/** Kills the database in the very moment of an acknowledgement: whoever answers before the commit is caught. */
async function killUnderLoad(client: HttpClient, name: string): Promise<RememberedUser[]> {
  let left = 5 + Math.floor(Math.random() * 150)
  let killed: Promise<void> | undefined
  const acknowledged = () => {
    left -= 1
    if (left === 0) killed = cluster.stop('SIGKILL')
  }
  const life: Life = { client: mortal(client), random: Math.random, acknowledged, goesOn: () => true }
  const clients = Array.from({ length: clientsAtOnce }, (_, at) => live(life, `${name}c${at}`))
  const users = (await Promise.all(clients)).flat()
  await killed
  return users
}

test(`S04 S08 S23: ${rounds} times kill -9 of PostgreSQL under load: nothing acknowledged is lost`, async () => {
  const server = await spawnServer({
    data: temporaryFolder(),
    env: { DATABASE_URL: `${cluster.url}postgres`, COUNTERSIGN_DB_CONNECT_TIMEOUT: '1s' },
  })
  const client = openClient(server.address)
  const seen: Record<string, number> = {}
  const count = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1
  }
  const everybody: RememberedUser[] = []
  for (let round = 0; round < rounds; round += 1) {
    const users = await killUnderLoad(client, `r${round}`)
    everybody.push(...users)
    await cluster.start()
    await eventually(async () => (await client.get('/readyz')).status, 200)
    for (const user of users.slice(-checkedPerRound)) {
      expect((await client.login(user.username)).status, user.username).toBe(200)
      count('registrations')
    }
    const sessions = users.flatMap((user) => user.sessions).slice(-checkedPerRound)
    for (const [at, session] of sessions.entries()) count(await check(client, session, at))
  }
  const ended = everybody.flatMap((user) => user.sessions.filter((session) => session.ended))
  for (const session of ended.slice(0, 200)) await checkEnded(client, session)
  const stored = await withClient(`${cluster.url}postgres`, (one) => one.query('SELECT username FROM users'))
  const names = new Set(stored.rows.map((row: { username: string }) => row.username))
  expect(everybody.filter(({ username }) => !names.has(username))).toEqual([])
  expect(client.failed.filter(({ status }) => status !== 503)).toEqual([])
  client.close()
  await server.stop()
  console.log(`kill -9 of PostgreSQL, ${rounds} times: ${JSON.stringify(seen)} held`)
  for (const what of ['registrations', 'rotations', 'reuses', 'logouts'])
    expect(seen[what]).toBeGreaterThan(0)
}, 180_000)
