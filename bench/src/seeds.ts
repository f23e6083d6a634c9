import { systemClock } from '../../packages/server/src/clock.ts'
import { openPostgresStore } from '../../packages/server/src/store/postgres/open.ts'
import type { PostgresAddress } from '../../packages/server/src/store/postgres/pool/connections.ts'
import { openConnection } from '../../packages/server/src/store/sqlite/connection.ts'
import { openSqliteStore } from '../../packages/server/src/store/sqlite/open.ts'
import { withClient } from '../../packages/server/test/postgres/cluster.ts'

/** A database on a PostgreSQL of our own. */
export interface BenchDatabase {
  /** as `DATABASE_URL` takes it */
  url: string
  address: PostgresAddress
}

export const limits = { poolSize: 10, connectTimeoutMs: 10_000, statementTimeoutMs: 60_000 }

/** Where the numbers of a series come from, how one is written with 12 hexadecimal digits, and bytes. */
export interface Dialect {
  series: (count: number) => string
  hex: (number: string) => string
  /** 32 of them, in the place of a digest */
  bytes: string
}

const postgres: Dialect = {
  series: (count) => `generate_series(1::bigint, ${count}) AS numbers (n)`,
  hex: hexInPostgres,
  bytes: `'\\x${'00'.repeat(32)}'::bytea`,
}

const sqlite: Dialect = {
  series: (count) =>
    `(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
      SELECT n FROM numbers)`,
  hex: (number) => `printf('%012x', ${number})`,
  bytes: 'zeroblob(32)',
}

const sessionPrefix = '01990000-0000-7000-8000-'
const userPrefix = '01990000-0000-7000-9000-'
const dayMs = 86_400_000

/** The ids of the nth seeded user and session as expressions of either database. */
export function idsIn({ hex }: Dialect) {
  return {
    user: (number: string) => `'${userPrefix}' || ${hex(number)}`,
    session: (number: string) => `'${sessionPrefix}' || ${hex(number)}`,
  }
}

/** The id of the nth seeded session, from 1. */
export function sessionId(n: number): string {
  return `${sessionPrefix}${n.toString(16).padStart(12, '0')}`
}

/** The same as an expression of PostgreSQL, of a bigint. */
export function sessionIdInPostgres(number: string): string {
  return `'${sessionPrefix}' || ${hexInPostgres(number)}`
}

function hexInPostgres(number: string): string {
  return `lpad(to_hex(${number}), 12, '0')`
}

/** As long as a real one, and of no password. */
export const hash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$'.padEnd(97, 'x')

/** So many sessions of half as many users, all opened now, as long as real ones. */
function seedStatements(dialect: Dialect, sessions: number): string[] {
  const { series } = dialect
  const ids = idsIn(dialect)
  const now = systemClock()
  const users = Math.ceil(sessions / 2)
  return [
    `INSERT INTO users (id, username, username_canonical, email, email_canonical, password_hash,
                        is_active, is_staff, is_superuser, created_at, last_login_at)
     SELECT ${ids.user('n')}, 'user' || n, 'user' || n, 'user' || n || '@example.com',
            'user' || n || '@example.com', '${hash}', 1, 0, 0, ${now}, ${now}
       FROM ${series(users)}`,
    `INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address)
     SELECT ${ids.session('n')}, ${ids.user('(n + 1) / 2')}, 0, ${now}, ${now},
            ${now + 7 * dayMs}, ${now + 90 * dayMs}, 'Chrome 141, Linux', '203.0.113.127'
       FROM ${series(sessions)}`,
  ]
}

/** Makes the schema, fills it past the store, and leaves the server with statistics and nothing to write. */
export async function seedPostgres(database: BenchDatabase, sessions: number): Promise<void> {
  await fillPostgres(database, (dialect) => seedStatements(dialect, sessions))
}

/** The same with rows of one's own. */
export async function fillPostgres(
  { url, address }: BenchDatabase,
  statements: (dialect: Dialect) => string[],
): Promise<void> {
  const store = await openPostgresStore({ address, limits, now: systemClock() })
  await store.close()
  await withClient(url, async (client) => {
    // Without the checks of foreign keys, row by row.
    await client.query('SET session_replication_role = replica')
    for (const sql of statements(postgres)) await client.query(sql)
    await client.query('VACUUM ANALYZE')
    await client.query('CHECKPOINT')
  })
}

/** The same for the embedded store. */
export async function seedSqlite(file: string, sessions: number): Promise<void> {
  await fillSqlite(file, (dialect) => seedStatements(dialect, sessions))
}

/** The same with rows of one's own. */
export async function fillSqlite(file: string, statements: (dialect: Dialect) => string[]): Promise<void> {
  const store = await openSqliteStore({ file, now: systemClock() })
  await store.close()
  const db = openConnection(file)
  db.exec('BEGIN')
  for (const sql of statements(sqlite)) db.exec(sql)
  db.exec('COMMIT')
  db.close()
}
