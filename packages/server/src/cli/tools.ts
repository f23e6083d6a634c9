import { statSync } from 'node:fs'
import { openTools, type Tools } from '../app.ts'
import { systemClock } from '../clock.ts'
import { type Config, loadConfig } from '../config/config.ts'
import { CommandError } from './failure.ts'

/** Flags of the command line as the settings read them. */
export type SettingFlags = Readonly<{ data?: string; port?: string; host?: string }>

/** Settings for a command beside a server: nothing is created, and a secret may be missing. */
export function toolConfig({ data, port, host }: SettingFlags): Config {
  return loadConfig({ mode: 'tool', flags: { data, port, host } })
}

/** What an operator does is his result, not a line of the server's log. */
const silent = { record: () => undefined }

/**
 * `existing` works on a database that must be there and be of our version; `created` makes one where there is none;
 * `migrated` also brings an older one up to date; `as_it_is` looks at an existing one of any version.
 */
export type Wanted = 'existing' | 'created' | 'migrated' | 'as_it_is'

/**
 * Opens the data of the deployment for one command, and closes it afterwards.
 * @throws CommandError where there is no database, or not the one that this program knows
 */
export async function withTools<T>(
  { flags, wanted }: { flags: SettingFlags; wanted: Wanted },
  work: (tools: Tools) => Promise<T>,
): Promise<T> {
  const config = toolConfig(flags)
  const exists = hasDatabase(config)
  if (!exists && (wanted === 'existing' || wanted === 'as_it_is')) throw new CommandError(noDatabase(config))
  const schema = exists && wanted !== 'migrated' ? 'leave' : 'migrate'
  const tools = await openTools(config, { clock: systemClock, audit: silent }, schema)
  try {
    if (wanted !== 'as_it_is') await refuseOldSchema(tools)
    return await work(tools)
  } finally {
    await tools.store.close()
  }
}

/**
 * Whether the deployment has a database to look at.
 * @throws CommandError for one in memory, which no other process can see
 */
export function hasDatabase({ databaseFile }: Config): boolean {
  if (databaseFile !== ':memory:') return statSync(databaseFile, { throwIfNoEntry: false }) !== undefined
  throw new CommandError('DATABASE_URL names a database in memory, which only its own server can see.')
}

/** That there is none yet, and what makes one. */
export function noDatabase({ databaseFile }: Config): string {
  return (
    `There is no database at ${databaseFile} yet.\n` +
    'Start the server (countersign dev), or create it: countersign migrate. Is it elsewhere? --data FOLDER says where.'
  )
}

async function refuseOldSchema({ store }: Tools): Promise<void> {
  const { pendingMigrations } = await store.health()
  if (pendingMigrations.length === 0) return
  throw new CommandError(
    `The database lacks ${pendingMigrations.join(', ')}: it is older than this program. ` +
      'Upgrade it first: countersign backup FILE, then countersign migrate.',
  )
}
