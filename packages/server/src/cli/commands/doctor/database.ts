import type { Tools } from '../../../app/tools.ts'
import type { Config } from '../../../config/config.ts'
import { databaseText } from '../../../config/database/database-address.ts'
import type { DatabaseFacts, SigningKeyRow } from '../../../store/store.ts'
import { durationText, instantText } from '../../../times.ts'
import { signerOf, verifierOf } from '../../../tokens/signing-key.ts'
import { failureText } from '../../failure.ts'
import { hasDatabase, noDatabase, type SettingFlags, withTools } from '../../tools.ts'
import { type Finding, finding } from './finding.ts'

/** The database, its keys, and the clock as it looks beside them. */
export async function examineDatabase(config: Config, flags: SettingFlags, now: number): Promise<Finding[]> {
  try {
    if (!hasDatabase(config)) return [examineClock(now, 0), finding('database', 'fail', noDatabase(config))]
    return await withTools({ flags, wanted: 'as_it_is' }, (tools) => examineTables(tools, now))
  } catch (thrown) {
    return [examineClock(now, 0), finding('database', 'fail', failureText(thrown))]
  }
}

async function examineTables(tools: Tools, now: number): Promise<Finding[]> {
  const { pendingMigrations, isWritable } = await tools.store.health()
  const found = [...(await examineStore(tools)), ...(isWritable ? [] : [readOnly])]
  if (pendingMigrations.length > 0) {
    const says = `lacks ${pendingMigrations.join(', ')}: countersign migrate`
    return [await examineTime(tools, now), ...found, finding('migrations', 'fail', says)]
  }
  return [
    await examineTime(tools, now, await newestInstant(tools)),
    ...found,
    finding('migrations', 'ok', 'all applied'),
    await examineKeys(tools),
  ]
}

const readOnly = finding('database', 'fail', 'takes no writes: it is a replica, or set to read only')

async function examineStore(tools: Tools): Promise<Finding[]> {
  if (tools.store.describe) return examineServer(await tools.store.describe(), tools.config)
  const damage = tools.findDamage().map((fault) => finding('database', 'fail', fault))
  return damage.length > 0 ? damage : [finding('database', 'ok', 'sound')]
}

const farMs = 20

function examineServer(facts: DatabaseFacts, { workers, databasePool, database }: Config): Finding[] {
  const { server, roundTripMs, isDurable, maxConnections, isolation } = facts
  const way = `${roundTripMs.toFixed(1)} ms away`
  const place = `${server}, ${databaseText(database)}, ${way}, ${isolation}`
  const found = [finding('database', roundTripMs > farMs ? 'warn' : 'ok', place)]
  if (!isDurable) {
    const says = 'fsync or synchronous_commit is off: what was acknowledged can be lost. Turn both on'
    found.push(finding('durability', 'fail', says))
  }
  const wanted = workers * databasePool
  if (maxConnections !== undefined && wanted >= maxConnections) {
    const says = `this node may take ${wanted} of ${maxConnections}: lower COUNTERSIGN_DB_POOL or COUNTERSIGN_WORKERS`
    found.push(finding('connections', 'fail', says))
  } else if (maxConnections !== undefined) {
    found.push(finding('connections', 'ok', `this node takes up to ${wanted} of ${maxConnections}`))
  }
  return found
}

const firstPossible = Date.UTC(2026, 0, 1)
const toleranceMs = 60_000

/** @param newest the last instant that the database has seen, epoch milliseconds */
function examineClock(now: number, newest: number): Finding {
  const clock = instantText(now)
  if (now < firstPossible) return finding('clock', 'fail', `says ${clock}, which is long gone: set it`)
  if (newest <= now + toleranceMs) return finding('clock', 'ok', clock)
  const says = `says ${clock}, ${durationText(newest - now)} before what the database has seen already: set it`
  return finding('clock', 'fail', says)
}

/** @param newest the last instant in the database, epoch milliseconds, where it can be read */
async function examineTime({ store }: Tools, machine: number, newest = 0): Promise<Finding> {
  if (!store.readClock) return examineClock(machine, newest)
  const skewMs = machine - (await store.readClock())
  if (Math.abs(skewMs) <= toleranceMs) return examineClock(machine, newest)
  const apart = `${durationText(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} the database’s`
  return finding(
    'clock',
    'warn',
    `is ${apart}. Countersign goes by the database’s; resource servers may not: set it`,
  )
}

async function newestInstant({ store }: Tools): Promise<number> {
  const sessions = await store.listSessions({ after: undefined, limit: 1 })
  const keys = await store.listKeys()
  return Math.max(0, ...sessions.map((row) => row.rotated_at), ...keys.map((row) => row.created_at))
}

async function examineKeys({ store, config: { secrets } }: Tools): Promise<Finding> {
  const keys = (await store.listKeys()).filter((row) => row.private_sealed !== null)
  if (keys.length === 0) return finding('keys', 'warn', 'none yet; the first start of the server makes them')
  if (secrets[0] === '') {
    const says = 'there is no secret to open them with: set COUNTERSIGN_SECRET to that of the server'
    return finding('keys', 'fail', says)
  }
  try {
    const useless = keys.filter((row) => !isUsable(row, secrets))
    if (useless.length > 0) return finding('keys', 'fail', `does not sign: ${useless[0]?.kid}`)
    return finding('keys', 'ok', `${keys.length} open with the secret and sign`)
  } catch (thrown) {
    return finding('keys', 'fail', failureText(thrown))
  }
}

/** @throws AuthError `unavailable` where the secret does not open it */
function isUsable(row: SigningKeyRow, secrets: Tools['config']['secrets']): boolean {
  return verifierOf(row).verify('doctor', signerOf(row, secrets, 'JWT').sign('doctor'))
}
