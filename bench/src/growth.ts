import { join } from 'node:path'
import { familyMicroseconds, type Meter, metered } from './cpu.ts'
import { median } from './load.ts'
import { type BenchPostgres, walBytes, withPostgres } from './postgres/cluster.ts'
import { type Running, remove, startServer, temporaryFolder } from './processes.ts'
import { openRefreshers, type Refreshers, refreshOn } from './refreshers.ts'
import { seedPostgres, seedSqlite } from './seeds.ts'
import { atLeast, type Row } from './table.ts'

const sizes = [1_000, 10_000, 100_000, 1_000_000] as const
const clients = 32
const rounds = 3
const milliseconds = 1_000

/** Whether a refresh costs the same among a thousand sessions and among a million, on both stores. */
export async function growth(): Promise<Row[]> {
  const embedded = await measure('embedded', startOnSqlite)
  const onPostgres = await withPostgres((postgres) =>
    measure('PostgreSQL', (size) => startOnPostgres(postgres, size)),
  )
  return [...embedded, ...onPostgres]
}

/** A server with so many sessions. */
interface Grown {
  size: number
  server: Running
  refreshers: Refreshers
  /** processor time of server and database */
  meters: Readonly<Record<string, Meter>>
}

async function startOnSqlite(size: number): Promise<Grown> {
  const data = temporaryFolder()
  await seedSqlite(join(data, 'countersign.db'), size)
  const server = await startServer(data)
  const meters = { 'us of the server': () => familyMicroseconds(server.pid) }
  return { size, server, refreshers: openRefreshers(size, clients), meters }
}

async function startOnPostgres(postgres: BenchPostgres, size: number): Promise<Grown> {
  const database = await postgres.createDatabase(`sessions_${size}`)
  await seedPostgres(database, size)
  const server = await startServer(undefined, { DATABASE_URL: database.url })
  const meters = {
    'us of the server': () => familyMicroseconds(server.pid),
    'of PostgreSQL': () => familyMicroseconds(postgres.pid),
    'bytes of WAL': () => walBytes(database),
  }
  return { size, server, refreshers: openRefreshers(size, clients), meters }
}

/** All sizes in turn, again and again, so that what else the machine does meets each of them alike. */
async function measure(store: string, start: (size: number) => Promise<Grown>): Promise<Row[]> {
  const grown: Grown[] = []
  for (const size of sizes) grown.push(await start(size))
  for (const one of grown) await refreshOn([one.server.address], one.refreshers, 500)
  const runs = new Map<Grown, Run[]>(grown.map((one) => [one, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const one of grown) runs.get(one)?.push(await run(one))
  }
  await Promise.all(grown.map(({ server }) => server.stop()))
  for (const { server } of grown) remove(server.data)
  const smallest = [...runs.values()][0] ?? []
  return [...runs].map(([{ size }, ours]) => row(store, size, { ours, smallest }))
}

interface Run {
  rate: number
  /** for each refresh, by the meter's name */
  costs: Readonly<Record<string, number>>
}

async function run({ server, refreshers, meters }: Grown): Promise<Run> {
  const before = refreshers.done()
  const { result: rate, spent } = await metered(meters, () =>
    refreshOn([server.address], refreshers, milliseconds),
  )
  const done = refreshers.done() - before
  const costs = Object.fromEntries(Object.entries(spent).map(([name, all]) => [name, all / done]))
  return { rate, costs }
}

function row(store: string, size: number, { ours, smallest }: Record<'ours' | 'smallest', Run[]>): Row {
  const names = Object.keys(ours[0]?.costs ?? {})
  const costs = names.map((name) => `${median(ours.map((one) => one.costs[name] ?? 0)).toFixed(0)} ${name}`)
  const rate = (runs: Run[]) => median(runs.map((one) => one.rate))
  return {
    what: `refresh among ${size.toLocaleString('en')} sessions, ${store}`,
    measured: `${rate(ours).toFixed(0)}/s: ${costs.join(', ')}`,
    limit: `among ${sizes[0].toLocaleString('en')} ${rate(smallest).toFixed(0)}/s`,
    value: median(ours.map((one, round) => one.rate / (smallest[round]?.rate ?? 1))),
    bar: size === Math.max(...sizes) ? atLeast(0.8) : undefined,
  }
}
