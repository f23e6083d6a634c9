import type { Store } from '../store/store.ts'

const batchSize = 200

/**
 * Deletes sessions that are over for good, a small batch a call, walking through the table and starting again at its
 * end. A revoked one stays as long as its access tokens could live.
 * @param memoryMs as long as a revocation must be remembered
 * @returns a function that deletes one batch and says how many rows went
 */
export function createCleanup(store: Pick<Store, 'deleteEndedSessions'>, memoryMs: number) {
  let after = ''
  return async (now: number): Promise<{ deleted: number; atEnd: boolean }> => {
    const { deleted, next } = await store.deleteEndedSessions({
      after,
      limit: batchSize,
      expiredBefore: now - memoryMs,
      revokedBefore: now - memoryMs,
    })
    after = next ?? ''
    return { deleted, atEnd: next === undefined }
  }
}
