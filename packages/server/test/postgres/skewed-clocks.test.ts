import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBackground } from '../../src/background/background.ts'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import { maintainKeys, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { bearer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'
import { deployServers } from '../races/deployment.ts'
import { claimsOf, eventually, password } from '../races/http-client.ts'
import { createDatabase, type TestDatabase, testLimits } from './database.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How far the clocks of three machines are ahead. */
const skewsMs = [0, hour, -hour] as const

/** A process on a machine whose clock is wrong; time there goes on as everywhere. */
function openOn(
  database: TestDatabase,
  aheadMs: number,
  readClock?: () => Promise<number>,
): Promise<TestServer> {
  const clock = Object.assign(() => Date.now() + aheadMs, { advance: () => undefined })
  const env = { DATABASE_URL: database.url, COUNTERSIGN_REFRESH_GRACE: '60s' }
  if (!readClock) return openTestServer({ env, clock })
  return openPostgresStore({ address: database.address, limits: testLimits, now: clock() }).then((store) =>
    openTestServer({ env, clock, store: { ...store, readClock } }),
  )
}

const login = (server: TestServer, username: string) => server.post('/api/login/', { username, password })
const register = (server: TestServer, username: string) =>
  server.post('/api/register/', { username, email: `${username}@example.com`, password })
const refresh = (server: TestServer, { refresh: token }: TokenPair) =>
  server.post('/api/token/refresh/', { refresh: token })
const logout = (server: TestServer, { refresh: token }: TokenPair) =>
  server.post('/api/logout/', { refresh: token })
const access = async (server: TestServer, pair: TokenPair) =>
  (await server.get('/api/protected/', bearer(pair.access))).status

describe('three machines, one right, one an hour ahead, one an hour behind; the time of the database by hand', () => {
  let passedMs = 0
  let servers: TestServer[]
  let made = 0
  const at = (index: number) => {
    const server = servers[index % servers.length]
    if (!server) throw new Error('there is none')
    return server
  }
  const everywhere = <T>(ask: (server: TestServer) => Promise<T>) => Promise.all(servers.map(ask))
  const common = () => Date.now() + passedMs

  /** Time passes, and the processes read the clock again, as they do every few seconds. */
  async function pass(ms: number): Promise<void> {
    passedMs += ms
    await everywhere(async ({ deployment }) => deployment.syncClock?.())
  }

  /** A new user, logged in at one of them. */
  async function session(index: number): Promise<TokenPair> {
    made += 1
    await register(at(index), `user${made}`)
    return (await login(at(index), `user${made}`)).json()
  }

  let database: TestDatabase
  const open = (aheadMs: number) => openOn(database, aheadMs, async () => common())
  beforeAll(async () => {
    database = await createDatabase()
    servers = []
    for (const aheadMs of skewsMs) servers.push(await open(aheadMs))
  })
  afterAll(() => everywhere((server) => server.close()))

  test('S06: the grace window is as long wherever the token was spent and is shown again', async () => {
    for (const index of [0, 1, 2]) {
      const spent = await session(index)
      const { refresh: successor } = (await refresh(at(index), spent)).json()
      await pass(30_000)
      const again = await everywhere((server) => refresh(server, spent))
      expect(again.map((answer) => answer.json().refresh)).toEqual([successor, successor, successor])
      await pass(60_000)
      expect((await refresh(at(index + 1), spent)).status).toBe(401)
      expect(await everywhere(async (server) => (await refresh(server, again[0]?.json())).status)).toEqual([
        401, 401, 401,
      ])
    }
  })

  test('T12: an access token lives 15 minutes on each, whoever made it', async () => {
    const pairs: TokenPair[] = []
    for (const index of [0, 1, 2]) pairs.push(await session(index))
    for (const { access: token, access_expires_in } of pairs) {
      const { iat } = claimsOf(token) as unknown as { iat: number }
      expect(Math.abs(iat * 1000 - common())).toBeLessThan(minute)
      expect(access_expires_in).toBe(900)
    }
    for (const [ms, status] of [
      [0, 200],
      [13 * minute, 200],
      [3 * minute, 401],
    ] as const) {
      await pass(ms)
      for (const pair of pairs) {
        expect(await everywhere((server) => access(server, pair))).toEqual([status, status, status])
      }
    }
  })

  test('S07: a refresh token lives 7 days on each', async () => {
    const [slid, left] = [await session(1), await session(2)]
    await pass(6 * day)
    const pair: TokenPair = (await refresh(at(2), slid)).json()
    await pass(2 * day)
    expect(await everywhere(async (server) => (await refresh(server, left)).status)).toEqual([401, 401, 401])
    expect((await refresh(at(1), pair)).status).toBe(200)
  })

  test('a revocation reaches each with its next reading, and one that starts later; no cleaning takes it away', async () => {
    for (const index of [0, 1, 2]) {
      const pair = await session(index)
      expect((await logout(at(index + 1), pair)).status).toBe(200)
      await everywhere(({ deployment }) => deployment.followRevoked(deployment.clock()))
      expect(await everywhere((server) => access(server, pair))).toEqual([401, 401, 401])
      await everywhere(({ deployment }) => deployment.cleanUp(deployment.clock()))
      const late = await open(skewsMs[index] ?? 0)
      expect(await access(late, pair)).toBe(401)
      await late.close()
    }
  })

  test('T18: keys keep their schedule, whichever machine looks after them', async () => {
    const old = await session(0)
    await pass(7 * minute)
    const { deployment } = at(1)
    expect(await rotateKeys(deployment.keyDeps, deployment.clock())).toBe('rotated')
    const states = async () => {
      for (const server of servers) await maintainKeys(server.deployment.keyDeps, server.deployment.clock())
      return (await deployment.store.listKeys()).map(({ state }) => state).sort()
    }
    expect(await states()).toEqual(['current', 'next', 'retiring'])
    expect(await everywhere((server) => access(server, old))).toEqual([200, 200, 200])
    await pass(17 * minute)
    expect(await states()).toEqual(['current', 'next', 'retired'])
  })

  test('each says how wrong its machine’s clock is, and is ready all the same', async () => {
    await pass(-passedMs)
    const lines = await everywhere(async (server) => {
      const { status, text } = await server.get('/readyz?verbose')
      return [status, text.split('\n').find((line) => line.includes(' clock:'))]
    })
    expect(lines).toEqual([
      [200, '[+] clock: as the database’s'],
      [200, '[+] clock: this machine’s is 3600 s ahead and not used'],
      [200, '[+] clock: this machine’s is 3600 s behind and not used'],
    ])
  })
})

/** What clients do, at which process, with which of their sessions. */
const steps = fc.array(
  fc.record({
    do: fc.constantFrom('login', 'refresh', 'refresh', 'logout', 'steal', 'everywhere'),
    process: fc.nat(2),
    pick: fc.nat(),
  }),
  { minLength: 20, maxLength: 60 },
)

interface Seen {
  username: string
  pairs: TokenPair[]
  isOver: boolean
}

describe('while they follow each other in the background', () => {
  let servers: TestServer[] = []
  let stops: (() => Promise<void>)[] = []
  let histories = 0
  beforeAll(async () => {
    const database = await createDatabase()
    for (const aheadMs of skewsMs) servers.push(await openOn(database, aheadMs))
    stops = servers.map(({ deployment }) => startBackground(deployment))
  })
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()))
    await Promise.all(servers.map((server) => server.close()))
    servers = []
  })
  beforeEach(() => {
    histories = 0
  })

  async function take(step: { do: string; process: number; pick: number }, seen: Seen[], user: string) {
    const server = servers[step.process] as TestServer
    const live = seen.filter(({ isOver }) => !isOver)
    const one = live[step.pick % live.length]
    if (step.do === 'login' || !one) {
      seen.push({ username: user, pairs: [(await login(server, user)).json()], isOver: false })
      return
    }
    const newest = one.pairs.at(-1) as TokenPair
    if (step.do === 'refresh') one.pairs.push((await refresh(server, newest)).json())
    if (step.do === 'logout') expect((await logout(server, newest)).status).toBe(200)
    if (step.do === 'everywhere') {
      const answer = await server.post('/api/logout/', { all: true }, bearer(newest.access))
      expect(answer.status).toBe(200)
      for (const other of live) other.isOver = true
    }
    if (step.do === 'steal') {
      for (let turn = 0; turn < 2; turn += 1) {
        one.pairs.push((await refresh(server, one.pairs.at(-1) as TokenPair)).json())
      }
      expect((await refresh(server, one.pairs.at(-3) as TokenPair)).status).toBe(401)
    }
    one.isOver ||= step.do === 'logout' || step.do === 'steal'
  }

  test('S08 S16: no access token of an ended session is good anywhere a second later, and no other is refused', async () => {
    const tookMs: number[] = []
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        histories += 1
        const user = `user${histories}`
        await register(servers[0] as TestServer, user)
        const seen: Seen[] = []
        for (const step of history) await take(step, seen, user)
        const startedAt = performance.now()
        for (const server of servers) {
          for (const { pairs, isOver } of seen) {
            if (isOver) for (const pair of pairs) await eventually(() => access(server, pair), 401)
          }
        }
        tookMs.push(performance.now() - startedAt)
        for (const server of servers) {
          for (const { pairs, isOver } of seen) {
            for (const pair of pairs) expect(await access(server, pair)).toBe(isOver ? 401 : 200)
          }
        }
      }),
      { numRuns: 8 },
    )
    console.log(`clocks an hour apart: a revocation reached all within ${Math.round(Math.max(...tookMs))} ms`)
  })
})

test('two real processes on machines whose clocks are two hours apart', async () => {
  const on = (aheadMs: number) => ({
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'shift-clock.ts')}`,
    CLOCK_AHEAD_MS: String(aheadMs),
  })
  const deployment = await deployServers({ store: 'PostgreSQL', count: 1, env: on(hour) })
  const [{ client: ahead }] = deployment.servers
  const { client: behind } = await deployment.start(on(-hour))
  for (const [here, there, clock] of [
    [ahead, behind, 'ahead'],
    [behind, ahead, 'behind'],
  ] as const) {
    expect((await here.get('/readyz?verbose')).text).toContain(`machine’s is 3600 s ${clock} and not used`)
    const pair: TokenPair = await here.session(clock)
    expect(await there.access(pair)).toBe(200)
    const next: TokenPair = (await there.refresh(pair)).json()
    expect((await here.refresh(pair)).json().refresh, 'within the grace window').toBe(next.refresh)
    expect(await here.access(next)).toBe(200)
    expect((await there.logout(next)).status).toBe(200)
    await eventually(() => here.access(next), 401)
  }
  expect(deployment.failed()).toEqual([])
  await deployment.close()
})
