import type { Deployment } from '../app/deployment.ts'
import { maintainKeys } from '../tokens/key-schedule.ts'
import { createLease, type Lease } from './lease.ts'
import { startMail } from './mail.ts'
import { repeat } from './repeat.ts'
import { startWebhooks } from './webhooks.ts'

/** Half of the second within which a revocation reaches every process. */
const followEveryMs = 500
const clockEveryMs = 5_000
const keysEveryMs = 30_000
const cleanUpEveryMs = 1_000
/** how long the table rests once it was walked through */
const cleanUpRestMs = 60_000
const limitsEveryMs = 1_000
const expiredEveryMs = 1_000
const expiredRestMs = 60_000
const retentionEveryMs = 1_000
const retentionRestMs = 600_000

/** rows that are deleted in one commit */
const staleBatch = 500
const expiredBatch = 500

/** A token that is over for a while stays over, also under a clock that is set back. */
const legacyMarginMs = 3_600_000

/**
 * What a serving process does beside answering. Each follows what others change, and the common clock; one of all that
 * share a database keeps the keys to their schedule, one deletes what is over, one sends mail.
 * @returns a function that stops it, waits for what is under way, and leaves the work to others
 */
export function startBackground(deployment: Deployment): () => Promise<void> {
  const { audit, clock, keyDeps, keyRing, followRevoked, store, syncClock } = deployment
  const [keys, cleaning, retention, mail, telling] = [
    createLease(store, { name: 'keys', clock }),
    createLease(store, { name: 'cleanup', clock }),
    createLease(store, { name: 'retention', clock }),
    createLease(store, { name: 'mail', clock }),
    createLease(store, { name: 'webhooks', clock }),
  ]
  keyRing.onChange(() => audit.record('key.changed', signingKid(keyRing)))
  const jobs = [
    repeat(audit, followEveryMs, async () => {
      await followRevoked(clock())
      await keyRing.reload()
    }),
    repeat(audit, keysEveryMs, async () => {
      if (!(await keys.isHeld())) return
      const outcome = await maintainKeys(keyDeps, clock())
      if (outcome === 'rotated') audit.record('key.rotated', { ...signingKid(keyRing), reason: 'schedule' })
    }),
    repeat(audit, cleanUpEveryMs, cleaner(deployment, cleaning)),
    repeat(audit, limitsEveryMs, limitsCleaner(deployment, cleaning)),
    repeat(
      audit,
      expiredEveryMs,
      expiryCleaner(deployment, cleaning, (now) => store.deleteExpiredSecrets({ now, limit: expiredBatch })),
    ),
    repeat(
      audit,
      expiredEveryMs,
      expiryCleaner(deployment, cleaning, (now) =>
        store.deleteExpiredLegacyTokens({ expiredBefore: now - legacyMarginMs, limit: expiredBatch }),
      ),
    ),
    repeat(audit, retentionEveryMs, trailKeeper(deployment, retention)),
    ...startMail(deployment, mail),
    ...startWebhooks(deployment, telling),
    ...(syncClock ? [repeat(audit, clockEveryMs, syncClock)] : []),
  ]
  return async () => {
    await Promise.all(jobs.map((stop) => stop()))
    // A database that is away takes no lease back; there it expires.
    await Promise.allSettled([keys, cleaning, retention, mail, telling].map((lease) => lease.release()))
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

/** Rows of limits that count no more. In a flood as many may end in a second as begin: all of them are deleted. */
function limitsCleaner({ limits }: Deployment, lease: Lease): () => Promise<void> {
  return async () => {
    if (!(await lease.isHeld())) return
    while ((await limits.deleteStale(staleBatch)) === staleBatch);
  }
}

/** What is good for nothing any more: secrets of mails that nobody has used in time, tokens of another deployment. */
function expiryCleaner(
  { clock }: Deployment,
  lease: Lease,
  remove: (now: number) => Promise<number>,
): () => Promise<void> {
  let restUntil = 0
  return async () => {
    const now = clock()
    if (now < restUntil || !(await lease.isHeld())) return
    if ((await remove(now)) < expiredBatch) restUntil = now + expiredRestMs
  }
}

/** Keeps the trail as long as it is to be kept; what it deleted in one go is one event. */
function trailKeeper({ audit, clock, deleteOldEvents }: Deployment, lease: Lease): () => Promise<void> {
  let restUntil = 0
  let count = 0
  return async () => {
    if (clock() < restUntil || !(await lease.isHeld())) return
    const { deleted, atEnd } = await deleteOldEvents(clock())
    count += deleted
    if (!atEnd) return
    restUntil = clock() + retentionRestMs
    if (count > 0) audit.record('audit.deleted', { count })
    count = 0
  }
}

function signingKid(keyRing: Deployment['keyRing']): { kid?: string } {
  const current = keyRing.rows().find(({ state }) => state === 'current')
  return current ? { kid: current.kid } : {}
}
