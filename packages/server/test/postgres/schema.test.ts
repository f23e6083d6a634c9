import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { temporaryFolder } from '../harness.ts'
import { withRawDatabase } from '../store/raw-database.ts'
import { type Row, refusals, storedRows } from '../store/refusals.ts'
import { t0 } from '../store/samples.ts'
import { createDatabase, query, type TestDatabase, testLimits } from './database.ts'

const file = join(temporaryFolder(), 'store.db')
let database: TestDatabase

beforeAll(async () => {
  await (await openSqliteStore({ file, now: t0 })).close()
  database = await createDatabase()
  await (await openPostgresStore({ address: database.address, limits: testLimits, now: t0 })).close()
})

function fromSqlite<T>(sql: string): T[] {
  return withRawDatabase(file, (db) => db.prepare<[], T>(sql).all())
}

/** A line for each, so that a difference is read at a glance. */
type Lines = string[]

/** What both have, each as a sorted list of lines. */
interface Schema {
  columns: Lines
  constraints: Lines
  indexes: Lines
}

const tablesOf = `sqlite_schema AS s WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite%'`
const kinds = { p: 'PRIMARY KEY', u: 'UNIQUE', f: 'FOREIGN KEY', c: 'CHECK' }

function sqliteSchema(): Schema {
  const columns = fromSqlite<{ line: string }>(
    `SELECT s.name || '.' || c.name || ' ' || c.type || iif(c."notnull", ' NOT NULL', '') AS line
       FROM ${tablesOf.replace(' WHERE', ', pragma_table_info(s.name) AS c WHERE')}`,
  )
  const tables = fromSqlite<{ name: string; sql: string }>(`SELECT name, sql FROM ${tablesOf}`)
  const constraints = tables.flatMap(({ name, sql }) =>
    [...sql.matchAll(/CONSTRAINT (\w+) (PRIMARY KEY|UNIQUE|FOREIGN KEY|CHECK)/g)].map(
      ([, constraint, kind]) => `${name}: ${constraint} ${kind}`,
    ),
  )
  const indexes = fromSqlite<{ line: string }>(
    `SELECT s.name || ': ' || i.name || iif(i."unique", ' UNIQUE', '') || iif(i.partial, ' PARTIAL', '') || ' ' ||
            (SELECT group_concat(k.name, ',') FROM pragma_index_info(i.name) AS k) AS line
       FROM ${tablesOf.replace(' WHERE', ', pragma_index_list(s.name) AS i WHERE')} AND i.origin = 'c'`,
  )
  return { columns: linesOf(columns), constraints: constraints.sort(), indexes: linesOf(indexes) }
}

function linesOf(rows: readonly { line: string }[]): Lines {
  return rows.map(({ line }) => line).sort()
}

/** The row that whoever migrates holds; a file is locked as a whole. */
const ownTable = 'migration_lock'

async function postgresSchema(): Promise<Schema> {
  const columns = await query<{ line: string }>(
    database,
    `SELECT table_name || '.' || column_name || ' ' ||
            CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'smallint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB'
                           ELSE upper(data_type) END ||
            CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS line
       FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> '${ownTable}'`,
  )
  const constraints = await query<{ line: string; kind: keyof typeof kinds }>(
    database,
    `SELECT conrelid::regclass || ': ' || conname AS line, contype AS kind FROM pg_constraint
      WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'u', 'f', 'c')
        AND conrelid <> '${ownTable}'::regclass`,
  )
  const indexes = await query<{ line: string }>(
    database,
    `SELECT i.indrelid::regclass || ': ' || c.relname || CASE WHEN i.indisunique THEN ' UNIQUE' ELSE '' END ||
            CASE WHEN i.indpred IS NULL THEN '' ELSE ' PARTIAL' END || ' ' ||
            (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = c.oid)
              AS line
       FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
      WHERE c.relnamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)`,
  )
  return {
    columns: linesOf(columns),
    constraints: constraints.map(({ line, kind }) => `${line} ${kinds[kind]}`).sort(),
    indexes: linesOf(indexes),
  }
}

async function insert(table: string, row: Row): Promise<void> {
  const names = Object.keys(row)
  const places = names.map((_, index) => `$${index + 1}`)
  await query(database, `INSERT INTO ${table} (${names}) VALUES (${places})`, Object.values(row))
}

describe('the schema on PostgreSQL', () => {
  test('has every column, every named constraint and every index that SQLite has, and no other', async () => {
    const [ours, theirs] = [sqliteSchema(), await postgresSchema()]
    expect(theirs).toEqual(ours)
    for (const lines of Object.values(ours)) expect(lines).not.toEqual([])
  })

  test('compares text byte by byte, and instants do not end in 2038', async () => {
    const rows = await query<{ column: string; type: string; collation: string | null }>(
      database,
      `SELECT table_name || '.' || column_name AS column, data_type AS type, collation_name AS collation
         FROM information_schema.columns WHERE table_schema = current_schema()`,
    )
    const others = rows.filter(({ type, collation }) => type === 'text' && collation !== 'C')
    expect(others.map(({ column }) => column)).toEqual(['migrations.id'])
    const instants = rows.filter(({ column }) => /_at$|\.generation$/.test(column))
    expect(new Set(instants.map(({ type }) => type))).toEqual(new Set(['bigint']))
  })

  describe('with a row in each table', () => {
    beforeAll(async () => {
      for (const [table, row] of Object.entries(storedRows)) await insert(table, row)
    })

    test.each(refusals)('$rule refuses', async ({ rule, table, row }) => {
      const refused = await insert(table, row()).catch((thrown: unknown) => thrown)
      const { constraint, code } = refused as { constraint?: string; code?: string }
      if (constraint === undefined) expect([rule, code]).toEqual(['users, strictly typed', '22P02'])
      else expect(rule.split(/[ ,]/)[0]).toBe(constraint)
    })

    test('and nothing that refuses is left out', () => {
      const { constraints, indexes } = sqliteSchema()
      const unique = indexes.filter((line) => line.includes(' UNIQUE'))
      const names = [...constraints, ...unique].map((line) => line.split(' ')[1])
      expect(new Set(names)).toEqual(
        new Set(refusals.map(({ rule }) => rule.split(/[ ,]/)[0]).filter((name) => name !== 'users')),
      )
    })
  })
})
