import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { ForeignDatabase } from '../store/foreign/foreign.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import type { Store } from '../store/store.ts'
import type { RowAccess } from '../store/transfer/rows.ts'

/** `create` makes a schema where there is none, `migrate` also upgrades an older one, `leave` takes it as it is. */
export type Schema = 'migrate' | 'create' | 'leave'

const migrates = { migrate: {}, create: { migrate: 'if_empty' }, leave: { migrate: 'off' } } as const

/** Opens the store that the settings name; the embedded one with its folder. */
export async function openStore(config: Config, clock: Clock, schema: Schema = 'migrate'): Promise<Store> {
  const { database } = config
  const options = { now: clock(), ...migrates[schema] }
  if (database.kind === 'sqlite') {
    const { file } = database
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    return openSqliteStore({ file, ...options })
  }
  // The driver is loaded by whoever needs it.
  const { openPostgresStore } = await import('../store/postgres/open.ts')
  return openPostgresStore({ address: database, limits: limitsOf(config), ...options })
}

function limitsOf(config: Config) {
  return {
    poolSize: config.databasePool,
    connectTimeoutMs: config.databaseConnectTimeoutSeconds * 1000,
    statementTimeoutMs: config.databaseStatementTimeoutSeconds * 1000,
  }
}

/** A batch is through in milliseconds, but counting a large table reads all of it. */
const copyStatementTimeoutMs = 60_000

/**
 * Opens a database for the copying of whole rows.
 * @param schema `create` makes the tables where there are none; nothing else is changed
 */
export async function openRows(config: Config, clock: Clock, schema: 'create' | 'leave'): Promise<RowAccess> {
  if (schema === 'create') await (await openStore(config, clock, schema)).close()
  const { database } = config
  if (database.kind === 'sqlite')
    return (await import('../store/sqlite/rows.ts')).openSqliteRows(database.file)
  const { openPostgresRows } = await import('../store/postgres/rows.ts')
  return openPostgresRows(database, { ...limitsOf(config), statementTimeoutMs: copyStatementTimeoutMs })
}

/**
 * Opens a database of somebody else, which is only read.
 * @throws AuthError `unavailable` with the reason, where a file cannot be opened
 */
export async function openForeign(config: Config): Promise<ForeignDatabase> {
  const { database } = config
  if (database.kind === 'sqlite')
    return (await import('../store/foreign/sqlite.ts')).openForeignSqlite(database.file)
  const { openForeignPostgres } = await import('../store/foreign/postgres.ts')
  return openForeignPostgres(database, { ...limitsOf(config), statementTimeoutMs: copyStatementTimeoutMs })
}
