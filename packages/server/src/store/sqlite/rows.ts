import { type Row, type RowAccess, RowFault } from '../transfer/rows.ts'
import type { Table } from '../transfer/tables.ts'
import { type Connection, isConstraintFault, openConnection } from './connection.ts'
import { applied } from './open.ts'

/**
 * The embedded database as rows.
 * @param file an existing one
 * @throws AuthError `unavailable` if the file cannot be opened or is no database
 */
export function openSqliteRows(file: string): RowAccess {
  const db = openConnection(file)
  return {
    history: async () => applied(db),
    isServed: async (now) => db.rows('SELECT 1 FROM leases WHERE expires_at > @now', { now }).length > 0,
    count: async ({ name }) =>
      db.rows<{ rows: number }>(`SELECT count(*) AS rows FROM ${name}`, {})[0]?.rows ?? 0,
    read: async (table, { after = '', limit }) => db.rows<Row>(readSql(table), { after, limit }),
    pick: async (table, keys) => keys.flatMap((key) => db.rows<Row>(pickSql(table), { key })),
    insert: async (table, rows) => atOnce(db, table, () => each(db, insertSql(table), rows)),
    remove: async (table, keys) =>
      atOnce(db, table, () =>
        each(
          db,
          removeSql(table),
          keys.map((key) => ({ key })),
        ),
      ),
    async close() {
      db.close()
    },
  }
}

function columnsOf({ columns }: Table): string[] {
  return columns.map(({ name }) => name)
}

function readSql(table: Table): string {
  const { name, key } = table
  return `SELECT ${columnsOf(table)} FROM ${name} WHERE ${key} > @after ORDER BY ${key} LIMIT @limit`
}

function pickSql(table: Table): string {
  return `SELECT ${columnsOf(table)} FROM ${table.name} WHERE ${table.key} = @key`
}

function insertSql(table: Table): string {
  const names = columnsOf(table)
  const values = names.map((name) => `@${name}`)
  return `INSERT INTO ${table.name} (${names}) VALUES (${values}) ON CONFLICT (${table.key}) DO NOTHING`
}

function removeSql({ name, key }: Table): string {
  return `DELETE FROM ${name} WHERE ${key} = @key`
}

function each(db: Connection, sql: string, inputs: readonly object[]): void {
  for (const input of inputs) db.rows(sql, input)
}

function atOnce(db: Connection, { name: table }: Table, work: () => void): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    work()
    db.exec('COMMIT')
  } catch (thrown) {
    if (db.inTransaction()) db.exec('ROLLBACK')
    if (!isConstraintFault(thrown)) throw thrown
    throw new RowFault({ kind: 'constraint', table, name: thrown.message }, { cause: thrown })
  }
}
