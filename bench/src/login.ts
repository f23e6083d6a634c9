import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { hashArgon2id } from '../../packages/server/src/passwords/argon2id.ts'
import { expectStatus, getRequest, median, openClient, quantile } from './load.ts'
import { withPostgres } from './postgres/cluster.ts'
import { type Running, remove, startServer } from './processes.ts'
import { atLeast, perSecond, type Row, toldLatencies, under } from './table.ts'
import { floodName, openSessions, password, registerUser } from './users.ts'

const floodClients = 64
const parameters = { memoryKib: 19_456, timeCost: 2, parallelism: 1 }

interface Plan {
  rounds: number
  milliseconds: number
  /** requests of bystanders, at rest and again in the flood */
  probes: number
  /** stands behind what is measured */
  where: string
}

const embedded: Plan = { rounds: 3, milliseconds: 5_000, probes: 2_000, where: '' }
const onPostgres: Plan = {
  rounds: 2,
  milliseconds: 3_000,
  probes: 1_000,
  where: ', 2 processes on PostgreSQL',
}

/** Logins against argon2id alone on all cores; and what a flood of them does to those who are logged in. */
export async function loginFlood(): Promise<Row[]> {
  return floodServer(await startServer(), embedded)
}

/** The same with two processes that share the machine with their database. */
export function loginFloodOnPostgres(): Promise<Row[]> {
  return withPostgres(async (postgres) => {
    const { url } = await postgres.createDatabase('login')
    const server = await startServer(undefined, { DATABASE_URL: url, COUNTERSIGN_WORKERS: '2' })
    return floodServer(server, onPostgres)
  })
}

async function floodServer(server: Running, plan: Plan): Promise<Row[]> {
  for (let index = 0; index < floodClients; index += 1) await registerUser(server.address, floodName(index))
  await registerUser(server.address, 'bystander')
  const rates = { ours: [] as number[], alone: [] as number[] }
  for (let round = 0; round < plan.rounds; round += 1) {
    rates.alone.push(await hashesPerSecond(plan.milliseconds))
    rates.ours.push(await flood(server, plan.milliseconds))
  }
  const latencies = await protectedLatency(server, plan.probes)
  await server.stop()
  remove(server.data)
  return rows(plan, rates, latencies)
}

function rows(
  { where }: Plan,
  { ours, alone }: { ours: number[]; alone: number[] },
  { rest, flooded }: { rest: number[]; flooded: number[] },
): Row[] {
  const p99 = (values: number[]) => quantile(values, 0.99)
  return [
    {
      what: `login, ${floodClients} clients${where}`,
      measured: perSecond(median(ours)),
      limit: `argon2id alone, ${availableParallelism()} cores ${perSecond(median(alone))}`,
      value: median(ours.map((rate, round) => rate / (alone[round] ?? 1))),
      bar: atLeast(0.9),
    },
    {
      what: `protected p99 while ${floodClients} clients log in${where}`,
      measured: toldLatencies(flooded),
      limit: `at rest ${toldLatencies(rest)}`,
      value: p99(flooded) / p99(rest),
      bar: under(3, ' x'),
    },
    {
      what: '  the same in milliseconds',
      measured: `${p99(flooded).toFixed(2)} ms`,
      limit: '',
      value: p99(flooded),
      bar: under(100, ' ms'),
    },
  ]
}

async function hashesPerSecond(milliseconds: number): Promise<number> {
  const from = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      while (performance.now() - from < milliseconds) {
        await hashArgon2id(password, parameters)
        done += 1
      }
    }),
  )
  return done / ((performance.now() - from) / 1000)
}

/** The flood comes from a process of its own, so that it does not hold up what is measured beside it. */
function flood({ address }: Running, length: number): Promise<number> {
  const child = fork(join(import.meta.dirname, 'flood.ts'), [address, String(floodClients), String(length)])
  return new Promise((resolve, reject) => {
    child.once('message', (rate) => resolve(Number(rate)))
    child.once('exit', (code) => reject(new Error(`the flood ended with ${code}`)))
  })
}

const probeEveryMs = 5
/** The start of the flood's own process must not be taken for the flood. */
const floodStartMs = 2_000
/** They take turns, at rest as in the flood, so that both meet connections that were idle for a while. */
const bystanders = 64

/** A request every 5 ms, whatever became of the last one. */
async function protectedLatency(
  server: Running,
  probes: number,
): Promise<{ rest: number[]; flooded: number[] }> {
  const [pair] = await openSessions(server.address, 'bystander', 1)
  const request = getRequest('/api/protected/', pair?.access ?? '')
  const rest = await probe(server.address, request, probes)
  const flooding = flood(server, floodStartMs + probes * probeEveryMs)
  await new Promise((resolve) => setTimeout(resolve, floodStartMs))
  const flooded = await probe(server.address, request, probes)
  await flooding
  return { rest, flooded }
}

async function probe(address: string, request: string, probes: number): Promise<number[]> {
  const clients = await Promise.all(Array.from({ length: bystanders }, () => openClient(address)))
  const latencies: number[] = []
  const from = performance.now()
  const asked: Promise<void>[] = []
  for (let index = 0; index < probes; index += 1) {
    const wait = from + index * probeEveryMs - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    asked.push(askOnce(index))
  }
  await Promise.all(asked)
  for (const client of clients) client.close()
  return latencies

  async function askOnce(index: number): Promise<void> {
    const sent = performance.now()
    const client = clients[index % bystanders]
    if (client) expectStatus(await client.ask(request), 200)
    latencies.push(performance.now() - sent)
  }
}
