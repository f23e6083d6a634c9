import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDeployment } from '../../packages/server/src/app/deployment.ts'
import { systemClock } from '../../packages/server/src/clock.ts'
import { loadConfig } from '../../packages/server/src/config/config.ts'
import { newId } from '../../packages/server/src/ids.ts'
import { issuePair } from '../../packages/server/src/sessions/issue.ts'
import { runBatch } from '../../packages/server/src/store/sqlite/batch.ts'
import { type Connection, openConnection } from '../../packages/server/src/store/sqlite/connection.ts'
import { closedLoop, expectStatus, median, openClient, postRequest, quantile } from './load.ts'
import { benchSecret, remove, startServer } from './processes.ts'
import { atLeast, perSecond, type Row } from './table.ts'
import { openSessions, type Pair, registerUser } from './users.ts'

const rounds = 5
const milliseconds = 2_000
const clients = 32

/** Durable rotations over HTTP against the same statement and the same two signatures without anything around them. */
export async function durableRefresh(): Promise<Row[]> {
  const server = await startServer()
  await registerUser(server.address, 'alice')
  const pairs = await openSessions(server.address, 'alice', clients)
  const bare = await openBareLoop()
  const rates = { ours: [] as number[], single: [] as number[], grouped: [] as number[] }
  await refreshLoop(server.address, pairs, 500)
  for (let round = 0; round < rounds; round += 1) {
    rates.single.push(await bare.run(1))
    rates.grouped.push(await bare.run(clients))
    rates.ours.push(await refreshLoop(server.address, pairs, milliseconds))
  }
  const latencies = await oneClient(server.address, pairs)
  await server.stop()
  await bare.close()
  remove(server.data)
  return rows(rates, latencies)
}

interface Rates {
  ours: number[]
  single: number[]
  grouped: number[]
}

function rows({ ours, single, grouped }: Rates, latencies: number[]): Row[] {
  const ratio = (limit: number[]) => median(ours.map((rate, round) => rate / (limit[round] ?? 1)))
  return [
    {
      what: `durable refresh, ${clients} clients`,
      measured: perSecond(median(ours)),
      limit: `bare loop, a commit each ${perSecond(median(single))}`,
      value: ratio(single),
      bar: atLeast(0.5),
    },
    {
      what: '  the same against shared commits',
      measured: perSecond(median(ours)),
      limit: `bare loop, a commit for ${clients} ${perSecond(median(grouped))}`,
      value: ratio(grouped),
      bar: undefined,
    },
    {
      what: 'durable refresh, one client',
      measured: `p50 ${median(latencies).toFixed(2)} ms, p99 ${quantile(latencies, 0.99).toFixed(2)} ms`,
      limit: `bare loop ${(1000 / median(single)).toFixed(2)} ms`,
      value: 1000 / median(single) / median(latencies),
      bar: undefined,
    },
  ]
}

function refreshLoop(address: string, pairs: Pair[], length: number): Promise<number> {
  return closedLoop({
    address,
    clients: pairs.length,
    milliseconds: length,
    async step(client, index) {
      const reply = await client.ask(postRequest('/api/token/refresh/', { refresh: pairs[index]?.refresh }))
      pairs[index] = JSON.parse(expectStatus(reply, 200).body) as Pair
    },
  })
}

async function oneClient(address: string, [first]: Pair[]): Promise<number[]> {
  const client = await openClient(address)
  const latencies: number[] = []
  let refresh = first?.refresh
  for (let step = 0; step < 1_000; step += 1) {
    const from = performance.now()
    const reply = expectStatus(await client.ask(postRequest('/api/token/refresh/', { refresh })), 200)
    latencies.push(performance.now() - from)
    refresh = (JSON.parse(reply.body) as Pair).refresh
  }
  client.close()
  return latencies
}

/** The rotation statement on a file of its own, the pair signed after each, in one thread. */
async function openBareLoop() {
  const data = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  const config = loadConfig({
    mode: 'tool',
    env: {
      COUNTERSIGN_DATA: data,
      COUNTERSIGN_SECRET: benchSecret,
      COUNTERSIGN_ISSUER: 'http://127.0.0.1:8000',
    },
  })
  const deployment = await openDeployment(config, { clock: systemClock, audit: { record: () => undefined } })
  const db = openConnection(join(data, 'countersign.db'))
  const sessions = seedSessions(db)
  const generations = new Map(sessions.map((id) => [id, 0]))
  return {
    /** rotations per second with that many in a commit */
    async run(perCommit: number): Promise<number> {
      const from = performance.now()
      let done = 0
      while (performance.now() - from < milliseconds) {
        const now = systemClock()
        const group = Array.from(
          { length: perCommit },
          (_, index) => sessions[(done + index) % sessions.length] ?? '',
        )
        const commands = group.map((sessionId) => {
          const input = {
            sessionId,
            generation: generations.get(sessionId) ?? 0,
            now,
            expiresAt: now + 1e9,
            idempotencyDigest: null,
          }
          return { verb: 'rotateSession' as const, input }
        })
        runBatch(db, commands)
        for (const id of group) {
          const generation = (generations.get(id) ?? 0) + 1
          generations.set(id, generation)
          issuePair(
            deployment,
            { id, user_id: 'bench', generation, rotated_at: now, expires_at: now + 1e9 },
            'bench',
            now,
          )
        }
        done += perCommit
      }
      return done / ((performance.now() - from) / 1000)
    },
    async close() {
      db.close()
      await deployment.store.close()
      remove(data)
    },
  }
}

function seedSessions(db: Connection): string[] {
  const now = systemClock()
  const user = {
    id: newId(now),
    username: 'bench',
    username_canonical: 'bench',
    email: '',
    email_canonical: null,
    password_hash: 'none',
    is_active: 1,
    is_staff: 0,
    is_superuser: 0,
    created_at: now,
  }
  const sessions = Array.from({ length: clients }, () => newId(now))
  const open = sessions.map((id) => ({
    verb: 'openSession' as const,
    input: {
      session: {
        id,
        user_id: user.id,
        created_at: now,
        expires_at: now + 1e9,
        ends_at: now + 2e9,
        device: '',
        address: '',
      },
      passwordHash: 'none',
      maxSessionsPerUser: 1000,
    },
  }))
  const results = runBatch(db, [{ verb: 'createUser', input: user }, ...open])
  if (!results.every((result) => result.ok)) throw new Error(JSON.stringify(results))
  return sessions
}
