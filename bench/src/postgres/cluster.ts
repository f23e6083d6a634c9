import { dirname } from 'node:path'
import { copyPrograms, createCluster, withClient } from '../../../packages/server/test/postgres/cluster.ts'
import { remove } from '../processes.ts'
import type { BenchDatabase } from '../seeds.ts'

/** A PostgreSQL of our own with its default settings: what it acknowledges is on disk. */
export interface BenchPostgres {
  /** of its main process, whose children work for the connections */
  pid: number
  /** @returns a new one without a table */
  createDatabase(name: string): Promise<BenchDatabase>
}

/** Starts one for the work, and removes it and all that it wrote afterwards. */
export async function withPostgres<T>(work: (postgres: BenchPostgres) => Promise<T>): Promise<T> {
  const programs = copyPrograms()
  try {
    const cluster = await createCluster({ programs })
    const folder = await dataFolder(cluster.url)
    try {
      return await work({ pid: cluster.pid(), createDatabase: (name) => createDatabase(cluster, name) })
    } finally {
      await cluster.stop()
      remove(dirname(folder))
    }
  } finally {
    remove(programs)
  }
}

async function dataFolder(url: string): Promise<string> {
  const [row] = await query<{ data_directory: string }>(`${url}postgres`, 'SHOW data_directory')
  return row?.data_directory ?? ''
}

async function createDatabase(
  { url, port }: { url: string; port: number },
  name: string,
): Promise<BenchDatabase> {
  await query(`${url}postgres`, `CREATE DATABASE ${name}`)
  return { url: `${url}${name}`, address: { host: '127.0.0.1', port, user: 'postgres', database: name } }
}

/** What one statement returns, on a connection of its own. */
export function query<Row>(url: string, sql: string): Promise<Row[]> {
  return withClient(url, async (client) => (await client.query(sql)).rows as Row[])
}

/** Bytes that the server has written to its write-ahead log so far. */
export async function walBytes({ url }: BenchDatabase): Promise<number> {
  const [row] = await query<{ bytes: string }>(url, `SELECT pg_current_wal_lsn() - '0/0' AS bytes`)
  return Number(row?.bytes)
}
