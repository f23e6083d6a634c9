import { openForeign } from '../../../app/stores.ts'
import { databaseText } from '../../../config/database/database-address.ts'
import { configWithDatabase } from '../../../config/database/named-database.ts'
import { readColumnMap } from '../../../import/django/columns.ts'
import { hasTokens, importTokens } from '../../../import/django/import-tokens.ts'
import { type DjangoUsers, readDjangoUsers } from '../../../import/django/read-users.ts'
import type { ForeignDatabase } from '../../../store/foreign/foreign.ts'
import { command } from '../../command.ts'
import { CommandError, failureText, UsageError } from '../../failure.ts'
import { importHelp } from './help.ts'
import { importFlags, runImport, type Source } from './run-import.ts'

/** The users of a Django project, from its own database. */
export const django = command({
  name: 'import django',
  help: importHelp,
  flags: {
    ...importFlags,
    from: { type: 'string' },
    'from-file': { type: 'string' },
    table: { type: 'string' },
    columns: { type: 'string' },
    verified: { type: 'string' },
  },
  async run({ values, terminal }) {
    const { verified = 'as_told' } = values
    if (verified !== 'as_told' && verified !== 'all') throw new UsageError('--verified is all.')
    const { db, name } = await openDjango(values)
    try {
      const users = await usersIn(db, name, { ...values, verified })
      return await runImport(values, await sourceOf(db, users), terminal)
    } finally {
      await db.close()
    }
  },
})

interface Named {
  from?: string
  'from-file'?: string
}

/** @throws UsageError where it is not named, or twice; CommandError where it cannot be opened */
async function openDjango({ from: address, 'from-file': file }: Named) {
  if (!address && !file) throw new UsageError('Name the database of the project: --from ADDRESS.')
  if (address && file) throw new UsageError('--from and --from-file say the same thing: keep one of them.')
  const config = configWithDatabase({ flag: '--from', address, file }, {})
  const name = databaseText(config.database)
  try {
    return { db: await openForeign(config), name }
  } catch (thrown) {
    throw new CommandError(`The project’s database: ${failureText(thrown)}`)
  }
}

interface Wishes {
  table?: string
  columns?: string
  verified: DjangoUsers['verified']
}

async function usersIn(
  db: ForeignDatabase,
  name: string,
  { table = 'auth_user', columns = '', verified }: Wishes,
): Promise<DjangoUsers> {
  const found = await db.columnsOf(table)
  if (found.length === 0) {
    throw new CommandError(
      `There is no table ${table} in ${name}. Has the project users of its own? --table NAME says where.`,
    )
  }
  const read = readColumnMap(columns, found)
  if ('fault' in read) throw new CommandError(`--columns, ${table}: ${read.fault}`)
  return { table, map: read.map, verified }
}

async function sourceOf(db: ForeignDatabase, users: DjangoUsers): Promise<Source> {
  const beside: Source['beside'] = (store, manner) => importTokens(store, db, manner)
  return {
    name: 'django',
    candidates: readDjangoUsers(db, users),
    total: await db.count(users.table),
    sessions: 'without',
    ...((await hasTokens(db)) && { beside }),
  }
}
