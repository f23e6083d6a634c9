import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Store } from '../store/store.ts'

/** After a holder's death the work rests for at most this long, and the third of it until somebody asks again. */
const leaseMs = 60_000
const askEveryMs = leaseMs / 3

/** The right to do a work that one process does for all. */
export interface Lease {
  /** whether it is this process's now; asks the database three times in the lease's time, not at every call */
  isHeld(): Promise<boolean>
  /** gives it back, so that another process need not wait for its end */
  release(): Promise<void>
}

/** Who holds the lease is decided in the database; the work must still be safe when two do it at once for a moment. */
export function createLease(
  store: Pick<Store, 'holdLease' | 'releaseLease'>,
  { name, clock }: { name: string; clock: Clock },
): Lease {
  const holder = newId(clock())
  let held = false
  let askAt = 0
  return {
    async isHeld() {
      const now = clock()
      if (now < askAt) return held
      // Whatever the database says or fails to say: this long nobody else has it, or this long we do without.
      held = false
      held = await store.holdLease({ name, holder, now, expiresAt: now + leaseMs })
      askAt = now + askEveryMs
      return held
    },
    async release() {
      if (held) await store.releaseLease({ name, holder })
      held = false
      askAt = Number.POSITIVE_INFINITY
    },
  }
}
