import type { Store } from '../store/store.ts'

/** A million sessions are walked in a quarter of an hour; a whole batch that must go takes milliseconds. */
const batchSize = 1_000

/**
 * Deletes sessions that are over for good, a small batch a call, walking through the table and starting again at its
 * end. A revoked one stays as long as its access tokens could live.
 * @param memoryMs as long as a revocation must be remembered
 * @returns a function that deletes one batch and says how many rows went, and at the end of a walk how many sessions
 *   were live in all of it
 */
export function createCleanup(store: Pick<Store, 'deleteEndedSessions'>, memoryMs: number) {
  let after = ''
  let seenLive = 0
  return async (now: number): Promise<{ deleted: number; atEnd: boolean; live?: number }> => {
    const { deleted, live, next } = await store.deleteEndedSessions({
      after,
      limit: batchSize,
      now,
      expiredBefore: now - memoryMs,
      revokedBefore: now - memoryMs,
    })
    after = next ?? ''
    seenLive += live
    if (next !== undefined) return { deleted, atEnd: false }
    const walk = { deleted, atEnd: true, live: seenLive }
    seenLive = 0
    return walk
  }
}
