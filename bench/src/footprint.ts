import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../packages/server/src/clock.ts'
import { newId } from '../../packages/server/src/ids.ts'
import { deviceLabel } from '../../packages/server/src/sessions/device.ts'
import { openSqliteStore } from '../../packages/server/src/store/sqlite/open.ts'
import { median } from './load.ts'
import { remove, residentBytes, startServer, withBuiltProgram } from './processes.ts'
import { type Row, under } from './table.ts'

/** Start to ready on a folder that has been used before, and what the process holds when nobody asks it anything. */
export function startAndIdle(): Promise<Row[]> {
  return withBuiltProgram(startAndIdleOf)
}

async function startAndIdleOf(program: string): Promise<Row[]> {
  const first = await startServer(undefined, {}, program)
  await first.stop()
  const starts: number[] = []
  const memory: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const from = performance.now()
    const server = await startServer(first.data, {}, program)
    starts.push(performance.now() - from)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    memory.push(residentBytes(server.pid))
    await server.stop()
  }
  remove(first.data)
  const megabytes = median(memory) / 1e6
  return [
    {
      what: 'start to ready, embedded, as it is packed',
      measured: `${median(starts).toFixed(0)} ms`,
      limit: '',
      value: median(starts),
      bar: under(1000, ' ms'),
    },
    {
      what: 'idle memory, as it is packed',
      measured: `${megabytes.toFixed(0)} MB resident`,
      limit: '',
      value: megabytes,
      bar: under(120, ' MB'),
    },
  ]
}

const users = 10
const sessionsPerUser = 100
const refreshes = 1_000

const browsers = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
]

/** Bytes on disk for a session, once it has been refreshed 1,000 times, and whether it grew by that. */
export async function sessionSize(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
  const file = join(folder, 'countersign.db')
  const owners = await withStore(file, createUsers)
  const empty = statSync(file).size
  const ids = await withStore(file, (store) => openAll(store, owners))
  const opened = statSync(file).size
  await withStore(file, (store) => refreshAll(store, ids))
  const refreshed = statSync(file).size
  remove(folder)
  const bytes = (refreshed - empty) / ids.length
  return [
    {
      what: `bytes per session after ${refreshes} refreshes of each of ${ids.length}`,
      measured: `${bytes.toFixed(0)} bytes, ${((opened - empty) / ids.length).toFixed(0)} when opened`,
      limit: '',
      value: bytes,
      bar: under(300, ' bytes'),
    },
  ]
}

type Store = Awaited<ReturnType<typeof openSqliteStore>>

/** Closing folds the write-ahead log into the file, so that its size is the whole truth. */
async function withStore<T>(file: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ file, now: systemClock() })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

async function createUsers(store: Store): Promise<string[]> {
  const now = systemClock()
  const ids = Array.from({ length: users }, () => newId(now))
  for (const [index, id] of ids.entries()) {
    const name = `user${index}`
    const names = { username: name, username_canonical: name, email: '', email_canonical: null }
    const flags = { is_active: 1, is_staff: 0, is_superuser: 0 }
    await store.createUser({ id, ...names, ...flags, password_hash: 'none', created_at: now })
  }
  return ids
}

async function openAll(store: Store, owners: string[]): Promise<string[]> {
  const now = systemClock()
  const ids: string[] = []
  for (let round = 0; round < sessionsPerUser; round += 1) {
    for (const [index, user_id] of owners.entries()) {
      const id = newId(now + ids.length)
      const device = deviceLabel(browsers[index % browsers.length] ?? '')
      const session = {
        id,
        user_id,
        created_at: now,
        expires_at: now + 1e9,
        ends_at: now + 1e10,
        device,
        address: '203.0.113.127',
      }
      await store.openSession({ session, passwordHash: 'none', maxSessionsPerUser: 1000 })
      ids.push(id)
    }
  }
  return ids
}

async function refreshAll(store: Store, ids: string[]): Promise<void> {
  const digest = new Uint8Array(16).fill(7)
  for (let generation = 0; generation < refreshes; generation += 1) {
    const now = systemClock()
    await Promise.all(
      ids.map((sessionId) =>
        store.rotateSession({ sessionId, generation, now, expiresAt: now + 1e9, idempotencyDigest: digest }),
      ),
    )
  }
}
