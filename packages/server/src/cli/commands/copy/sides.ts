import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { openRows } from '../../../app/stores.ts'
import { systemClock } from '../../../clock.ts'
import type { Config } from '../../../config/config.ts'
import { databaseText } from '../../../config/database/database-address.ts'
import { configWithDatabase } from '../../../config/database/named-database.ts'
import { migrations } from '../../../store/migrate.ts'
import type { RowAccess } from '../../../store/transfer/rows.ts'
import { missingMigrations } from '../../../store/transfer/standing.ts'
import { CommandError, failureText, UsageError } from '../../failure.ts'
import { hasDatabase, toolConfig } from '../../tools.ts'

type FlagName = 'from' | 'from-file' | 'to' | 'to-file' | 'data'

/** Which databases are meant, as they were typed. */
type SideFlags = Readonly<{ [Name in FlagName]?: string }>

type Role = 'source' | 'target'

interface Side {
  role: Role
  config: Config
  /** as people read it, without a password */
  name: string
}

/** Both databases, open, and what people call them. */
export type OpenSides = Record<Role, RowAccess> & { names: Record<Role, string> }

/**
 * Opens both databases for one work, and closes them afterwards. The one that is not named is that of the settings.
 * @param wanted `create` makes the target's tables where there are none
 * @throws UsageError where neither is named, or one twice; CommandError where one is not what the work needs
 */
export async function withSides<T>(
  flags: SideFlags,
  wanted: 'create' | 'leave',
  work: (sides: OpenSides) => Promise<T>,
): Promise<T> {
  const [from, to] = readSides(flags)
  const names = { source: from.name, target: to.name }
  return using(await openSide(from, 'leave'), async (source) =>
    using(await openSide(to, wanted), (target) => work({ source, target, names })),
  )
}

async function using<T>(access: RowAccess, work: (access: RowAccess) => Promise<T>): Promise<T> {
  try {
    return await work(access)
  } finally {
    await access.close()
  }
}

function readSides(flags: SideFlags): [source: Side, target: Side] {
  const [from, to] = [readSide(flags, 'from'), readSide(flags, 'to')]
  if (!from && !to) throw new UsageError('Name the other database: --to ADDRESS, or --from ADDRESS.')
  const source = sideOf('source', from ?? toolConfig(dataOf(flags)))
  const target = sideOf('target', to ?? toolConfig(dataOf(flags)))
  if (placeOf(source) !== placeOf(target)) return [source, target]
  throw new UsageError(`The source and the target are the same database, ${source.name}.`)
}

function dataOf({ data }: SideFlags): { data?: string } {
  return data === undefined ? {} : { data }
}

function readSide(flags: SideFlags, name: 'from' | 'to'): Config | undefined {
  const [address, file] = [flags[name], flags[`${name}-file`]]
  if (address === undefined && file === undefined) return undefined
  if (address === '' || file === '') throw new UsageError(`--${name} is empty.`)
  if (address !== undefined && file !== undefined) {
    throw new UsageError(`--${name} and --${name}-file say the same thing: keep one of them.`)
  }
  return configWithDatabase({ flag: `--${name}`, address, file }, dataOf(flags))
}

function sideOf(role: Role, config: Config): Side {
  const { database } = config
  if (database.kind === 'sqlite' && database.file === ':memory:') {
    throw new CommandError(`The ${role} is a database in memory, which only its own server can see.`)
  }
  return { role, config, name: databaseText(database) }
}

/** What tells two databases apart, whatever paths lead to them; two names of one host remain two. */
function placeOf({ config: { database } }: Side): string {
  if (database.kind === 'postgres') return JSON.stringify([database.host, database.port, database.database])
  try {
    return realpathSync(database.file)
  } catch {
    return resolve(database.file)
  }
}

async function openSide(side: Side, schema: 'create' | 'leave'): Promise<RowAccess> {
  const { config, role, name } = side
  if (schema === 'leave' && !hasDatabase(config)) throw new CommandError(`There is no database at ${name}.`)
  try {
    const access = await openRows(config, systemClock, schema)
    return await checked(access, side)
  } catch (thrown) {
    if (thrown instanceof CommandError) throw thrown
    throw new CommandError(`The ${role}, ${name}: ${failureText(thrown)}`)
  }
}

async function checked(access: RowAccess, side: Side): Promise<RowAccess> {
  try {
    refuseOldSchema(await missingMigrations(access), side)
    return access
  } catch (thrown) {
    await access.close()
    throw thrown
  }
}

function refuseOldSchema(missing: readonly string[], { role, name }: Side): void {
  if (missing.length === 0) return
  if (missing.length === migrations.length) {
    throw new CommandError(`The ${role}, ${name}, has no tables of Countersign.`)
  }
  throw new CommandError(
    `The ${role}, ${name}, lacks ${missing.join(', ')}: it is older than this program. ` +
      'Bring it up to date first: countersign migrate, with DATABASE_URL set to it.',
  )
}
