import type { Store } from '../../store/store.ts'

const batchSize = 500

/**
 * Deletes events that are older than the trail goes back, a small batch a call, from the beginning of the chain.
 * @param retentionMs 0 keeps all
 * @returns a function that deletes one batch and says how many went, and whether more may be due
 */
export function createRetention(store: Pick<Store, 'deleteOldEvents'>, retentionMs: number) {
  return async (now: number): Promise<{ deleted: number; atEnd: boolean }> => {
    if (retentionMs === 0) return { deleted: 0, atEnd: true }
    const deleted = await store.deleteOldEvents({ before: now - retentionMs, limit: batchSize })
    return { deleted, atEnd: deleted < batchSize }
  }
}
