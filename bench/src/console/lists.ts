import { join } from 'node:path'
import { familyMicroseconds } from '../cpu.ts'
import { type Client, expectStatus, median, openClient, quantile, withLanes } from '../load.ts'
import { arrive, inTurn, type Lanes } from '../loops.ts'
import { withPostgres } from '../postgres/cluster.ts'
import { type Running, remove, startServer, temporaryFolder } from '../processes.ts'
import { openRefreshers } from '../refreshers.ts'
import { fillPostgres, fillSqlite } from '../seeds.ts'
import { type Row, under } from '../table.ts'
import { adminRequest, ownerHash, signIn } from './administrator.ts'
import { type Question, questionsFor } from './questions.ts'
import { crowd } from './seeds.ts'

const users = 1_000_000
const sessions = 100_000
const events = 200_000
/** Each question so often in a round; the rounds' median lets nobody be judged by what else the machine did for a moment. */
const times = 100
const rounds = 5
const warmUp = 10
const refreshesPerSecond = 50
/** Of processor time, which stays the same however busy the machine is; what a user waits for is told beside it. */
const barMs = 15

/** How long the lists of the console take with a million users, on both stores, at rest and while sessions refresh. */
export async function lists(): Promise<Row[]> {
  const fill = crowd({ users, sessions, events, ownerHash: await ownerHash() })
  return [...(await onSqlite(fill)), ...(await onPostgres(fill))]
}

type Fill = ReturnType<typeof crowd>

async function onSqlite(fill: Fill): Promise<Row[]> {
  const data = temporaryFolder()
  try {
    await fillSqlite(join(data, 'countersign.db'), fill)
    const server = await startServer(data)
    return await measure('embedded', server, () => familyMicroseconds(server.pid))
  } finally {
    remove(data)
  }
}

function onPostgres(fill: Fill): Promise<Row[]> {
  return withPostgres(async (postgres) => {
    const database = await postgres.createDatabase('lists')
    await fillPostgres(database, fill)
    const server = await startServer(undefined, { DATABASE_URL: database.url })
    try {
      const both = () => familyMicroseconds(server.pid) + familyMicroseconds(postgres.pid)
      return await measure('PostgreSQL', server, both)
    } finally {
      remove(server.data)
    }
  })
}

/** @param spent processor time of all that answers, in microseconds */
async function measure(store: string, server: Running, spent: () => number): Promise<Row[]> {
  const client = await openClient(server.address)
  try {
    const cookie = await signIn(server.address)
    const questions = await questionsFor(client, cookie, users)
    const ask = (question: Question) => askOften(client, adminQuestion(question, cookie), spent)
    const atRest = await inRounds(questions, ask)
    const busy = await whileRefreshing(server.address, () => inRounds(questions, ask))
    return questions.map((question) => row(store, question, { atRest, busy }))
  } finally {
    client.close()
    await server.stop()
  }
}

/** What one round saw of one question. */
interface Seen {
  /** milliseconds */
  latencies: number[]
  /** milliseconds of processor time for each answer; of a server that does other things too it says nothing */
  cost: number
}

type Rounds = ReadonlyMap<Question, Seen[]>

async function inRounds(
  questions: readonly Question[],
  ask: (question: Question) => Promise<Seen>,
): Promise<Rounds> {
  const asked = new Map<Question, Seen[]>(questions.map((question) => [question, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const [question, seen] of asked) seen.push(await ask(question))
  return asked
}

function row(store: string, question: Question, { atRest, busy }: Record<'atRest' | 'busy', Rounds>): Row {
  const of = (all: Rounds, tell: (seen: Seen) => number) => median((all.get(question) ?? []).map(tell))
  const p = (q: number) => (seen: Seen) => quantile(seen.latencies, q)
  const cost = of(atRest, (seen) => seen.cost)
  const told = (all: Rounds) => `p50 ${of(all, p(0.5)).toFixed(1)} ms, p99 ${of(all, p(0.99)).toFixed(1)} ms`
  return {
    what: `${question.name}, ${store}`,
    measured: `${cost.toFixed(1)} ms of processor, ${told(atRest)}`,
    limit: `with ${refreshesPerSecond} refreshes/s ${told(busy)}`,
    value: cost,
    bar: under(barMs, ' ms'),
  }
}

function adminQuestion({ path }: Question, cookie: string): () => string {
  return () => adminRequest(path(), cookie)
}

async function askOften(client: Client, ask: () => string, spent: () => number): Promise<Seen> {
  const step = async () => void expectStatus(await client.ask(ask()), 200)
  const lanes: Lanes = { count: 1, step }
  await inTurn(lanes, warmUp)
  const before = spent()
  const latencies = await inTurn(lanes, times)
  return { latencies, cost: (spent() - before) / times / 1000 }
}

/** Sessions refresh all the while, at random instants. */
async function whileRefreshing<T>(address: string, work: () => Promise<T>): Promise<T> {
  const refreshers = openRefreshers(sessions, 8)
  let isOver = false
  return withLanes({ address, clients: refreshers.clients, step: refreshers.step }, async (lanes) => {
    const refreshing = (async () => {
      while (!isOver) await arrive(lanes, { perSecond: refreshesPerSecond, milliseconds: 500 })
    })()
    try {
      return await work()
    } finally {
      isOver = true
      await refreshing
    }
  })
}
