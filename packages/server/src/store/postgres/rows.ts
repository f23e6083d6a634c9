import type { AppliedMigration } from '../migrate.ts'
import { type Cell, keyOf, type Row, type RowAccess, RowFault } from '../transfer/rows.ts'
import type { Table } from '../transfer/tables.ts'
import { openConnections, type PostgresAddress, type PostgresLimits } from './pool/connections.ts'
import { isMissingTable, violatedConstraint } from './pool/faults.ts'
import { type Statement, statement } from './pool/statement.ts'

/** A database on PostgreSQL as rows. */
export function openPostgresRows(address: PostgresAddress, limits: PostgresLimits): RowAccess {
  const db = openConnections(address, limits)
  return {
    async history() {
      try {
        return await db.all<AppliedMigration>(history)
      } catch (thrown) {
        if (isMissingTable(thrown)) return []
        throw thrown
      }
    },
    isServed: async () => (await db.rows(isServed, {})).length > 0,
    count: async (table) => (await db.rows<{ rows: number }>(statementsOf(table).count, {}))[0]?.rows ?? 0,
    read: (table, { after = '', limit }) => db.rows<Row>(statementsOf(table).read, { after, limit }),
    // Even to look for a NUL is refused; what has one is not there.
    pick: (table, keys) =>
      db.rows<Row>(statementsOf(table).pick, { keys: keys.filter((key) => !key.includes('\0')) }),
    async insert(table, rows) {
      refuseNul(table, rows)
      try {
        await db.rows(statementsOf(table).insert, columnwise(table, rows))
      } catch (thrown) {
        const name = violatedConstraint(thrown)
        if (name === undefined) throw thrown
        throw new RowFault({ kind: 'constraint', table: table.name, name }, { cause: thrown })
      }
    },
    async remove(table, keys) {
      await db.rows(statementsOf(table).remove, { keys })
    },
    close: () => db.close(),
  }
}

/** Not prepared: the table changes its shape with every migration. */
const history = { sql: 'SELECT * FROM migrations ORDER BY id', parameters: [] }

const isServed = statement(
  'is_served',
  'SELECT name FROM leases WHERE expires_at > floor(extract(epoch FROM clock_timestamp()) * 1000)',
)

const arrays = { text: 'text[]', integer: 'bigint[]', bytes: 'bytea[]' } as const

/** A batch is one statement whatever its size: each column is one parameter, an array. */
function statementsOf({ name, key, columns }: Table) {
  const names = columns.map((column) => column.name).join(', ')
  const values = columns.map((column) => `@${column.name}::${arrays[column.type]}`).join(', ')
  return {
    count: statement(`count_${name}`, `SELECT count(*) AS rows FROM ${name}`),
    read: statement(
      `read_${name}`,
      `SELECT ${names} FROM ${name} WHERE ${key} > @after ORDER BY ${key} LIMIT @limit`,
    ),
    pick: statement(`pick_${name}`, `SELECT ${names} FROM ${name} WHERE ${key} = ANY(@keys::text[])`),
    insert: statement(
      `insert_${name}`,
      `INSERT INTO ${name} (${names}) SELECT * FROM unnest(${values}) ON CONFLICT (${key}) DO NOTHING`,
    ),
    remove: statement(`remove_${name}`, `DELETE FROM ${name} WHERE ${key} = ANY(@keys::text[])`),
  } satisfies Record<string, Statement>
}

function columnwise({ columns }: Table, rows: readonly Row[]): Record<string, Cell[]> {
  return Object.fromEntries(columns.map(({ name }) => [name, rows.map((row) => row[name] ?? null)]))
}

function refuseNul(table: Table, rows: readonly Row[]): void {
  for (const row of rows) {
    for (const { name: column } of table.columns) {
      const cell = row[column]
      if (typeof cell === 'string' && cell.includes('\0')) {
        throw new RowFault({ kind: 'nul', table: table.name, key: keyOf(table, row), column })
      }
    }
  }
}
