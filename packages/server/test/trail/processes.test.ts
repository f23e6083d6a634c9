import { describe, expect, onTestFinished, test } from 'vitest'
import { openDeployment } from '../../src/app/deployment.ts'
import { verifyChain } from '../../src/audit/trail/verify.ts'
import { loadConfig } from '../../src/config/config.ts'
import type { AuditRow } from '../../src/store/schema.ts'
import type { Store } from '../../src/store/store.ts'
import { spawnServer, temporaryFolder, testSecret } from '../harness.ts'
import { createDatabase } from '../postgres/database.ts'
import { openClient, type Reply } from '../races/http-client.ts'

const databases = [
  { on: 'SQLite', open: async (data: string) => `sqlite:${data}/countersign.db` },
  { on: 'PostgreSQL', open: async () => (await createDatabase()).url },
]

/** The trail as a third process reads it. */
async function look<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
  const env = { DATABASE_URL: url, COUNTERSIGN_SECRET: testSecret }
  const config = loadConfig({ mode: 'dev', env })
  const { store } = await openDeployment(config, { clock: Date.now, audit: { record: () => undefined } })
  return work(store).finally(() => store.close())
}

async function readAll(store: Store): Promise<AuditRow[]> {
  return store.readEvents({ after: 0, limit: 10_000 })
}

const idOf = (reply: Reply) => String(reply.headers['x-request-id'])

describe.each(databases)('the trail of several processes on $on', ({ open }) => {
  async function start() {
    const data = temporaryFolder()
    const env = { DATABASE_URL: await open(data) }
    const one = await spawnServer({ data, env })
    onTestFinished(() => void one.stop('SIGKILL'))
    const other = await spawnServer({ data, env })
    onTestFinished(() => void other.stop('SIGKILL'))
    const clients = [openClient(one.address), openClient(other.address)] as const
    onTestFinished(() => clients.forEach((client) => void client.close()))
    await clients[0].register('alice')
    return { servers: [one, other] as const, clients, url: env.DATABASE_URL }
  }

  test('is one chain; a stop writes all of it, and what was answered is in it once', async () => {
    const { servers, clients, url } = await start()
    const bodies = Array.from({ length: 60 }, (_, at) => ({ refresh: `made.up.${at}` }))
    const replies = await Promise.all(
      bodies.flatMap((body) => clients.map((client) => client.post('/api/token/refresh/', body))),
    )
    const logins = await Promise.all(clients.flatMap((client) => [1, 2, 3].map(() => client.login('alice'))))
    expect(logins.map(({ status }) => status)).toEqual(Array(6).fill(200))
    await Promise.all(servers.map((server) => server.stop()))
    const { rows, verdict } = await look(url, async (store) => ({
      rows: await readAll(store),
      verdict: await verifyChain(store),
    }))
    expect(verdict).toMatchObject({ outcome: 'whole', first: 1, last: rows.length })
    const kept = rows.map(({ request_id }) => request_id)
    for (const reply of [...replies, ...logins]) {
      expect(
        kept.filter((id) => id === idOf(reply)),
        reply.text,
      ).toHaveLength(1)
    }
  })

  test('after kill -9 it is whole, and what it lacks of what was answered is the very end', async () => {
    const { servers, clients, url } = await start()
    const answered: { at: number; id: string }[] = []
    const [client] = clients
    const killed = servers[0].exited
    let at = 0
    setTimeout(() => void servers[0].stop('SIGKILL'), 700)
    const isOver = killed.then(() => 'over')
    for (;;) {
      const reply = await Promise.race([client.login('alice').catch(() => undefined), isOver])
      if (typeof reply === 'string' || !reply) break
      at = Date.now()
      answered.push({ at, id: idOf(reply) })
    }
    await killed
    const { rows, verdict } = await look(url, async (store) => ({
      rows: await readAll(store),
      verdict: await verifyChain(store),
    }))
    expect(verdict).toMatchObject({ outcome: 'whole' })
    const kept = new Set(rows.map(({ request_id }) => request_id))
    const lost = answered.filter(({ id }) => !kept.has(id))
    expect(answered.length).toBeGreaterThan(0)
    // What is lost is the end of it: nothing that was kept is younger.
    expect(answered.slice(answered.length - lost.length)).toEqual(lost)
    await servers[1].stop()
  })
})
