import type { DatabaseFacts } from '../port/database.ts'
import type { Connections } from './pool/connections.ts'
import { statement } from './pool/statement.ts'

/** What a relative does not know is NULL. */
const settings = statement(
  'settings',
  `SELECT version() AS server, current_setting('fsync', true) AS fsync,
          current_setting('synchronous_commit', true) AS "synchronousCommit",
          current_setting('max_connections', true) AS "maxConnections",
          current_setting('transaction_isolation', true) AS isolation`,
)

const size = statement('size', 'SELECT pg_database_size(current_database())::text AS bytes')

interface Settings {
  server: string
  fsync: string | null
  synchronousCommit: string | null
  maxConnections: string | null
  isolation: string | null
}

/** Asks the server what it is and how it is set. */
export async function describe(db: Connections): Promise<DatabaseFacts> {
  // The first answer pays for the connection and the preparation.
  await db.rows(settings, {})
  const askedAt = performance.now()
  const [found] = await db.rows<Settings>(settings, {})
  const isUnsafe = found?.fsync === 'off' || found?.synchronousCommit === 'off'
  return {
    server: /^\S+ \S+/.exec(found?.server ?? '')?.[0] ?? 'unknown',
    roundTripMs: performance.now() - askedAt,
    isDurable: !isUnsafe,
    maxConnections: found?.maxConnections ? Number(found.maxConnections) : undefined,
    isolation: found?.isolation ?? 'unknown',
    sizeBytes: await sizeOf(db),
  }
}

/** A relative may not know the question. */
async function sizeOf(db: Connections): Promise<number | undefined> {
  const [found] = await db.rows<{ bytes: string }>(size, {}).catch(() => [])
  return found && Number(found.bytes)
}
