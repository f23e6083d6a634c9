import { join } from 'node:path'
import { type Client, expectStatus, openClient, quantile, withLanes } from '../load.ts'
import { arrive, inTurn, type Lanes } from '../loops.ts'
import { withPostgres } from '../postgres/cluster.ts'
import { type Running, remove, startServer, temporaryFolder } from '../processes.ts'
import { openRefreshers } from '../refreshers.ts'
import { fillPostgres, fillSqlite } from '../seeds.ts'
import { type Row, toldLatencies, under } from '../table.ts'
import { adminRequest, ownerHash, signIn } from './administrator.ts'
import { type Question, questionsFor } from './questions.ts'
import { crowd } from './seeds.ts'

const users = 1_000_000
const sessions = 100_000
const events = 200_000
const times = 200
const warmUp = 20
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
    const atRest: number[][] = []
    for (const question of questions) atRest.push(await ask(client, cookie, question))
    const loaded = await whileRefreshing(server.address, async () => {
      const all: number[][] = []
      for (const question of questions) all.push(await ask(client, cookie, question))
      return all
    })
    return questions.map(({ name }, index) => {
      const [ours = [], busy = []] = [atRest[index], loaded[index]]
      return {
        what: `${name}, ${store}`,
        measured: toldLatencies(ours),
        limit: `with ${refreshesPerSecond} refreshes/s ${toldLatencies(busy)}`,
        value: quantile(ours, 0.99),
        bar: under(barMs, ' ms'),
      }
    })
  } finally {
    client.close()
    await server.stop()
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
