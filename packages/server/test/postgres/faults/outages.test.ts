import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { eventually, type HttpClient } from '../../races/http-client.ts'
import { withClient } from '../cluster.ts'
import { expectOutage, expectUnhurt, type Fault } from './outage.ts'
import { deadlineMs, type Served, serve, slackMs, terminate } from './served.ts'

// Three servers live through all of it, each through one fault at a time.
const free: Served[] = []
let all: readonly Served[] = []
beforeAll(async () => {
  all = await Promise.all([serve(), serve(), serve()])
  free.push(...all)
})
afterAll(() => Promise.all(all.map((served) => served.close())))

/** Lends a server to a work that may break what it likes, and mends it. */
async function withServer(work: (served: Served) => Promise<void>): Promise<void> {
  while (free.length === 0) await pause(10)
  const served = free.shift()
  if (!served) throw new Error('somebody else was quicker')
  await work(served).finally(() => free.push(served))
}

const away = '[-] database: does not answer'
const tables = 'users, sessions, signing_keys, leases, migrations'

/** Holds a lock on all tables until `free`: whoever asks waits. */
function lockTables() {
  const held = Promise.withResolvers<void>()
  const freed = Promise.withResolvers<void>()
  let done: Promise<void>
  return {
    hold({ name }: Served): Promise<void> {
      done = withClient(`${inject('postgresUrl')}${name}`, async (client) => {
        await client.query(`BEGIN; LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`)
        held.resolve()
        await freed.promise
      })
      return Promise.race([held.promise, done])
    },
    free(): Promise<void> {
      freed.resolve()
      return done
    },
  }
}

const lock = lockTables()

/** What a disk that is full says to whoever writes. */
const fullDisk = ['users', 'sessions', 'leases'].map(
  (table) =>
    `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON ${table} EXECUTE FUNCTION refuse_full_disk();`,
)
const refusal = `CREATE FUNCTION refuse_full_disk() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;`

const faults: Readonly<Record<string, Fault>> = {
  'is gone: nobody listens': {
    strike: ({ proxy }) => proxy.refuse(),
    mend: ({ proxy }) => proxy.heal(),
    line: away,
    reason: /^PostgreSQL at 127\.0\.0\.1:\d+: connect ECONNREFUSED .*Nothing listens there/,
  },
  'is a black hole: it takes everything and never answers': {
    strike: ({ proxy }) => proxy.blackhole(),
    mend: ({ proxy }) => proxy.heal(),
    line: away,
    reason: /: Query read timeout$/,
  },
  'is slow: whatever is asked waits for a lock': {
    strike: lock.hold,
    mend: lock.free,
    line: away,
    reason: /: 57014 .*COUNTERSIGN_DB_STATEMENT_TIMEOUT/,
  },
  'has no connection left': {
    async strike({ ask, name, ...rest }) {
      await ask(`ALTER ROLE ${name} CONNECTION LIMIT 0`)
      await terminate({ ask, name, ...rest })
    },
    mend: ({ ask, name }) => ask(`ALTER ROLE ${name} CONNECTION LIMIT -1`),
    line: away,
    reason: /: 53300 .*COUNTERSIGN_DB_POOL/,
  },
  'takes no writes': {
    async strike({ ask, name, ...rest }) {
      await ask(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
      await terminate({ ask, name, ...rest })
    },
    async mend({ ask, name, ...rest }) {
      await ask(`BEGIN READ WRITE; ALTER DATABASE ${name} RESET default_transaction_read_only; COMMIT`)
      await terminate({ ask, name, ...rest })
    },
    line: '[-] database: takes no writes',
    canRead: true,
    reason: /: 25006 /,
  },
  'has a full disk': {
    strike: ({ ask }) => ask(refusal + fullDisk.join('')),
    mend: ({ ask }) => ask('DROP FUNCTION refuse_full_disk CASCADE'),
    line: undefined,
    canRead: true,
    reason: /: 53100 /,
  },
  'has lost its tables': {
    async strike({ ask, ...rest }) {
      await ask('ALTER SCHEMA public RENAME TO elsewhere')
      await terminate({ ask, ...rest })
    },
    mend: ({ ask }) => ask('ALTER SCHEMA elsewhere RENAME TO public'),
    line: '[-] migrations: pending: 0001',
    reason: /: 42P01 .*countersign migrate/,
  },
  'took the rights away': {
    strike: ({ ask, name }) => ask(`REVOKE ALL ON ${tables} FROM ${name}`),
    mend: ({ ask, name }) => ask(`GRANT ALL ON ${tables} TO ${name}`),
    line: away,
    reason: /: 42501 /,
  },
}

describe('H24 S05 H01 H02: nothing is granted, nothing is burnt, and verification goes on while the database', () => {
  test.concurrent.each(Object.entries(faults))('%s', async (_, fault) => {
    await withServer((served) => expectOutage(served, fault))
  })
})

async function dashboards(client: HttpClient, access: string, count: number): Promise<number[]> {
  const ask = () => client.get('/api/dashboard/', { authorization: `Bearer ${access}` })
  return (await Promise.all(Array.from({ length: count }, ask))).map(({ status }) => status)
}

async function findOut({ client, proxy }: Served): Promise<void> {
  const { access } = await client.session('forgotten')
  expect(await dashboards(client, access, 20)).not.toContain(503)
  proxy.forget()
  // The first few may meet one that the work in the background has replaced already.
  await eventually(async () => (await dashboards(client, access, 1))[0], 503)
  expect(await dashboards(client, access, 20)).toEqual(Array.from({ length: 20 }, () => 200))
  await proxy.heal()
}

async function crowd({ client, proxy }: Served): Promise<void> {
  const pair = await client.session('crowd')
  proxy.blackhole()
  const askedAt = performance.now()
  // One session is refreshed by one statement after the other.
  const replies = await Promise.all(Array.from({ length: 60 }, () => client.refresh(pair)))
  const tookMs = performance.now() - askedAt
  await proxy.heal()
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([503]))
  expect(tookMs).toBeLessThan(deadlineMs + slackMs)
  expect((await client.refresh(pair)).status).toBe(200)
}

async function catchUp(served: Served): Promise<void> {
  const other = await serve({ beside: served })
  const pair = await served.client.session('elsewhere')
  expect(await other.client.access(pair)).toBe(200)
  other.proxy.blackhole()
  expect((await served.client.logout(pair)).status).toBe(200)
  // It cannot know, and what is alive must go on.
  expect(await other.client.access(pair)).toBe(200)
  await other.proxy.heal()
  await eventually(() => other.client.access(pair), 401)
  await other.close()
}

async function stop(): Promise<void> {
  const stopping = await serve()
  const { access } = await stopping.client.session('last')
  stopping.proxy.blackhole()
  const asked = dashboards(stopping.client, access, 3)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const askedAt = performance.now()
  expect(await stopping.server.stop()).toEqual([0, null])
  expect(performance.now() - askedAt).toBeLessThan(15_000)
  expect(await asked).toEqual([503, 503, 503])
  await stopping.close()
}

describe('where the network', () => {
  test.concurrent.each([
    ['lost connections and nobody was told, the first request finds out for all', findOut],
    ['is a black hole, each of many who refresh at once hears it in time', crowd],
    ['cut one process off, it hears of what others ended as soon as it is back (S09)', catchUp],
    ['is a black hole, a server that is told to stop ends cleanly (H25)', stop],
  ])('%s', (_, story) => withServer(story))
})

test('after all of it: no fault of ours, no connection too many, nobody who waits', async () => {
  for (const served of all) await expectUnhurt(served)
})
