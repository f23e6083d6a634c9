import { join } from 'node:path'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import type { SessionRow } from '../../src/store/schema.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { createDatabase, query, testLimits } from '../postgres/database.ts'
import { claimsOf, type HttpClient, openClient, type Reply } from './http-client.ts'

/** A database that servers can share. */
interface SharedDatabase {
  url: string
  /** as a command beside the servers opens it */
  open(): Promise<Store>
}

async function sqliteFile(): Promise<SharedDatabase> {
  const file = join(temporaryFolder(), 'countersign.db')
  return { url: `sqlite:${file}`, open: () => openSqliteStore({ file, now: Date.now() }) }
}

async function postgresAt(level: string): Promise<SharedDatabase> {
  const database = await createDatabase()
  const { address, url } = database
  await query(database, `ALTER DATABASE ${address.database} SET default_transaction_isolation = '${level}'`)
  return { url, open: () => openPostgresStore({ address, limits: testLimits, now: Date.now() }) }
}

/** By the names that the titles of the tests give them. */
const databases = {
  SQLite: sqliteFile,
  PostgreSQL: () => postgresAt('read committed'),
  'PostgreSQL, serializable': () => postgresAt('serializable'),
}
export type StoreName = keyof typeof databases

/** A process of the deployment, with a client of its own. */
export type DeployedServer = Awaited<ReturnType<typeof spawnServer>> & { client: HttpClient }

/** Real servers on one real database, which was empty when they all started at once. */
export interface DeployedServers {
  databaseUrl: string
  beside: Store
  servers: [DeployedServer, ...DeployedServer[]]
  clients: readonly HttpClient[]
  /** a client of the server whose turn it is */
  client(turn: number): HttpClient
  /** what is stored of the session that a token belongs to */
  stored(token: string): Promise<Pick<SessionRow, 'generation' | 'revoked_reason'>>
  /** what was answered with a status of 500 and more */
  failed(): Reply[]
  /** one more process on the same database, of another program if one is named */
  start(env?: Record<string, string>, program?: string): Promise<DeployedServer>
  close(): Promise<void>
}

export interface DeployOptions {
  store: StoreName
  /** how many processes share the database */
  count: number
  env?: Record<string, string>
}

export async function deployServers({ store, count, env = {} }: DeployOptions): Promise<DeployedServers> {
  const database = await databases[store]()
  const data = temporaryFolder()
  const all: DeployedServer[] = []
  async function start(more: Record<string, string> = {}, program?: string): Promise<DeployedServer> {
    const given = { DATABASE_URL: database.url, ...env, ...more }
    const server = await spawnServer({ data, env: given, ...(program && { program }) })
    const deployed = { ...server, client: openClient(server.address) }
    all.push(deployed)
    return deployed
  }
  const [first, ...others] = await Promise.all(Array.from({ length: count }, () => start()))
  if (!first) throw new Error('there is no server')
  const servers: DeployedServers['servers'] = [first, ...others]
  const beside = await database.open()
  return {
    ...{ databaseUrl: database.url, beside, servers, start },
    clients: servers.map(({ client }) => client),
    client: (turn) => (servers[turn % servers.length] ?? first).client,
    async stored(token) {
      const row = await beside.findSession(claimsOf(token).sid)
      if (!row) throw new Error('there is no such session')
      return { generation: row.generation, revoked_reason: row.revoked_reason }
    },
    failed: () => all.flatMap(({ client }) => client.failed),
    async close() {
      for (const { client } of all) client.close()
      await Promise.all([beside.close(), ...all.map((server) => server.stop())])
    },
  }
}
