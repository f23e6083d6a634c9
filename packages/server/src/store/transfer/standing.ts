import { migrations, pendingMigrations, SchemaError } from '../migrate.ts'
import { keyOf, keysOf, type Row, type RowAccess } from './rows.ts'
import { type Table, tables } from './tables.ts'

/** The table whose rows make a copy complete. */
export const sealing = tables.slice(-1)

/** All others. */
export const bulk = tables.slice(0, -1)

/**
 * What the target is to the source: nothing yet, but for rows that prove nothing; a copy that was begun and may be gone
 * on with; a complete copy on which a server may have worked since; or another deployment.
 */
export type Standing = 'empty' | 'begun' | 'complete' | 'foreign'

/** Where rows say when they came to be. */
const telling = [...sealing, ...bulk].filter((table) => birthColumn(table) !== undefined)

/** Where they do not, and prove nothing: the end of the chain is in a database from the first. */
export const mute = bulk.filter((table) => birthColumn(table) === undefined)

/** Reads a few rows of the target and looks for them in the source; writes nothing. */
export async function standingOf(source: RowAccess, target: RowAccess): Promise<Standing> {
  for (const table of telling) {
    const rows = await target.read(table, { after: undefined, limit: sampleRows })
    if (rows.length === 0) continue
    if (!isKin(table, rows, await source.pick(table, keysOf(table, rows)))) return 'foreign'
    return sealing.includes(table) ? 'complete' : 'begun'
  }
  return 'empty'
}

/** So many, since some of the first may have been deleted or changed in the source meanwhile. */
const sampleRows = 1_000

/** Keys alone prove nothing: users who were brought along from elsewhere may be numbered. */
function isKin(table: Table, rows: readonly Row[], found: readonly Row[]): boolean {
  const birthOf = (row: Row) => row[birthColumn(table) ?? '']
  const born = new Map(found.map((row) => [keyOf(table, row), birthOf(row)]))
  const known = rows.filter((row) => born.has(keyOf(table, row)))
  return known.length > 0 && known.every((row) => born.get(keyOf(table, row)) === birthOf(row))
}

function birthColumn({ columns }: Table): string | undefined {
  return columns.find(({ name }) => name === 'created_at' || name === 'happened_at')?.name
}

/**
 * The migrations that the database lacks; all of them where there are no tables.
 * @throws SchemaError if it is not ours, or newer than this program: it may hold what a copy would leave behind
 */
export async function missingMigrations(access: RowAccess): Promise<string[]> {
  const applied = await access.history()
  const pending = pendingMigrations(applied)
  const beyond = applied[migrations.length]
  if (!beyond) return pending.map(({ id }) => id)
  throw new SchemaError(
    `The database has migration ${beyond.id}, which this program does not know: it was made by a newer version of ` +
      'Countersign. Copy it with that version.',
  )
}
