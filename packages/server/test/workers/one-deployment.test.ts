import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../postgres/database.ts'
import { eventually, type HttpClient, openClient } from '../races/http-client.ts'
import { spawnWorkers, until, type Workers } from './spawn-workers.ts'

const count = 3

const databases = [
  { on: 'SQLite', open: async () => ({}) },
  {
    on: 'PostgreSQL',
    open: async () => ({ DATABASE_URL: (await createDatabase()).url }),
  },
]

describe.each(databases)('several workers on $on are one deployment', ({ on, open }) => {
  let workers: Workers
  let clients: HttpClient[]
  beforeAll(async () => {
    workers = await spawnWorkers(count, { LOG_LEVEL: 'debug', ...(await open()) })
    // The primary hands out connections in turn: one connection each is one worker each.
    clients = Array.from({ length: count }, () => openClient(workers.address, 1))
    for (const client of clients) await client.get('/livez')
  })
  afterAll(async () => {
    for (const client of clients ?? []) client.close()
    await workers?.stop()
  })

  function client(turn: number): HttpClient {
    const one = clients[turn % count]
    if (!one) throw new Error('there is no client')
    return one
  }

  test('on one port, which the system chose; the greeting and the log say so once', () => {
    expect(workers.events('server.listening')).toHaveLength(1)
    expect(workers.talk).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Countersign \\S+ serves \\S+ on ${workers.address} \\(production, ${on}.*, 3 workers\\)$`,
        ),
      ),
    ])
  })

  test('each takes its share of the connections, and its log lines have its number', async () => {
    const served = () => workers.events('http.request').map(({ worker }) => worker)
    await until(() => served().length >= count)
    expect(served().sort()).toEqual([1, 2, 3])
  })

  test('who registers with one logs in with another, refreshes with a third, and logs out everywhere', async () => {
    for (let turn = 0; turn < count; turn += 1) {
      const name = `alice${turn}`
      expect((await client(turn).register(name)).status).toBe(201)
      const pair = (await client(turn + 1).login(name)).json()
      const next = (await client(turn + 2).refresh(pair)).json()
      for (const one of clients) expect(await one.access(next)).toBe(200)
      expect((await client(turn).logout(next)).status).toBe(200)
      const tookMs = await Promise.all(clients.map((one) => eventually(() => one.access(next), 401)))
      expect((await client(turn + 1).refresh(next)).status).toBe(401)
      console.log(
        `a logout reached every worker within ${Math.round(Math.max(...tookMs))} ms (promised: 1000)`,
      )
    }
  })

  test('S03: one refresh token shown to all at once gets one successor', async () => {
    const pair = await client(0).session('bob')
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, turn) => client(turn).refresh(pair, 'one key')),
    )
    const successors = new Set(replies.map((reply) => reply.json().refresh))
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    expect(successors.size).toBe(1)
  })
})
