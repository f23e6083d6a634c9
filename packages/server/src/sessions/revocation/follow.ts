import type { Store } from '../../store/store.ts'
import type { RevokedSessions } from './revoked.ts'

/** Rows committed late, or under a clock that runs behind, are still found on the next reading. */
const overlapMs = 60_000

/** Now and then everything is read again: so even a common clock that jumped (another server's) hides nothing for long. */
const wholeEveryMs = 30_000

/** Keeps the set of revoked sessions up to date with what other processes end. */
export interface Following {
  /** Reads what others revoked since this process last looked; the first reading covers a whole memory. */
  catchUp(now: number): Promise<void>
  /** when it last did so and the store answered, epoch milliseconds */
  caughtUpAt(): number
}

/** @param memoryMs as the set has it */
export function followRevocations(
  store: Pick<Store, 'listRevocations'>,
  revoked: RevokedSessions,
  memoryMs: number,
): Following {
  let readTo = Number.NEGATIVE_INFINITY
  let wholeAt = Number.NEGATIVE_INFINITY
  async function catchUp(now: number): Promise<void> {
    const isWhole = Math.abs(now - wholeAt) >= wholeEveryMs
    revoked.merge(await store.listRevocations(isWhole ? now - memoryMs : readTo - overlapMs))
    readTo = now
    if (!isWhole) return
    wholeAt = now
    revoked.prune(now)
  }

  return { catchUp, caughtUpAt: () => readTo }
}
