import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type AppliedMigration, pendingMigrations } from '../migrate.ts'
import type { Migration } from '../migration.ts'
import { clientOptions, type PostgresAddress } from './pool/connections.ts'
import { kindOf } from './pool/faults.ts'
import { unavailable } from './pool/reasons.ts'

const columnTypes = {
  text: 'TEXT COLLATE "C"',
  instant: 'BIGINT',
  flag: 'SMALLINT',
  bytes: 'BYTEA',
  // Room for the next version of a row beside it: a refresh then touches no index.
  tableSuffix: ' WITH (fillfactor = 80)',
}

/** The history, and one row that whoever migrates holds: locks that every relative of PostgreSQL has. */
const bootstrap = [
  `CREATE TABLE IF NOT EXISTS migrations (
     id TEXT NOT NULL, applied_at BIGINT NOT NULL, CONSTRAINT migrations_pk PRIMARY KEY (id))`,
  'CREATE TABLE IF NOT EXISTS migration_lock (id INTEGER NOT NULL, CONSTRAINT migration_lock_pk PRIMARY KEY (id))',
  'INSERT INTO migration_lock (id) VALUES (1) ON CONFLICT DO NOTHING',
]

/** How long a migration, or waiting for another process that migrates, may take. */
const patienceMs = 600_000

/**
 * How long a migration waits for a table that others use (a long report, a backup): everybody who comes later waits
 * behind it meanwhile. Then it lets them pass, and comes again. Less than `deadlock_timeout`, so that in a deadlock it
 * is the one that steps back.
 */
const lockWaitMs = 500
const mostAttempts = patienceMs / (3 * lockWaitMs)

export interface MigrateOptions {
  migrations: readonly Migration[]
  /** epoch milliseconds, for the history */
  now: number
  /** `if_empty` leaves a database alone that has any of our tables */
  when: 'always' | 'if_empty'
  /** milliseconds */
  connectTimeoutMs: number
}

/**
 * Applies what is missing, each migration in a transaction of its own. Of processes that start at once one does it, the
 * others wait and find it done.
 * @throws AuthError `unavailable` if the database cannot be reached or does not let us; SchemaError if it is not ours
 */
export async function migratePostgres(address: PostgresAddress, options: MigrateOptions): Promise<void> {
  const client = new pg.Client({
    ...clientOptions(address),
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: patienceMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await applyMissing(client, options)
  } catch (thrown) {
    throw kindOf(thrown) === 'ours' ? thrown : unavailable(thrown, address)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function applyMissing(client: pg.Client, { migrations, now, when }: MigrateOptions): Promise<void> {
  const applied = await appliedMigrations(client)
  if (when === 'if_empty' && applied.length > 0) return
  if (pendingMigrations(applied, migrations).length === 0) return
  await prepareHistory(client)
  for (;;) {
    const next = await patiently(() => applyNext(client, migrations, now))
    if (!next) return
  }
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (thrown) {
      if (attempt >= mostAttempts || !isHeldUp(thrown)) throw thrown
      await pause((1 + 2 * Math.random()) * lockWaitMs)
    }
  }
}

const lockNotAvailable = '55P03'

function isHeldUp(thrown: unknown): boolean {
  return (
    kindOf(thrown) === 'retry' || (thrown instanceof pg.DatabaseError && thrown.code === lockNotAvailable)
  )
}

/** `IF NOT EXISTS` does not keep two from creating it at the same instant; who comes second tries again. */
async function prepareHistory(client: pg.Client): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      for (const sql of bootstrap) await client.query(sql)
      return
    } catch (thrown) {
      if (attempt === 10 || !(thrown instanceof pg.DatabaseError)) throw thrown
      await pause(Math.random() * 50 * attempt)
    }
  }
}

async function applyNext(
  client: pg.Client,
  migrations: readonly Migration[],
  now: number,
): Promise<Migration | undefined> {
  // Whatever the database's usual level: what others applied while we waited must be seen.
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
  try {
    await client.query('SELECT id FROM migration_lock FOR UPDATE')
    await client.query(`SET LOCAL lock_timeout = ${lockWaitMs}`)
    const [next] = pendingMigrations(await appliedMigrations(client), migrations)
    for (const sql of next?.statements(columnTypes) ?? []) await client.query(sql)
    if (next) await record(client, next, now)
    await client.query('COMMIT')
    return next
  } catch (thrown) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw thrown
  }
}

async function record(client: pg.Client, { id, servesFrom }: Migration, now: number): Promise<void> {
  await client.query('INSERT INTO migrations (id, applied_at) VALUES ($1, $2)', [id, now])
  if (servesFrom === undefined) return
  await client.query('UPDATE migrations SET serves_from = $2 WHERE id = $1', [id, servesFrom])
}

const hasHistory = `
  SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'migrations'`

async function appliedMigrations(client: pg.Client): Promise<AppliedMigration[]> {
  if ((await client.query(hasHistory)).rows.length === 0) return []
  return (await client.query<AppliedMigration>('SELECT * FROM migrations ORDER BY id')).rows
}
