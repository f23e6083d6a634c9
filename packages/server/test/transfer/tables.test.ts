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
        `SELECT tables.name AS "table", columns.name AS "column", columns.type, columns.pk > 0 AS is_key
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
              EXISTS (SELECT 1 FROM information_schema.key_column_usage AS k
                       WHERE k.table_name = c.table_name AND k.column_name = c.column_name
                         AND k.constraint_name LIKE '%_pk') AS is_key
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
    const found = data.map(
      (one) => `${one.table}.${one.column} ${types[one.type]}${one.is_key ? ' key' : ''}`,
    )
    const listed = tables.flatMap((table) =>
      table.columns.map(
        ({ name, type }) => `${table.name}.${name} ${type}${name === table.key ? ' key' : ''}`,
      ),
    )
    expect(found.sort()).toEqual(listed.sort())
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
