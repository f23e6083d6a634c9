import { expect } from 'vitest'
import { bearer, type TokenPair } from '../../harness.ts'
import { samplesOf, valuesOf } from '../../metrics/exposition.ts'
import { eventually, type HttpClient, password, type Reply } from '../../races/http-client.ts'
import { deadlineMs, type Served, slackMs } from './served.ts'

/** Something that can happen to a database while a server serves. */
export interface Fault {
  strike(served: Served): unknown
  mend(served: Served): unknown
  /** how the line of `/readyz` begins that tells; undefined where nothing can be seen without writing */
  line: string | undefined
  /** what is only read still comes through */
  canRead?: true
  /** in the log, as the reason */
  reason?: RegExp
}

/** Who was there before it happened. */
interface People {
  username: string
  /** logged in */
  pair: TokenPair
  /** logged in on another device, where he logs out meanwhile */
  leaving: TokenPair
  /** logged out */
  gone: TokenPair
}

let count = 0

async function gather(client: HttpClient): Promise<People> {
  count += 1
  const username = `user${count}`
  const pair = await client.session(username)
  const leaving = (await client.login(username)).json()
  const gone = (await client.login(username)).json()
  expect((await client.logout(gone)).status).toBe(200)
  return { username, pair, leaving, gone }
}

/** Every request of the API that asks the database. */
function asking(client: HttpClient, { username, pair, leaving }: People) {
  const credentials = { username, password }
  return {
    register: () => client.register(`late-${username}`),
    login: () => client.login(username),
    'login at the alias': () => client.post('/api/token/', credentials),
    'a wrong password': () => client.post('/api/login/', { username, password: 'wrong horse battery' }),
    refresh: () => client.refresh(pair),
    logout: () => client.logout(leaving),
    'logout everywhere': () => client.post('/api/logout/', { all: true }, bearer(pair.access)),
    dashboard: () => client.get('/api/dashboard/', bearer(pair.access)),
  }
}

/** What the same requests are answered where the database can still be read. */
const whenReadable: Readonly<Record<string, number>> = { dashboard: 200, 'a wrong password': 401 }

function expectUnavailable({ status, headers, text }: Reply, name: string): void {
  expect({ name, status, text, retryAfter: headers['retry-after'], type: headers['content-type'] }).toEqual({
    ...{ name, status: 503, retryAfter: '1', type: 'application/json' },
    text: '{"detail":"The service is unavailable for a moment. Try again shortly."}',
  })
}

async function timed<T>(ask: () => Promise<T>, withinMs: number): Promise<T> {
  const askedAt = performance.now()
  const answer = await ask()
  expect(performance.now() - askedAt).toBeLessThan(withinMs)
  return answer
}

async function expectRefused({ client }: Served, people: People, { canRead }: Fault): Promise<void> {
  const requests = Object.entries(asking(client, people)).map(async ([name, ask]) => {
    const reply = await timed(ask, deadlineMs + slackMs)
    const status = canRead && whenReadable[name]
    if (status) expect({ name, status: reply.status }).toEqual({ name, status })
    else expectUnavailable(reply, name)
  })
  await Promise.all(requests)
}

/** Verification needs no database; and a process that is alive is not to be started anew. */
async function expectVerified({ client }: Served, { pair, gone }: People): Promise<void> {
  const forged = { access: `${pair.access.slice(0, -9)}AAAAAAAAA` }
  const asked = await Promise.all([pair, gone, forged].map((token) => client.access(token)))
  expect(asked).toEqual([200, 401, 401])
  expect(await client.get('/livez')).toMatchObject({ status: 200, text: 'ok\n' })
}

async function expectUnready({ client }: Served, { line }: Fault): Promise<void> {
  const { status, text } = await timed(() => client.get('/readyz'), deadlineMs + slackMs)
  expect(status).toBe(line === undefined ? 200 : 503)
  if (line !== undefined) expect(`\n${text}`).toContain(`\n${line}`)
}

/** Asks again and again until the work is done: whatever happens in between, the answers stay the same. */
async function meanwhile(ask: () => Promise<void>, work: Promise<unknown>): Promise<void> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  done.catch(() => undefined)
  while (!isDone) {
    await ask()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await done
}

/** Nothing was burnt and nothing half done: what was asked for in vain is asked for again, and granted. */
async function expectRecovered({ client, ask }: Served, { username, pair, leaving, gone }: People) {
  await eventually(async () => (await client.get('/readyz')).status, 200)
  const refreshed = await client.refresh(pair)
  expect(refreshed.status).toBe(200)
  expect([await client.access(refreshed.json()), await client.access(leaving)]).toEqual([200, 200])
  expect((await client.logout(leaving)).status).toBe(200)
  expect([await client.access(leaving), await client.access(gone)]).toEqual([401, 401])
  expect((await client.login(username)).status).toBe(200)
  expect((await client.register(`late-${username}`)).status).toBe(201)
  const rows = await ask<{ generation: number }>(`
    SELECT generation::int FROM sessions JOIN users ON users.id = user_id
     WHERE username = '${username}' ORDER BY sessions.id`)
  // The three from before and the last: a login that was answered 503 has left none.
  expect(rows.map(({ generation }) => generation)).toEqual([1, 0, 0, 0])
}

/** The whole story of one fault: before, twice while it lasts, and after. */
export async function expectOutage(served: Served, fault: Fault): Promise<void> {
  const people = await gather(served.client)
  const from = served.server.logs.length
  await fault.strike(served)
  try {
    // Connections from before are met first, then new ones.
    for (let round = 0; round < 2; round += 1) {
      const refused = Promise.all([expectRefused(served, people, fault), expectUnready(served, fault)])
      await meanwhile(() => expectVerified(served, people), refused)
    }
  } finally {
    await fault.mend(served)
  }
  await expectRecovered(served, people)
  const { reason } = fault
  if (reason)
    expect(reasonsIn(served.server.logs.slice(from)).filter((one) => reason.test(one))).not.toEqual([])
}

function reasonsIn(logs: readonly string[]): string[] {
  const lines = logs.map((line) => JSON.parse(line) as { error?: { reason?: string } })
  return lines.flatMap(({ error }) => (error?.reason === undefined ? [] : [error.reason]))
}

/** What faults may not leave behind: one of ours, a connection too many, somebody who waits. */
export async function expectUnhurt({ server, client, ask }: Served): Promise<void> {
  const events = server.logs.map((line) => JSON.parse(line) as { event: string; error?: { code?: string } })
  expect(events.filter(({ event }) => event === 'server.fault')).toEqual([])
  expect(events.filter(({ error }) => error && error.code !== 'unavailable')).toEqual([])
  expect(client.failed.filter(({ status }) => status !== 503)).toEqual([])
  expect(server.talk.filter((line) => /warning|unhandled|deprecat|\bat .*\.[jt]s:/i.test(line))).toEqual([])
  const [open] = await ask<{ count: number }>(`
    SELECT count(*)::int FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'countersign'`)
  expect(open?.count).toBeLessThanOrEqual(10)
  await eventually(async () => (await connectionsOf(server.talk)).waiting, 0)
}

/** As `/metrics` counts them. */
async function connectionsOf(talk: readonly string[]): Promise<Record<string, number>> {
  const address = talk.join('\n').match(/http:\S+\/metrics/)?.[0] ?? ''
  const samples = samplesOf(await (await fetch(address)).text())
  return valuesOf(samples, 'countersign_db_pool_connections')
}
