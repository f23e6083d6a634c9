import { familyMicroseconds, metered, ownMicroseconds } from '../cpu.ts'
import { median, quantile, withLanes } from '../load.ts'
import { arrive, inTurn } from '../loops.ts'
import { type Running, remove, startServer } from '../processes.ts'
import { openRefreshers, type Refreshers, refreshOn } from '../refreshers.ts'
import { seedPostgres } from '../seeds.ts'
import { atLeast, perSecond, type Row, toldLatencies } from '../table.ts'
import { type BenchPostgres, walBytes, withPostgres } from './cluster.ts'
import { type Limit, openLimit } from './limit.ts'

const sessions = 10_000
const clients = 32
const processCounts = [1, 2, 4] as const
const rounds = 3
const milliseconds = 2_000
const modestPerSecond = 500
const modestMs = 4_000
const steps = 1_000
const idleMs = 4_000

/** Refreshes over HTTP on PostgreSQL, by one process and by several, against the bare statement on the same server. */
export function refreshOnPostgres(): Promise<Row[]> {
  return withPostgres(async (postgres) => {
    const [ours, theirs] = [await postgres.createDatabase('ours'), await postgres.createDatabase('theirs')]
    for (const database of [ours, theirs]) await seedPostgres(database, sessions)
    const limit = openLimit(theirs, sessions)
    const servers = await startServers(ours.url)
    const refreshers = openRefreshers(sessions, clients)
    const bench: Bench = { postgres, limit, servers, refreshers, wal: () => walBytes(ours) }
    const rows = [...(await saturated(bench)), ...(await modest(bench)), await idle(bench)]
    await Promise.all(servers.map((server) => server.stop()))
    for (const { data } of servers) remove(data)
    await limit.close()
    return rows
  })
}

interface Bench {
  postgres: BenchPostgres
  limit: Limit
  servers: readonly Running[]
  refreshers: Refreshers
  wal: () => Promise<number>
}

/** The first alone, which makes the keys. */
async function startServers(url: string): Promise<Running[]> {
  const most = Math.max(...processCounts)
  const servers: Running[] = []
  while (servers.length < most) servers.push(await startServer(undefined, { DATABASE_URL: url }))
  return servers
}

/** What a run came to; the costs are microseconds of processor time, and bytes, for each refresh. */
interface Run {
  rate: number
  server: number
  database: number
  load: number
  wal: number
}

async function saturated(bench: Bench): Promise<Row[]> {
  const limits: Run[] = []
  const runs = new Map<number, Run[]>(processCounts.map((count) => [count, []]))
  await refreshOn(bench.servers.map(addressOf), bench.refreshers, 500)
  for (let round = 0; round < rounds; round += 1) {
    limits.push(await limitRun(bench))
    for (const count of processCounts) runs.get(count)?.push(await ourRun(bench, count))
  }
  return processCounts.map((count) =>
    saturatedRow(bench.limit, { count, ours: runs.get(count) ?? [], limits }),
  )
}

function ourRun(bench: Bench, count: number): Promise<Run> {
  const used = bench.servers.slice(0, count)
  return costsOf(bench, used, () => refreshOn(used.map(addressOf), bench.refreshers, milliseconds))
}

/** Does the work with these servers, and tells its rate and what each refresh in it cost. */
async function costsOf(
  { postgres, refreshers, wal }: Bench,
  used: readonly Running[],
  work: () => Promise<number>,
): Promise<Run> {
  const before = refreshers.done()
  const meters = {
    server: () => used.reduce((sum, { pid }) => sum + familyMicroseconds(pid), 0),
    database: () => familyMicroseconds(postgres.pid),
    load: ownMicroseconds,
    wal,
  }
  const { result: rate, spent } = await metered(meters, work)
  const done = refreshers.done() - before
  const each = (name: keyof typeof meters) => spent[name] / done
  return { rate, server: each('server'), database: each('database'), load: each('load'), wal: each('wal') }
}

async function limitRun({ postgres, limit }: Bench): Promise<Run> {
  const from = performance.now()
  const meters = { database: () => familyMicroseconds(postgres.pid) }
  const { result: rate, spent } = await metered(meters, () => limit.busy(clients, milliseconds))
  const done = (rate * (performance.now() - from)) / 1000
  return { rate, server: 0, database: spent.database / done, load: 0, wal: 0 }
}

function addressOf({ address }: Running): string {
  return address
}

interface Compared {
  count: number
  ours: readonly Run[]
  limits: readonly Run[]
}

function saturatedRow({ name }: Limit, { count, ours, limits }: Compared): Row {
  const costs = `${told(ours)}, ${middle(ours, 'load').toFixed(0)} us of the load`
  return {
    what: `refresh on PostgreSQL, ${clients} clients, ${count === 1 ? '1 process' : `${count} processes`}`,
    measured: `${perSecond(middle(ours, 'rate'))}: ${costs}`,
    limit: `${name} ${perSecond(middle(limits, 'rate'))}: ${middle(limits, 'database').toFixed(0)} us of PostgreSQL`,
    value: median(ours.map(({ rate }, round) => rate / (limits[round]?.rate ?? 1))),
    bar: count === 1 ? atLeast(0.7) : undefined,
  }
}

/** Where nobody waits for a processor: one process, few requests a second, and then one client alone. */
async function modest(bench: Bench): Promise<Row[]> {
  const { servers, refreshers, limit } = bench
  const used = servers.slice(0, 1)
  const load = { address: used[0]?.address ?? '', ...refreshers }
  const arrivals = { perSecond: modestPerSecond, milliseconds: modestMs }
  const theirs = await limit.arriving(modestPerSecond, modestMs)
  const latencies: number[] = []
  const costs = await costsOf(bench, used, async () => {
    latencies.push(...(await withLanes(load, (lanes) => arrive(lanes, arrivals))))
    return modestPerSecond
  })
  const theirsAlone = await limit.inTurn(steps)
  const alone = await withLanes(load, (lanes) => inTurn(lanes, steps))
  return [
    modestRow(limit, `  at ${perSecond(modestPerSecond)}, 1 process`, [latencies, theirs], costs),
    modestRow(limit, '  one client', [alone, theirsAlone]),
  ]
}

type Latencies = readonly [ours: number[], theirs: number[]]

function modestRow({ name }: Limit, what: string, [ours, theirs]: Latencies, costs?: Run): Row {
  return {
    what,
    measured: `${toldLatencies(ours)}${costs ? `: ${told([costs])}` : ''}`,
    limit: `${name} ${toldLatencies(theirs)}`,
    value: quantile(ours, 0.99) / quantile(theirs, 0.99),
    bar: undefined,
  }
}

function told(runs: readonly Run[]): string {
  const each = (what: keyof Run) => middle(runs, what).toFixed(0)
  return `${each('server')} us of the server, ${each('database')} of PostgreSQL, WAL ${each('wal')} bytes`
}

function middle(runs: readonly Run[], what: keyof Run): number {
  return median(runs.map((run) => run[what]))
}

/** What a process that nobody asks anything costs: it looks for revocations, keys, the time and the leases. */
async function idle({ postgres, servers }: Bench): Promise<Row> {
  const meters = {
    server: () => servers.reduce((sum, { pid }) => sum + familyMicroseconds(pid), 0),
    database: () => familyMicroseconds(postgres.pid),
  }
  const from = performance.now()
  const { spent } = await metered(meters, () => new Promise((resolve) => setTimeout(resolve, idleMs)))
  const seconds = (performance.now() - from) / 1000
  const each = (microseconds: number) => microseconds / servers.length / seconds / 1000
  return {
    what: '  an idle process, each second',
    measured: `${each(spent.server).toFixed(1)} ms of its own, ${each(spent.database).toFixed(1)} of PostgreSQL`,
    limit: '',
    value: each(spent.database),
    bar: undefined,
  }
}
