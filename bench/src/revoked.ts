import { fork } from 'node:child_process'
import { join } from 'node:path'
import { systemClock } from '../../packages/server/src/clock.ts'
import { openConnection } from '../../packages/server/src/store/sqlite/connection.ts'
import { query, withPostgres } from './postgres/cluster.ts'
import { remove, temporaryFolder } from './processes.ts'
import type { PollCosts, RevokedCosts } from './revoked-process.ts'
import { seedPostgres, seedSqlite } from './seeds.ts'
import type { Row } from './table.ts'

const setSizes = [100_000, 1_000_000]
const found = 100_000
const endAll = () => `UPDATE sessions SET revoked_at = ${systemClock()}, revoked_reason = 'logout'`

/** What each process pays for knowing which sessions were revoked: memory, and the polls that keep it up to date. */
export async function revokedSet(): Promise<Row[]> {
  const rows: Row[] = []
  for (const size of setSizes) rows.push(memoryRow(await measure<RevokedCosts>('memory', `${size}`)))
  rows.push(pollRow('embedded', await pollOfSqlite()), pollRow('PostgreSQL', await pollOfPostgres()))
  return rows
}

async function pollOfSqlite(): Promise<PollCosts> {
  const folder = temporaryFolder()
  const file = join(folder, 'countersign.db')
  await seedSqlite(file, found)
  const db = openConnection(file)
  db.exec(endAll())
  db.close()
  const costs = await measure<PollCosts>('sqlite', file)
  remove(folder)
  return costs
}

function pollOfPostgres(): Promise<PollCosts> {
  return withPostgres(async (postgres) => {
    const database = await postgres.createDatabase('revoked')
    await seedPostgres(database, found)
    await query(database.url, endAll())
    const { port, database: name } = database.address
    return measure<PollCosts>('postgres', `${port}`, name)
  })
}

/** In a process of its own, so that nothing of ours is counted. */
function measure<Costs>(...what: string[]): Promise<Costs> {
  const child = fork(join(import.meta.dirname, 'revoked-process.ts'), what, { execArgv: ['--expose-gc'] })
  return new Promise((resolve, reject) => {
    child.once('message', (costs) => resolve(costs as Costs))
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)))
  })
}

function memoryRow({ entries, bytesPerEntry, emptyPollMs }: RevokedCosts): Row {
  return {
    what: `revoked set with ${entries.toLocaleString('en')} entries`,
    measured: `${bytesPerEntry.toFixed(0)} bytes an entry; a poll that finds nothing ${emptyPollMs.toFixed(1)} ms`,
    limit: '',
    value: bytesPerEntry,
    bar: undefined,
  }
}

function pollRow(store: string, costs: PollCosts): Row {
  return {
    what: `poll that finds ${costs.found.toLocaleString('en')} revocations, ${store}`,
    measured: `${costs.milliseconds.toFixed(0)} ms, nothing else runs for ${costs.blockedMs.toFixed(0)} ms`,
    limit: '',
    value: costs.blockedMs,
    bar: undefined,
  }
}
