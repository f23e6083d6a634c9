import { type AppliedMigration, migrations as ours, pendingMigrations } from '../migrate.ts'
import type { Migration } from '../migration.ts'
import type { SessionRow, Store, StoreHealth, UserRow } from '../store.ts'
import {
  type Connections,
  openConnections,
  type PostgresAddress,
  type PostgresLimits,
} from './connections.ts'
import { describe } from './describe.ts'
import { isMissingTable } from './faults.ts'
import { keyVerbs } from './keys.ts'
import { leaseVerbs } from './leases.ts'
import { migratePostgres } from './migrate.ts'
import { sessionVerbs } from './sessions.ts'
import { statement } from './statement.ts'
import { userVerbs } from './users.ts'

export interface PostgresOptions {
  address: PostgresAddress
  limits: PostgresLimits
  /** epoch milliseconds, for the record of applied migrations */
  now: number
  /** `off` leaves an older schema alone; `if_empty` leaves alone what has any of our tables */
  migrate?: 'off' | 'if_empty'
  /** instead of all that this program has; for trying a schema that is still to come */
  migrations?: readonly Migration[]
}

/**
 * The store on PostgreSQL, for any number of processes at once. It needs no extension, no right but that to its own
 * tables, and nothing of a session but prepared statements; it is right under READ COMMITTED and every stricter level.
 * @throws AuthError `unavailable` if the database cannot be reached; SchemaError if its schema is not ours
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { address, limits, now, migrations = ours } = options
  if (options.migrate !== 'off') {
    const { connectTimeoutMs } = limits
    await migratePostgres(address, { migrations, now, when: options.migrate ?? 'always', connectTimeoutMs })
  }
  const db = openConnections(address, limits)
  return {
    ...userVerbs(db),
    ...sessionVerbs(db),
    ...keyVerbs(db),
    ...leaseVerbs(db),
    listUsers: async (page) => db.all<UserRow>((await queries()).listUsers(page)),
    listSessions: async (page) => db.all<SessionRow>((await queries()).listSessions(page)),
    health: () => examine(db, migrations),
    readClock: async () => (await db.rows<{ now: number }>(clock, {}))[0]?.now ?? Number.NaN,
    describe: () => describe(db),
    connections: () => db.counts(),
    close: () => db.close(),
  }
}

/** The query builder comes with the first list. */
const queries = async () => (await import('./compiler.ts')).queries

const clock = statement('clock', 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now')

/** One statement, not prepared: its tables change their shape with every migration. */
const historySql = `
  SELECT migrations.*, current_setting('transaction_read_only') AS read_only FROM migrations ORDER BY id`

async function examine(db: Connections, migrations: readonly Migration[]): Promise<StoreHealth> {
  try {
    const rows = await db.all<AppliedMigration & { read_only: string }>({ sql: historySql, parameters: [] })
    const pending = pendingMigrations(rows, migrations).map(({ id }) => id)
    return { pendingMigrations: pending, isWritable: rows[0]?.read_only !== 'on' }
  } catch (thrown) {
    if (!isMissingTable(thrown)) throw thrown
    return { pendingMigrations: migrations.map(({ id }) => id), isWritable: true }
  }
}
