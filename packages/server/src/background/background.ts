import type { Deployment } from './app.ts'
import { maintainKeys } from './tokens/key-schedule.ts'

/** Half of the second within which a revocation reaches every process. */
const followEveryMs = 500
const keysEveryMs = 30_000
const cleanUpEveryMs = 1_000
/** how long the table rests once it was walked through */
const cleanUpRestMs = 60_000

/**
 * What a serving process does beside answering: follows what other processes change, keeps the keys to their schedule,
 * deletes sessions that are over.
 * @returns a function that stops it and waits for what is under way
 */
export function startBackground(deployment: Deployment): () => Promise<void> {
  const { clock, keyDeps, keyRing, followRevoked, cleanUp } = deployment
  let restUntil = 0
  keyRing.onChange(() => deployment.audit.record('key.changed', signingKid(keyRing)))
  const jobs = [
    repeat(deployment, followEveryMs, async () => {
      await followRevoked(clock())
      await keyRing.reload()
    }),
    repeat(deployment, keysEveryMs, () => maintainKeys(keyDeps, clock())),
    repeat(deployment, cleanUpEveryMs, async () => {
      if (clock() < restUntil) return
      const { deleted, atEnd } = await cleanUp(clock())
      if (deleted > 0) deployment.audit.record('session.cleaned', { count: deleted })
      if (atEnd) restUntil = clock() + cleanUpRestMs
    }),
  ]
  return async () => {
    await Promise.all(jobs.map((stop) => stop()))
  }
}

function signingKid(keyRing: Deployment['keyRing']): { kid?: string } {
  const current = keyRing.rows().find(({ state }) => state === 'current')
  return current ? { kid: current.kid } : {}
}

/** One run at a time; a failure is told once, and again only after a success between. */
function repeat({ audit }: Deployment, everyMs: number, work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let failing = false
  async function run(): Promise<void> {
    try {
      await work()
      failing = false
    } catch (error) {
      if (!failing) audit.record('store.unavailable', { error })
      failing = true
    } finally {
      running = undefined
    }
  }
  const timer = setInterval(() => {
    running ??= run()
  }, everyMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}
