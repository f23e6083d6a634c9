import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { tables } from '../../src/store/transfer/tables.ts'
import { temporaryFolder } from '../harness.ts'
import { createDatabase, query, testLimits } from '../postgres/database.ts'
import { withRawDatabase } from '../store/raw-database.ts'
import { t0 } from '../store/samples.ts'

/** What belongs to one database and its processes. */
const machinery = ['leases', 'migrations', 'migration_lock']

interface Found {
  table: string
  column: string
  type: string
  /** whether it is unique by itself */
  is_key: number | boolean
}

interface Reference {
  table: string
  refers_to: string
}

async function sqliteSchema(): Promise<{ columns: Found[]; references: Reference[] }> {
  const file = join(temporaryFolder(), 'store.db')
  await (await openSqliteStore({ file, now: t0 })).close()
  return withRawDatabase(file, (db) => ({
    columns: db
      .prepare<[], Found>(
        `SELECT tables.name AS "table", columns.name AS "column", columns.type,
                EXISTS (SELECT 1 FROM pragma_index_list(tables.name) AS indexes
                         WHERE indexes."unique" AND NOT indexes.partial
                           AND (SELECT group_concat(name) FROM pragma_index_info(indexes.name)) = columns.name)
                  AS is_key
           FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`,
      )
      .all(),
    references: db
      .prepare<[], Reference>(
        `SELECT tables.name AS "table", keys."table" AS refers_to
           FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys WHERE tables.type = 'table'`,
      )
      .all(),
  }))
}

async function postgresSchema(): Promise<{ columns: Found[]; references: Reference[] }> {
  const database = await createDatabase()
  await (await openPostgresStore({ address: database.address, limits: testLimits, now: t0 })).close()
  return {
    columns: await query<Found>(
      database,
      `SELECT c.table_name AS "table", c.column_name AS "column", c.data_type AS type,
              EXISTS (SELECT 1 FROM pg_constraint AS k
                       WHERE k.conrelid = c.table_name::regclass AND k.contype IN ('p', 'u')
                         AND k.conkey = ARRAY[c.ordinal_position::smallint]) AS is_key
         FROM information_schema.columns AS c WHERE c.table_schema = 'public'
        ORDER BY c.table_name, c.ordinal_position`,
    ),
    references: await query<Reference>(
      database,
      `SELECT conrelid::regclass::text AS "table", confrelid::regclass::text AS refers_to
         FROM pg_constraint WHERE contype = 'f'`,
    ),
  }
}

const types: Readonly<Record<string, string>> = {
  TEXT: 'text',
  INTEGER: 'integer',
  BLOB: 'bytes',
  text: 'text',
  bigint: 'integer',
  smallint: 'integer',
  bytea: 'bytes',
}

describe.each([
  { name: 'SQLite', schema: sqliteSchema },
  { name: 'PostgreSQL', schema: postgresSchema },
])('what is copied, on $name', ({ schema }) => {
  test('is every column of every table but the machinery: one that is added must be listed', async () => {
    const { columns } = await schema()
    const data = columns.filter(({ table }) => !machinery.includes(table))
    const found = data.map(({ table, column, type }) => `${table}.${column} ${types[type]}`)
    const listed = tables.flatMap((table) =>
      table.columns.map(({ name, type }) => `${table.name}.${name} ${type}`),
    )
    expect(found.sort()).toEqual(listed.sort())
  })

  test('is found by a text that no two rows of a table share', async () => {
    const { columns } = await schema()
    for (const { name, key } of tables) {
      const column = columns.find((one) => one.table === name && one.column === key)
      expect([name, types[column?.type ?? ''], Boolean(column?.is_key)]).toEqual([name, 'text', true])
    }
  })

  test('comes after what it refers to', async () => {
    const { references } = await schema()
    expect(references.length).toBeGreaterThan(0)
    const order = tables.map(({ name }) => String(name))
    for (const { table, refers_to } of references) {
      expect(order.indexOf(refers_to), `${table} refers to ${refers_to}`).toBeLessThan(order.indexOf(table))
    }
  })
})

test('the signing keys come last: they make a copy complete', () => {
  expect(tables.at(-1)?.name).toBe('signing_keys')
})
