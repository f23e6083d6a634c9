import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'

export interface EvenlyDeps {
  store: Pick<Store, 'countAttempt'>
  clock: Clock
}

/** Some times what the work takes on a machine that is not overloaded. */
const leastMs = 25
const places = 64

/**
 * Waits for work that is done for a known address alone, and beside it for what is the same in both cases: a commit of
 * something that nobody reads, since a commit is what takes most of the time, and a moment that is longer than either.
 */
export async function evenly<Work>({ store, clock }: EvenlyDeps, work: Work): Promise<Awaited<Work>> {
  const step = { key: `decoy:${randomInt(places)}`, burst: Number.MAX_SAFE_INTEGER / 2, intervalMs: 1 }
  const decoy = store.countAttempt({ now: clock(), rates: [step], backoffs: [] })
  const [outcome] = await Promise.all([work, decoy, pause(leastMs)])
  return outcome
}
