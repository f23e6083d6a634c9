import { expect, test } from 'vitest'
import { newId } from '../../src/ids.ts'
import { query } from '../postgres/database.ts'
import { type DeployedServer, type DeployedServers, deployServers } from '../races/deployment.ts'
import { eventually } from '../races/http-client.ts'
import { check, checkEnded } from './remembered.ts'
import { type Life, live, type RememberedUser } from './remembering-clients.ts'

const rounds = 8
const clientsAtOnce = 4
/** of users and sessions a round, so that a loaded machine ends in time; the rest is looked at in the end */
const checkedPerRound = 30

/** Kills it in the very moment of an acknowledgement: whoever answers before the commit is caught. */
async function killUnderLoad(doomed: DeployedServer, name: string): Promise<RememberedUser[]> {
  let left = 5 + Math.floor(Math.random() * 150)
  const acknowledged = () => {
    left -= 1
    if (left === 0) void doomed.stop('SIGKILL')
  }
  const life: Life = { client: doomed.client, random: Math.random, acknowledged, goesOn: () => true }
  const clients = Array.from({ length: clientsAtOnce }, (_, at) => live(life, `${name}c${at}`))
  const users = (await Promise.all(clients)).flat()
  await doomed.exited
  return users
}

/** What the clients of another process do meanwhile; none of them may notice anything. */
async function liveMeanwhile<T>({ client }: DeployedServer, name: string, meanwhile: Promise<T>) {
  let goesOn = true
  const life: Life = { client, random: Math.random, acknowledged: () => undefined, goesOn: () => goesOn }
  const untouched = live(life, name)
  const broken = untouched.then(() => expect(goesOn, 'a client of the other process lost it').toBe(false))
  const result = await meanwhile
  goesOn = false
  await broken
  return { result, untouched: await untouched }
}

test(`S04 S23: ${rounds} times kill -9 of one of two processes on PostgreSQL: nothing acknowledged is lost`, async () => {
  const deployment = await deployServers({ store: 'PostgreSQL', count: 2 })
  const seen: Record<string, number> = {}
  const count = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1
  }
  const everybody: RememberedUser[] = []
  let [doomed, other] = deployment.servers
  for (let round = 0; round < rounds; round += 1) {
    if (!other) throw new Error('two were started')
    const killed = killUnderLoad(doomed, `r${round}`)
    const { result: users, untouched } = await liveMeanwhile(other, `s${round}`, killed)
    everybody.push(...users, ...untouched)
    // The other one looks at once, before anything is started again.
    const { client } = other
    for (const user of users.slice(-checkedPerRound)) {
      expect((await client.login(user.username)).status, user.username).toBe(200)
      count('registrations')
    }
    const sessions = [...users, ...untouched].flatMap((user) => user.sessions).slice(-checkedPerRound)
    for (const { ended, pairs } of sessions) {
      if (ended) for (const pair of pairs.slice(-2)) await eventually(() => client.access(pair), 401)
    }
    for (const [at, session] of sessions.entries()) count(await check(client, session, at))
    ;[doomed, other] = [other, await deployment.start()]
  }
  const ended = everybody.flatMap((user) => user.sessions.filter((session) => session.ended))
  for (const session of ended.slice(0, 200)) await checkEnded(doomed.client, session)
  for (const { username } of everybody)
    expect(await deployment.beside.findUserByName(username), username).toBeDefined()
  expect(deployment.failed()).toEqual([])
  await deployment.close()
  console.log(`kill -9 beside PostgreSQL, ${rounds} times: ${JSON.stringify(seen)} held`)
  for (const what of ['registrations', 'rotations', 'reuses', 'logouts'])
    expect(seen[what]).toBeGreaterThan(0)
}, 180_000)

interface LeaseRow {
  holder: string
  expires_at: string
}

async function cleaningLease({ databaseUrl }: DeployedServers): Promise<LeaseRow | undefined> {
  const sql = `SELECT holder, expires_at FROM leases WHERE name = 'cleanup'`
  return (await query<LeaseRow>({ url: databaseUrl }, sql))[0]
}

/** Makes a session of long ago that any cleaning would delete. */
async function addEndedSession({ databaseUrl }: DeployedServers): Promise<string> {
  const id = newId(1)
  const sql = `INSERT INTO sessions (id, generation, created_at, rotated_at, expires_at, ends_at, device, address)
               VALUES ($1, 0, 1, 1, 1, 1, '', '')`
  await query({ url: databaseUrl }, sql, [id])
  return id
}

test('the lease of a killed process stays until it expires, and passes on; that of a stopped one goes at once', async () => {
  const deployment = await deployServers({ store: 'PostgreSQL', count: 1 })
  const [first] = deployment.servers
  await eventually(async () => (await cleaningLease(deployment)) !== undefined, true)
  const held = await cleaningLease(deployment)
  await first.stop('SIGKILL')
  expect(await cleaningLease(deployment)).toEqual(held)
  expect(Number(held?.expires_at)).toBeGreaterThan(Date.now())
  // A minute later, by hand.
  await query({ url: deployment.databaseUrl }, 'UPDATE leases SET expires_at = $1', [Date.now()])
  const ended = await addEndedSession(deployment)
  const second = await deployment.start()
  await eventually(async () => (await cleaningLease(deployment))?.holder !== held?.holder, true)
  await eventually(async () => await deployment.beside.findSession(ended), undefined)
  await second.stop('SIGTERM')
  expect(await cleaningLease(deployment)).toBeUndefined()
  await deployment.close()
})
