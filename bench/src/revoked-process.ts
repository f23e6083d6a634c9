import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../../packages/server/src/clock.ts'
import { followRevocations } from '../../packages/server/src/sessions/revocation/follow.ts'
import {
  createRevokedSessions,
  type RevokedSessions,
} from '../../packages/server/src/sessions/revocation/revoked.ts'
import { openPostgresStore } from '../../packages/server/src/store/postgres/open.ts'
import { openSqliteStore } from '../../packages/server/src/store/sqlite/open.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import { limits, sessionId } from './seeds.ts'

// A process that does nothing but follow revocations, and tells its parent what that costs. Needs --expose-gc.

/** What one process pays for the set of revoked sessions. */
export interface RevokedCosts {
  entries: number
  bytesPerEntry: number
  /** one poll that finds nothing new: milliseconds, all of them on the event loop */
  emptyPollMs: number
}

/** What a poll costs that finds so many revocations. */
export interface PollCosts {
  found: number
  milliseconds: number
  /** the longest that nothing else could run */
  blockedMs: number
}

const memoryMs = 960_000

/** What is asked: `memory COUNT`, `sqlite FILE` or `postgres PORT DATABASE`. */
const [what, where = '', database = ''] = process.argv.slice(2)
process.send?.(what === 'memory' ? await measureMemory(Number(where)) : await measurePoll(await openStore()))
process.disconnect?.()

function openStore(): Promise<Store> {
  const now = systemClock()
  if (what === 'sqlite') return openSqliteStore({ file: where, now })
  const address = { host: '127.0.0.1', port: Number(where), user: 'postgres', database }
  return openPostgresStore({ address, limits, now })
}

async function measureMemory(entries: number): Promise<RevokedCosts> {
  const now = systemClock()
  const before = heapBytes()
  const revoked = createRevokedSessions(memoryMs)
  fill(revoked, entries, now)
  const bytesPerEntry = (heapBytes() - before) / entries
  const { catchUp: follow } = followRevocations({ listRevocations: async () => [] }, revoked, memoryMs)
  await follow(now)
  const from = performance.now()
  const polls = 20
  for (let poll = 0; poll < polls; poll += 1) await follow(now)
  const emptyPollMs = (performance.now() - from) / polls
  return { entries: revoked.size(), bytesPerEntry, emptyPollMs }
}

/** Each text is made anew, as a driver makes it from the bytes of an answer. */
function fill(revoked: RevokedSessions, entries: number, now: number): void {
  const reason = Buffer.from('logout')
  for (let n = 1; n <= entries; n += 1) {
    const text = Buffer.from(sessionId(n)).toString('latin1')
    revoked.merge([{ sessionId: text, reason: reason.toString('latin1') as 'logout', revokedAt: now }])
  }
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** The first poll of a process, which reads all; the connection is there already. */
async function measurePoll(store: Store): Promise<PollCosts> {
  const revoked = createRevokedSessions(memoryMs)
  const { catchUp: follow } = followRevocations(store, revoked, memoryMs)
  const now = systemClock()
  await store.listRevocations(now + memoryMs)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  // What the start cost is forgotten; then the timer that measures must have ticked once.
  await pause(50)
  delay.reset()
  await pause(20)
  const from = performance.now()
  await follow(now)
  const milliseconds = performance.now() - from
  await pause(20)
  delay.disable()
  await store.close()
  return { found: revoked.size(), milliseconds, blockedMs: delay.max / 1e6 }
}
