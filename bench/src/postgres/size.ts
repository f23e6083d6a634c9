import { systemClock } from '../../../packages/server/src/clock.ts'
import { openPostgresStore } from '../../../packages/server/src/store/postgres/open.ts'
import type { Store } from '../../../packages/server/src/store/store.ts'
import { type BenchDatabase, limits, seedPostgres, sessionId } from '../seeds.ts'
import { type Row, under } from '../table.ts'
import { query, withPostgres } from './cluster.ts'

const sessions = 100_000
const refreshes = 3
/** As many as two shared statements hold. */
const atOnce = 128
const weekMs = 604_800_000

/** Bytes on disk for a session on PostgreSQL with its indexes, and whether refreshes make it grow. */
export function sessionSizeOnPostgres(): Promise<Row[]> {
  return withPostgres(async (postgres) => {
    const database = await postgres.createDatabase('size')
    await seedPostgres(database, sessions)
    const opened = await bytesOf(database)
    await refreshAll(database)
    await query(database.url, 'VACUUM')
    const refreshed = await bytesOf(database)
    const each = (bytes: number) => (bytes / sessions).toFixed(0)
    const parts = `table ${each(refreshed.table)}, indexes ${each(refreshed.indexes)}`
    return [
      {
        what: `bytes per session on PostgreSQL, ${sessions.toLocaleString('en')} refreshed ${refreshes} times`,
        measured: `${each(refreshed.all)} bytes: ${parts}`,
        limit: `${each(opened.all)} when opened`,
        value: refreshed.all / opened.all,
        bar: under(1.1, ' x'),
      },
      {
        what: '  bytes per user',
        measured: `${each(refreshed.users * 2)} bytes with indexes`,
        limit: '',
        value: (refreshed.users * 2) / sessions,
        bar: undefined,
      },
    ]
  })
}

interface Bytes {
  all: number
  table: number
  indexes: number
  users: number
}

const sizesSql = `
  SELECT pg_total_relation_size('sessions')::float AS all, pg_table_size('sessions')::float AS table,
         pg_indexes_size('sessions')::float AS indexes, pg_total_relation_size('users')::float AS users`

async function bytesOf({ url }: BenchDatabase): Promise<Bytes> {
  const [sizes] = await query<Bytes>(url, sizesSql)
  if (!sizes) throw new Error('no sizes')
  return sizes
}

/**
 * Through the store, so that statements and commits are shared as they are in a server, and in random order: of rows
 * that lie together, few are refreshed at once.
 */
async function refreshAll({ address }: BenchDatabase): Promise<void> {
  const store = await openPostgresStore({ address, limits, now: systemClock() })
  for (let generation = 0; generation < refreshes; generation += 1) {
    const waiting = shuffled(sessions)
    const refreshUntilNone = async () => {
      for (let n = waiting.pop(); n !== undefined; n = waiting.pop()) await refresh(store, n, generation)
    }
    await Promise.all(Array.from({ length: atOnce }, refreshUntilNone))
  }
  await store.close()
}

const digest = new Uint8Array(16).fill(7)

async function refresh(store: Pick<Store, 'rotateSession'>, n: number, generation: number): Promise<void> {
  const now = systemClock()
  const input = {
    sessionId: sessionId(n),
    generation,
    now,
    expiresAt: now + weekMs,
    idempotencyDigest: digest,
  }
  const { outcome } = await store.rotateSession(input)
  if (outcome !== 'rotated') throw new Error(`session ${n} was not rotated`)
}

/** The numbers from 1 to `most` in random order. */
function shuffled(most: number): number[] {
  const keys = Array.from({ length: most }, (_, index) => ({ n: index + 1, key: Math.random() }))
  return keys.sort((a, b) => a.key - b.key).map(({ n }) => n)
}
