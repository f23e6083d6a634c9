import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import type { PostgresAddress, PostgresLimits } from '../../src/store/postgres/pool/connections.ts'
import { withClient } from './cluster.ts'

/** An empty database on the PostgreSQL that the test files share. */
export interface TestDatabase {
  /** as `DATABASE_URL` takes it */
  url: string
  address: PostgresAddress
}

export const testLimits: PostgresLimits = {
  poolSize: 10,
  connectTimeoutMs: 20_000,
  statementTimeoutMs: 20_000,
}

/** @param clusterUrl of another cluster than the shared one */
export async function createDatabase(clusterUrl = inject('postgresUrl')): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await withClient(`${clusterUrl}postgres`, (client) => client.query(`CREATE DATABASE ${name}`))
  const { hostname, port } = new URL(clusterUrl)
  const address = { host: hostname, port: Number(port), user: 'postgres', database: name }
  return { url: `${clusterUrl}${name}`, address }
}

/** Looks into a database past the store, or changes it as no store would. */
export function query<Row>(
  database: Pick<TestDatabase, 'url'>,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return withClient(database.url, async (client) => (await client.query(sql, values)).rows as Row[])
}
