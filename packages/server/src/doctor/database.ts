import type { Config } from '../config/config.ts'
import { databaseText } from '../config/database/database-address.ts'
import type { DatabaseFacts } from '../store/port/database.ts'
import type { Store } from '../store/store.ts'
import { examineClock, examineTime } from './clock.ts'
import { type Finding, ok, problem, reasonOf, warning } from './finding.ts'
import { examineKeys } from './keys.ts'
import { examineOwners } from './owners.ts'

export interface DatabaseDeps {
  config: Pick<Config, 'workers' | 'databasePool' | 'database' | 'secrets' | 'console'>
  store: Pick<Store, 'health' | 'describe' | 'readClock' | 'listSessions' | 'listKeys' | 'queryUsers'>
  /** reads all of the file, and tells its faults in words; left out where nobody waits that long */
  findDamage?: () => readonly string[]
}

/** The database, its keys, and the clock as it looks beside them. @param now by this machine's clock */
export async function examineDatabase(deps: DatabaseDeps, now: number): Promise<Finding[]> {
  try {
    return await examineTables(deps, now)
  } catch (thrown) {
    return [examineClock(now, 0), problem('database', reasonOf(thrown))]
  }
}

async function examineTables(deps: DatabaseDeps, now: number): Promise<Finding[]> {
  const { pendingMigrations, isWritable } = await deps.store.health()
  const found = [...(await examineStore(deps)), ...(isWritable ? [] : [readOnly])]
  if (pendingMigrations.length > 0) {
    const lacks = problem('migrations', `lacks ${pendingMigrations.join(', ')}`, 'countersign migrate')
    return [await examineTime(deps, now), ...found, lacks]
  }
  return [
    await examineTime(deps, now, await newestInstant(deps)),
    ...found,
    ok('migrations', 'all applied'),
    await examineKeys(deps),
    ...(await examineOwners(deps)),
  ]
}

const readOnly = problem('database', 'takes no writes: it is a replica, or set to read only')

async function examineStore({ store, config, findDamage }: DatabaseDeps): Promise<Finding[]> {
  if (store.describe) return examineServer(await store.describe(), config)
  if (!findDamage) return [ok('database', 'answers')]
  const damage = findDamage().map((fault) => problem('database', fault))
  return damage.length > 0 ? damage : [ok('database', 'sound')]
}

const farMs = 20

function examineServer(facts: DatabaseFacts, { database, ...config }: DatabaseDeps['config']): Finding[] {
  const { server, roundTripMs, isDurable, isolation } = facts
  const way = `${roundTripMs.toFixed(1)} ms away`
  const place = `${server}, ${databaseText(database)}, ${way}, ${isolation}`
  return [
    (roundTripMs > farMs ? warning : ok)('database', place),
    ...(isDurable ? [] : [notDurable]),
    ...examineConnections(facts, config),
  ]
}

const notDurable = problem(
  'durability',
  'fsync or synchronous_commit is off: what was acknowledged can be lost',
  'turn both on',
)

function examineConnections(
  { maxConnections: most }: DatabaseFacts,
  { workers, databasePool }: Pick<Config, 'workers' | 'databasePool'>,
): Finding[] {
  if (most === undefined) return []
  const wanted = workers * databasePool
  if (wanted < most) return [ok('connections', `this node takes up to ${wanted} of ${most}`)]
  const mend = 'lower COUNTERSIGN_DB_POOL or COUNTERSIGN_WORKERS'
  return [problem('connections', `this node may take ${wanted} of ${most}`, mend)]
}

/** @returns the last instant in the database, epoch milliseconds */
async function newestInstant({ store }: DatabaseDeps): Promise<number> {
  const sessions = await store.listSessions({ after: undefined, limit: 1 })
  const keys = await store.listKeys()
  return Math.max(0, ...sessions.map((row) => row.rotated_at), ...keys.map((row) => row.created_at))
}
