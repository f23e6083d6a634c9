import { statSync } from 'node:fs'
import { openTools, type Tools } from '../app/tools.ts'
import { systemClock } from '../clock.ts'
import { type Config, loadConfig } from '../config/config.ts'
import { databaseText } from '../config/database/database-address.ts'
import { migrations } from '../store/migrate.ts'
import { CommandError } from './failure.ts'

/** Flags of the command line as the settings read them. */
export type SettingFlags = Readonly<{ data?: string; port?: string; host?: string }>

/** Settings for a command beside a server: nothing is created, and a secret may be missing. */
export function toolConfig({ data, port, host }: SettingFlags): Config {
  return loadConfig({ mode: 'tool', flags: { data, port, host } })
}

/** What an operator does is his result and an event in the trail, not a line of the server's log. */
const silent = { record: () => undefined }

/**
 * `existing` works on a database that must be there and be of our version; `created` makes one where there is none;
 * `migrated` also brings an older one up to date; `as_it_is` looks at an existing one of any version.
 */
export type Wanted = 'existing' | 'created' | 'migrated' | 'as_it_is'

const schemas = { existing: 'leave', as_it_is: 'leave', created: 'create', migrated: 'migrate' } as const

/**
 * Opens the data of the deployment for one command, and closes it afterwards. What the command tells of its acts is in
 * the trail by then.
 * @throws CommandError where there is no database, or not the one that this program knows; or where the act is done and
 *   the trail could not be written
 */
export async function withTools<T>(
  { flags, wanted }: { flags: SettingFlags; wanted: Wanted },
  work: (tools: Tools) => Promise<T>,
): Promise<T> {
  const config = toolConfig(flags)
  const schema = schemas[wanted]
  if (schema === 'leave' && !hasDatabase(config)) throw new CommandError(noDatabase(config))
  const tools = await openTools(config, { clock: systemClock, audit: silent }, schema)
  try {
    if (wanted !== 'as_it_is') await refuseOldSchema(tools)
    const result = await work(tools)
    if ((await tools.trail.close()) > 0) throw new CommandError(lostText)
    return result
  } finally {
    await tools.trail.close()
    await tools.store.close()
  }
}

const lostText =
  'It is done, but the audit trail does not tell it: the database stopped answering. Look with countersign status.'

/**
 * Whether the deployment has a database to look at; one on a server is there until the server says otherwise.
 * @throws CommandError for one in memory, which no other process can see
 */
export function hasDatabase({ database }: Config): boolean {
  if (database.kind === 'postgres') return true
  if (database.file !== ':memory:') return statSync(database.file, { throwIfNoEntry: false }) !== undefined
  throw new CommandError('DATABASE_URL names a database in memory, which only its own server can see.')
}

/** That there is none yet, and what makes one. */
export function noDatabase({ database }: Config): string {
  return (
    `There is no database at ${databaseText(database)} yet.\n` +
    'Start the server (countersign dev), or create it: countersign migrate. Is it elsewhere? --data FOLDER says where.'
  )
}

async function refuseOldSchema({ store }: Tools): Promise<void> {
  const { pendingMigrations } = await store.health()
  if (pendingMigrations.length === 0) return
  if (pendingMigrations.length === migrations.length) {
    throw new CommandError(
      'There are no tables in the database yet. Start the server, or make them: countersign migrate.',
    )
  }
  throw new CommandError(
    `The database lacks ${pendingMigrations.join(', ')}: it is older than this program. ` +
      'Upgrade it first: countersign backup FILE, then countersign migrate.',
  )
}
