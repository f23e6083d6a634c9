import SqliteDatabase from 'better-sqlite3'
import { AuthError } from '../../errors.ts'
import {
  type ForeignColumns,
  type ForeignDatabase,
  type ForeignKind,
  type ForeignRow,
  quoted,
} from './foreign.ts'

type Raw = Readonly<Record<string, unknown>>

/**
 * An SQLite file of somebody else, opened for reading alone.
 * @throws AuthError `unavailable` with the reason, where it cannot be opened or is no database
 */
export function openForeignSqlite(file: string): ForeignDatabase {
  const db = reporting(file, () => new SqliteDatabase(file, { readonly: true, fileMustExist: true }))
  const all = (sql: string, ...values: unknown[]) =>
    reporting(file, () => db.prepare<unknown[], Raw>(sql).all(...values))
  return {
    async columnsOf(table) {
      return all('SELECT name FROM pragma_table_info(?)', table).map(({ name }) => String(name))
    },
    async count(table) {
      return Number(all(`SELECT count(*) AS rows FROM ${quoted(table)}`)[0]?.rows)
    },
    async read({ table, columns, key, after, limit, later }) {
      const conditions = [
        ...(after === undefined ? [] : [`${quoted(key)} > ?`]),
        ...(later ? [`${quoted(later.column)} > ?`] : []),
      ]
      const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
      const values = [...(after === undefined ? [] : [after]), ...(later ? [instantText(later.than)] : [])]
      const sql = `SELECT ${named(columns)} FROM ${quoted(table)}${where} ORDER BY ${quoted(key)} LIMIT ?`
      return all(sql, ...values, limit).map((row) => understood(row, columns))
    },
    async pick({ table, columns, by, values }) {
      const sql = `SELECT ${named(columns)} FROM ${quoted(table)}
                    WHERE ${quoted(by)} IN (SELECT value FROM json_each(?))`
      return all(sql, JSON.stringify(values)).map((row) => understood(row, columns))
    },
    async close() {
      db.close()
    },
  }
}

function named(columns: ForeignColumns): string {
  return Object.keys(columns).map(quoted).join(', ')
}

function understood(row: Raw, columns: ForeignColumns): ForeignRow {
  return Object.fromEntries(Object.entries(columns).map(([name, kind]) => [name, cell(row[name], kind)]))
}

function cell(value: unknown, kind: ForeignKind): string | number | null {
  if (value === null || value === undefined) return null
  if (kind === 'flag') return Number(value) === 0 ? 0 : 1
  return kind === 'instant' ? instant(String(value)) : String(value)
}

/** As Django writes it: in UTC, with a space, up to six decimals, and no zone or that of Greenwich. */
function instant(text: string): number {
  const [, date, time = '00:00:00', decimals = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)?)?$/.exec(text) ?? []
  return date === undefined
    ? Number.NaN
    : Date.parse(`${date}T${time}.${decimals.padEnd(3, '0').slice(0, 3)}Z`)
}

/** The other way round; what is later is also behind it in the order of texts. */
function instantText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}

function reporting<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    const code = cause instanceof SqliteDatabase.SqliteError ? `${cause.code}: ` : ''
    throw new AuthError('unavailable', { reason: `${file}: ${code}${cause.message}`, cause })
  }
}
