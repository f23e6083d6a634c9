import type { Deployment } from '../app.ts'
import { maintainKeys } from '../tokens/key-schedule.ts'
import { createLease, type Lease } from './lease.ts'
import { repeat } from './repeat.ts'

/** Half of the second within which a revocation reaches every process. */
const followEveryMs = 500
const clockEveryMs = 5_000
const keysEveryMs = 30_000
const cleanUpEveryMs = 1_000
/** how long the table rests once it was walked through */
const cleanUpRestMs = 60_000

/**
 * What a serving process does beside answering. Each follows what others change, and the common clock; one of all that
 * share a database keeps the keys to their schedule, and one deletes sessions that are over.
 * @returns a function that stops it, waits for what is under way, and leaves the work to others
 */
export function startBackground(deployment: Deployment): () => Promise<void> {
  const { audit, clock, keyDeps, keyRing, followRevoked, store, syncClock } = deployment
  const [keys, cleaning] = [
    createLease(store, { name: 'keys', clock }),
    createLease(store, { name: 'cleanup', clock }),
  ]
  keyRing.onChange(() => audit.record('key.changed', signingKid(keyRing)))
  const jobs = [
    repeat(audit, followEveryMs, async () => {
      await followRevoked(clock())
      await keyRing.reload()
    }),
    repeat(audit, keysEveryMs, async () => {
      if (await keys.isHeld()) await maintainKeys(keyDeps, clock())
    }),
    repeat(audit, cleanUpEveryMs, cleaner(deployment, cleaning)),
    ...(syncClock ? [repeat(audit, clockEveryMs, syncClock)] : []),
  ]
  return async () => {
    await Promise.all(jobs.map((stop) => stop()))
    // A database that is away takes no lease back; there it expires.
    await Promise.allSettled([keys.release(), cleaning.release()])
  }
}

function cleaner({ audit, clock, cleanUp, metrics }: Deployment, lease: Lease): () => Promise<void> {
  let restUntil = 0
  return async () => {
    if (clock() < restUntil || !(await lease.isHeld())) return
    const { deleted, atEnd, live } = await cleanUp(clock())
    if (deleted > 0) audit.record('session.cleaned', { count: deleted })
    metrics?.activeSessions(live)
    if (atEnd) restUntil = clock() + cleanUpRestMs
  }
}

function signingKid(keyRing: Deployment['keyRing']): { kid?: string } {
  const current = keyRing.rows().find(({ state }) => state === 'current')
  return current ? { kid: current.kid } : {}
}
