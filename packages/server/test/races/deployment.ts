import { join } from 'node:path'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { withRawDatabase } from '../store/raw-database.ts'
import { claimsOf, type HttpClient, openClient } from './http-client.ts'

/** Real servers on one real file, each with a client of its own. */
export interface DeployedServers {
  file: string
  clients: [HttpClient, ...HttpClient[]]
  /** a client of the server whose turn it is */
  client(turn: number): HttpClient
  /** what is stored of the session that a token belongs to */
  stored(token: string): { generation: number; revoked_reason: string | null }
  close(): Promise<void>
}

/** @param count how many processes share the file */
export async function deployServers(
  count: number,
  env: Record<string, string> = {},
): Promise<DeployedServers> {
  const data = temporaryFolder()
  const file = join(data, 'countersign.db')
  const servers = await Promise.all(Array.from({ length: count }, () => spawnServer({ data, env })))
  const [first, ...others] = servers.map((server) => openClient(server.address))
  if (!first) throw new Error('there is no server')
  const clients: DeployedServers['clients'] = [first, ...others]
  return {
    file,
    clients,
    client: (turn) => clients[turn % clients.length] ?? first,
    stored: (token) =>
      withRawDatabase(file, (db) =>
        db
          .prepare<[string], { generation: number; revoked_reason: string | null }>(
            'SELECT generation, revoked_reason FROM sessions WHERE id = ?',
          )
          .get(claimsOf(token).sid),
      ) ?? { generation: -1, revoked_reason: 'no such row' },
    async close() {
      for (const client of clients) client.close()
      await Promise.all(servers.map((server) => server.stop()))
    },
  }
}
