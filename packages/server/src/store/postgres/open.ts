import { type AppliedMigration, migrations as ours, pendingMigrations } from '../migrate.ts'
import type { Migration } from '../migration.ts'
import type { StoreHealth } from '../port/database.ts'
import type { Position } from '../port/lists.ts'
import { pageOfSessions, pageOfUsers } from '../scanned.ts'
import type { AuditRow, MailRow, SessionRow, UserRow } from '../schema.ts'
import type { Store } from '../store.ts'
import { cursorVerbs } from './cursors.ts'
import { describe } from './describe.ts'
import { importVerbs } from './imports.ts'
import { keyVerbs } from './keys.ts'
import { leaseVerbs } from './leases.ts'
import { legacyTokenVerbs } from './legacy-tokens.ts'
import { limitVerbs } from './limits.ts'
import { mailVerbs } from './mails.ts'
import { migratePostgres } from './migrate.ts'
import {
  type Connections,
  openConnections,
  type PostgresAddress,
  type PostgresLimits,
} from './pool/connections.ts'
import { isMissingTable } from './pool/faults.ts'
import { isText, statement } from './pool/statement.ts'
import { secretVerbs } from './secrets.ts'
import { sessionVerbs } from './sessions.ts'
import { trailVerbs } from './trail.ts'
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
    ...importVerbs(db),
    ...sessionVerbs(db),
    ...legacyTokenVerbs(db),
    ...keyVerbs(db),
    ...secretVerbs(db),
    ...limitVerbs(db),
    ...mailVerbs(db),
    ...trailVerbs(db),
    ...cursorVerbs(db),
    ...leaseVerbs(db),
    listUsers: async (page) => db.all<UserRow>((await queries()).listUsers(page)),
    listPasswordHashes: async (page) => db.all<UserRow>((await queries()).listPasswordHashes(page)),
    listSessions: async (page) => db.all<SessionRow>((await queries()).listSessions(page)),
    queryUsers: async (query) => {
      if (!isText(`${query.prefix}${query.after?.value}${query.after?.id}`)) return nothing
      const { queryUsers, endOfUsers } = await queries()
      const rows = await db.all<UserRow>(queryUsers(query))
      return pageOfUsers(query, rows, async () => (await db.all<Position>(endOfUsers(query)))[0])
    },
    querySessions: async (query) => {
      if (!isText(`${query.after}${query.address}`)) return nothing
      const { querySessions, endOfSessions } = await queries()
      const rows = await db.all<SessionRow>(querySessions(query))
      const end = async () => (await db.all<{ id: string }>(endOfSessions(query)))[0]?.id
      return pageOfSessions(query, rows, end)
    },
    listMails: async (page) => db.all<MailRow>((await queries()).listMails(page)),
    listEvents: async (filter) =>
      isText(Object.values(filter).join('')) ? db.all<AuditRow>((await queries()).listEvents(filter)) : [],
    health: () => examine(db, migrations),
    readClock: async () => (await db.rows<{ now: number }>(clock, {}))[0]?.now ?? Number.NaN,
    describe: () => describe(db),
    connections: () => db.counts(),
    close: () => db.close(),
  }
}

const nothing = { rows: [], next: undefined }

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
