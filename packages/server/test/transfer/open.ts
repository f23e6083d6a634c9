import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openRows } from '../../src/app/stores.ts'
import { loadConfig } from '../../src/config/config.ts'
import type { RowAccess } from '../../src/store/transfer/rows.ts'
import { temporaryFolder } from '../harness.ts'
import { createDatabase } from '../postgres/database.ts'
import { t0 } from '../store/samples.ts'

/** A kind of database, and a new one of it: its address, as DATABASE_URL takes it. */
export const kinds = {
  SQLite: async () => `sqlite:${join(temporaryFolder(), 'store.db')}`,
  PostgreSQL: async () => (await createDatabase()).url,
} as const

export type Kind = keyof typeof kinds

/** Opens the database at the address until the test ends; its tables are made. */
export async function openAt(address: string): Promise<RowAccess> {
  const config = loadConfig({ mode: 'tool', env: { DATABASE_URL: address } })
  const access = await openRows(config, () => t0, 'create')
  onTestFinished(() => access.close())
  return access
}

export async function openNew(kind: Kind): Promise<RowAccess> {
  return openAt(await kinds[kind]())
}
