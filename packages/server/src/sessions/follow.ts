import type { Store } from '../store/store.ts'
import type { RevokedSessions } from './revoked.ts'

/** Rows committed late, or under a clock that runs behind, are still found on the next reading. */
const overlapMs = 60_000

/**
 * Reads what other processes revoked since this one last looked; the first reading covers a whole memory.
 * @returns a function that brings the set up to date
 */
export function followRevocations(
  store: Pick<Store, 'listRevocations'>,
  revoked: RevokedSessions,
  memoryMs: number,
) {
  let readTo: number | undefined
  return async (now: number): Promise<void> => {
    const since = readTo === undefined ? now - memoryMs : readTo - overlapMs
    revoked.merge(await store.listRevocations(since))
    revoked.prune(now)
    readTo = now
  }
}
