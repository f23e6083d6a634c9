import { join } from 'node:path'
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
const barMs = 50

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
    return await measure('embedded', await startServer(data))
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
      return await measure('PostgreSQL', server)
    } finally {
      remove(server.data)
    }
  })
}

async function measure(store: string, server: Running): Promise<Row[]> {
  const client = await openClient(server.address)
  try {
    const cookie = await signIn(server.address)
    const questions = await questionsFor(client, cookie, users)
    const atRest = await askInRounds(client, cookie, questions)
    const busy = await whileRefreshing(server.address, () => askInRounds(client, cookie, questions))
    return questions.map((question) => row(store, question, { atRest, busy }))
  } finally {
    client.close()
    await server.stop()
  }
}

/** The latencies of each round, by the question. */
type Rounds = ReadonlyMap<Question, number[][]>

async function askInRounds(client: Client, cookie: string, questions: readonly Question[]): Promise<Rounds> {
  const asked = new Map<Question, number[][]>(questions.map((question) => [question, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const [question, latencies] of asked) latencies.push(await ask(client, cookie, question))
  return asked
}

function row(store: string, question: Question, { atRest, busy }: Record<'atRest' | 'busy', Rounds>): Row {
  const of = (all: Rounds, q: number) => median((all.get(question) ?? []).map((one) => quantile(one, q)))
  const told = (all: Rounds) => `p50 ${of(all, 0.5).toFixed(1)} ms, p99 ${of(all, 0.99).toFixed(1)} ms`
  return {
    what: `${question.name}, ${store}`,
    measured: told(atRest),
    limit: `with ${refreshesPerSecond} refreshes/s ${told(busy)}`,
    value: of(atRest, 0.99),
    bar: under(barMs, ' ms'),
  }
}

async function ask(client: Client, cookie: string, { path }: Question): Promise<number[]> {
  const lanes: Lanes = {
    count: 1,
    step: async () => void expectStatus(await client.ask(adminRequest(path(), cookie)), 200),
  }
  await inTurn(lanes, warmUp)
  return inTurn(lanes, times)
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
