import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrations } from '../../src/store/migrate.ts'
import type { Migration } from '../../src/store/migration.ts'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { eventually, openClient } from '../races/http-client.ts'
import { addSession, addUser, t0 } from '../store/samples.ts'
import { createDatabase, query, type TestDatabase, testLimits } from './database.ts'
import { nextMigration, nextMigrations } from './next-migration.ts'

const ids = migrations.map(({ id }) => id)

function open(
  { address }: TestDatabase,
  options: { migrations?: readonly Migration[]; migrate?: 'off' } = {},
) {
  return openPostgresStore({ address, limits: testLimits, now: t0, ...options })
}

/** An empty database brought up to today's schema. */
async function migrated(): Promise<TestDatabase> {
  const database = await createDatabase()
  await (await open(database)).close()
  return database
}

async function historyOf(database: TestDatabase): Promise<string[]> {
  const rows = await query<{ id: string }>(database, 'SELECT id FROM migrations ORDER BY id')
  return rows.map(({ id }) => id)
}

/** Every table, column and index. */
function shapeOf(database: TestDatabase): Promise<unknown[]> {
  return query(
    database,
    `SELECT c.relname, a.attname, a.atttypid FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
      WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 ORDER BY 1, 2`,
  )
}

/** A process that opens what it is told of. */
function spawnOpener() {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'open-when-told.ts')])
  const complaints: string[] = []
  child.stderr.on('data', (text: Buffer) => complaints.push(text.toString()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, complaints, lines, ended: once(child, 'close') }
}

test('8 processes open one empty database at once, 6 rounds: each migration is applied once', async () => {
  const openers = Array.from({ length: 8 }, spawnOpener)
  for (let round = 0; round < 6; round += 1) {
    const database = await createDatabase()
    for (const { child } of openers) child.stdin.write(`${JSON.stringify(database.address)}\n`)
    for (const { lines, complaints } of openers) {
      const { value } = await lines.next()
      expect(complaints.join('')).toBe('')
      expect(value).toBe('{"pendingMigrations":[],"isWritable":true}')
    }
    expect(await historyOf(database)).toEqual(ids)
  }
  for (const { child } of openers) child.stdin.end()
  for (const { ended } of openers) expect(await ended).toEqual([0, null])
})

describe('the history of a database', () => {
  test('is applied once; opening again adds nothing', async () => {
    const database = await migrated()
    const shape = await shapeOf(database)
    await (await open(database)).close()
    expect(await historyOf(database)).toEqual(ids)
    expect(await shapeOf(database)).toEqual(shape)
  })

  test('can be looked at without being brought up to date', async () => {
    const database = await createDatabase()
    const store = await open(database, { migrate: 'off' })
    expect(await store.health()).toEqual({ pendingMigrations: ids, isWritable: true })
    await store.close()
    expect(await shapeOf(database)).toEqual([])
  })

  test('a migration that fails leaves nothing behind, and the next start tries again', async () => {
    const database = await migrated()
    const shape = await shapeOf(database)
    const broken: Migration = {
      ...nextMigration,
      statements: (types) => [...nextMigration.statements(types), 'SELECT no_such_column FROM sessions'],
    }
    await expect(open(database, { migrations: [...migrations, broken] })).rejects.toThrow('no_such_column')
    expect(await shapeOf(database)).toEqual(shape)
    expect(await historyOf(database)).toEqual(ids)
    const store = await open(database, { migrations: nextMigrations })
    expect(await store.health()).toEqual({ pendingMigrations: [], isWritable: true })
    await store.close()
  })
})

describe('a database of a newer version', () => {
  const serve = ({ url }: TestDatabase) =>
    spawnServer({ data: temporaryFolder(), env: { DATABASE_URL: url } })

  test('that still serves this program: it starts, is ready, and changes nothing', async () => {
    const database = await createDatabase()
    await (await open(database, { migrations: nextMigrations })).close()
    const shape = await shapeOf(database)
    const server = await serve(database)
    const client = openClient(server.address)
    expect((await client.get('/readyz')).text).toBe('ok\n')
    expect((await client.refresh(await client.session('alice'))).status).toBe(200)
    client.close()
    await server.stop()
    expect(await shapeOf(database)).toEqual(shape)
    expect(await historyOf(database)).toEqual([...ids, nextMigration.id])
  })

  test.each([
    migrations.length + 1,
    null,
  ])('that serves from %s on: it refuses with a sentence', async (from) => {
    const database = await migrated()
    await query(database, `INSERT INTO migrations VALUES ('9999-of-tomorrow', 1, $1)`, [from])
    await expect(serve(database)).rejects.toThrow(
      /ended with 1:\n.*The database has migration 9999-of-tomorrow where this program expects none: it was made by a newer/s,
    )
    expect(await historyOf(database)).toEqual([...ids, '9999-of-tomorrow'])
  })
})

describe('a migration beside a database in use', () => {
  let database: TestDatabase
  let beside: pg.Client
  beforeEach(async () => {
    database = await migrated()
    beside = new pg.Client({ connectionString: database.url })
    await beside.connect()
  })
  afterEach(() => beside.end())

  /** Resolves when the migration waits for a table. */
  const isWaiting = () =>
    eventually(async () => {
      const sql = `SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'
                      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
      return (await query(database, sql)).length
    }, 1)

  test('waits for a long reader, a backup say, and nobody waits behind it', async () => {
    const store = await open(database)
    const { id, expires_at } = await addSession(store, await addUser(store))
    await beside.query('BEGIN; SELECT count(*) FROM sessions')
    let isMigrated = false
    const migrating = open(database, { migrations: nextMigrations }).finally(() => {
      isMigrated = true
    })
    await isWaiting()
    const tookMs: number[] = []
    for (let generation = 0; generation < 30; generation += 1) {
      const startedAt = performance.now()
      const rotation = { generation, now: t0 + generation, expiresAt: expires_at, idempotencyDigest: null }
      const { outcome } = await store.rotateSession({ ...rotation, sessionId: id })
      expect(outcome).toBe('rotated')
      tookMs.push(performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(isMigrated).toBe(false)
    await beside.query('COMMIT')
    const newer = await migrating
    console.log(
      `beside a migration that waits, a refresh takes at most ${Math.round(Math.max(...tookMs))} ms`,
    )
    expect(await newer.health()).toEqual({ pendingMigrations: [], isWritable: true })
    await Promise.all([store.close(), newer.close()])
  })

  test('steps back where it would end in a deadlock', async () => {
    const migrating = beside
      .query('BEGIN; UPDATE users SET is_active = 1')
      .then(() => open(database, { migrations: nextMigrations }))
    await isWaiting()
    await beside.query('UPDATE sessions SET generation = generation')
    await beside.query('COMMIT')
    const newer = await migrating
    expect(await newer.health()).toEqual({ pendingMigrations: [], isWritable: true })
    await newer.close()
  })
})
