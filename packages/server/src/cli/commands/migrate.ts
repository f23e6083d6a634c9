import { migrations } from '../../store/migrate.ts'
import type { Migration } from '../../store/migration.ts'
import { command, dataFlag } from '../command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { hasDatabase, type SettingFlags, toolConfig, withTools } from '../tools.ts'

const help = `Usage: countersign migrate [--check] [--data FOLDER]

Creates the database, or brings an older one up to this version. Starting a
server does the same; this is for those who want it as a step of its own. Take a
backup first: there is no way back but restoring it.

  --check          change nothing; list what is pending, and exit with 1 if
                   anything is
  --data FOLDER    folder of the database, ./countersign-data if not given`

/** Applies pending migrations, or tells which there are. */
export const migrate = command({
  name: 'migrate',
  help,
  flags: { ...dataFlag, check: { type: 'boolean' } },
  async run({ values, terminal }) {
    const pending = await findPending(values)
    if (pending.length === 0) terminal.print('The database is up to date.')
    else if (values.check) report('pending', pending, terminal)
    else await apply(values, pending, terminal)
    return values.check && pending.length > 0 ? 1 : 0
  },
})

async function findPending(flags: SettingFlags): Promise<string[]> {
  if (!hasDatabase(toolConfig(flags))) return migrations.map(({ id }: Migration) => id)
  const health = await withTools({ flags, wanted: 'as_it_is' }, ({ store }) => store.health())
  return health.pendingMigrations
}

async function apply(flags: SettingFlags, pending: readonly string[], terminal: Terminal): Promise<void> {
  await withTools({ flags, wanted: 'migrated' }, async () => report('applied', pending, terminal))
}

function report(what: 'pending' | 'applied', ids: readonly string[], terminal: Terminal): void {
  for (const id of ids) terminal.print(`${what}  ${id}`)
}
