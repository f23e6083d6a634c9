import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { spawnServer, temporaryFolder } from '../../harness.ts'
import { type HttpClient, openClient } from '../../races/http-client.ts'
import { withClient } from '../cluster.ts'
import { type DatabaseProxy, openProxy } from '../proxy.ts'

/** A server as a process of its own, whose way to PostgreSQL leads through a proxy. */
export interface Served {
  server: Awaited<ReturnType<typeof spawnServer>>
  client: HttpClient
  proxy: DatabaseProxy
  /** the database's name, and that of its owner, who is an ordinary user */
  name: string
  /** asks the database past server and proxy, as the superuser */
  ask<Row>(sql: string): Promise<Row[]>
  close(): Promise<void>
}

/** In this time a request is answered, whatever the database does: to connect, to wait for a statement, and a second. */
export const deadlineMs = 3_000

/** What a busy machine may add to it. */
export const slackMs = 3_000

const timeouts = { COUNTERSIGN_DB_CONNECT_TIMEOUT: '1s', COUNTERSIGN_DB_STATEMENT_TIMEOUT: '1s' }

interface ServeOptions {
  /** of another cluster than the shared one */
  clusterUrl?: string
  /** of the database's owner, where the cluster asks for one */
  password?: string
  env?: Record<string, string>
  /** on whose database, with a proxy of its own; an empty one otherwise */
  beside?: Served
}

export async function serve(options: ServeOptions = {}): Promise<Served> {
  const { clusterUrl = inject('postgresUrl'), password, env } = options
  const name = options.beside?.name ?? (await createOwnedDatabase(clusterUrl, password))
  const proxy = await openProxy(Number(new URL(clusterUrl).port))
  const url = Object.assign(new URL(proxy.through(`${clusterUrl}${name}`)), { username: name })
  if (password !== undefined) url.password = password
  const server = await spawnServer({
    data: temporaryFolder(),
    env: { DATABASE_URL: url.href, COUNTERSIGN_MANAGEMENT_PORT: '0', ...timeouts, ...env },
  })
  const client = openClient(server.address, 200)
  return {
    ...{ server, client, proxy, name },
    ask: (sql) => withClient(`${clusterUrl}${name}`, async (one) => (await one.query(sql)).rows),
    async close() {
      client.close()
      await proxy.heal()
      await server.stop()
      await proxy.close()
    },
  }
}

/** A database and its owner, an ordinary user of the same name. */
async function createOwnedDatabase(clusterUrl: string, password = ''): Promise<string> {
  const name = `faults_${randomUUID().replaceAll('-', '')}`
  await withClient(`${clusterUrl}postgres`, async (client) => {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`)
    await client.query(`CREATE DATABASE ${name} OWNER ${name}`)
  })
  return name
}

/** Ends every connection to the database but the one that asks: what was decided about new ones then holds for all. */
export function terminate({ ask }: Served): Promise<unknown> {
  return ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()`)
}
