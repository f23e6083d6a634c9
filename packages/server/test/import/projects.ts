import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ForeignDatabase } from '../../src/store/foreign/foreign.ts'
import { openForeignPostgres } from '../../src/store/foreign/postgres.ts'
import { openForeignSqlite } from '../../src/store/foreign/sqlite.ts'
import { temporaryFolder } from '../harness.ts'
import { createDatabase, query, type TestDatabase, testLimits } from '../postgres/database.ts'
import { withRawDatabase } from '../store/raw-database.ts'

/** Databases that Django made: see django/make_fixture.py. */
export type Project = 'usual' | 'custom'

/** The password of everybody in them who has one. */
export const projectPassword = 'lètmein 123'

/** @returns the path of the project's SQLite file */
export function projectFile(project: Project): string {
  const file = join(temporaryFolder(), 'db.sqlite3')
  const sql = readFileSync(join(import.meta.dirname, `fixtures/django-${project}.sql`), 'utf8')
  withRawDatabase(file, (db) => {
    // The dump has its tables in the order of their names.
    db.pragma('foreign_keys = OFF')
    db.exec(sql)
  })
  return file
}

/** Tables of the apps whose rows matter. */
const table =
  /^(auth_user|auth_group|auth_user_groups|people|people_groups|account_emailaddress|token_blacklist_\w+)$/

/** How Django calls its columns' types on PostgreSQL. */
const types: Readonly<Record<string, string>> = {
  bool: 'boolean',
  datetime: 'timestamp with time zone',
  'char(32)': 'uuid',
}

interface Column {
  name: string
  type: string
}

/** The same rows on PostgreSQL, with the types that Django gives their columns there. */
export async function projectOnPostgres(project: Project): Promise<TestDatabase> {
  const database = await createDatabase()
  const tables = withRawDatabase(projectFile(project), (db) => {
    const names = db
      .prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
      .all()
    return names
      .filter(({ name }) => table.test(name))
      .map(({ name }) => ({
        name,
        columns: db.prepare<[], Column>(`SELECT name, type FROM pragma_table_info('${name}')`).all(),
        rows: db.prepare<[], Record<string, unknown>>(`SELECT * FROM ${name}`).all(),
      }))
  })
  for (const { name, columns, rows } of tables) {
    const declared = columns.map((one) => `"${one.name}" ${types[one.type] ?? one.type}`)
    await query(database, `CREATE TABLE ${name} (${declared})`)
    for (const row of rows) {
      const values = columns.map((one) => cellOf(one, row[one.name]))
      await query(database, `INSERT INTO ${name} VALUES (${values.map((_, at) => `$${at + 1}`)})`, values)
    }
  }
  return database
}

function cellOf({ type }: Column, value: unknown): unknown {
  if (value === null) return null
  if (type === 'bool') return value === 1
  return type === 'datetime' ? `${value}+00` : value
}

/** Opens the project's database on either kind. */
export const openProject: Readonly<
  Record<'SQLite' | 'PostgreSQL', (project: Project) => Promise<ForeignDatabase>>
> = {
  SQLite: async (project) => openForeignSqlite(projectFile(project)),
  PostgreSQL: async (project) => openForeignPostgres((await projectOnPostgres(project)).address, testLimits),
}
