import type { Store } from '../../store/store.ts'
import type { RevokedSessions } from './revoked.ts'

/** Rows committed late, or under a clock that runs behind, are still found on the next reading. */
const overlapMs = 60_000

/** Now and then everything is read again: so even a common clock that jumped (another server's) hides nothing for long. */
const wholeEveryMs = 30_000

/**
 * Reads what other processes revoked since this one last looked; the first reading covers a whole memory.
 * @returns a function that brings the set up to date
 */
export function followRevocations(
  store: Pick<Store, 'listRevocations'>,
  revoked: RevokedSessions,
  memoryMs: number,
) {
  let readTo = Number.NEGATIVE_INFINITY
  let wholeAt = Number.NEGATIVE_INFINITY
  return async (now: number): Promise<void> => {
    const isWhole = Math.abs(now - wholeAt) >= wholeEveryMs
    revoked.merge(await store.listRevocations(isWhole ? now - memoryMs : readTo - overlapMs))
    readTo = now
    if (!isWhole) return
    wholeAt = now
    revoked.prune(now)
  }
}
