import type { Revocation, RevocationReason } from '../../store/store.ts'

/**
 * The sessions revoked within the last access-token lifetime: what our own routes ask before they believe an access
 * token, without a database read. Bounded by construction: an entry older than that guards nothing, since every token
 * of its session has expired.
 */
export interface RevokedSessions {
  /** called by whoever ended a session, before the answer goes out */
  add(sessionIds: readonly string[], reason: RevocationReason, revokedAt: number): void
  /** what other processes ended; entries seen before are welcome */
  merge(revocations: readonly Revocation[]): void
  reasonOf(sessionId: string): RevocationReason | undefined
  /** forgets what no live access token can belong to */
  prune(now: number): void
  size(): number
}

/** @param memoryMs lifetime of an access token, with a margin for clocks that differ */
export function createRevokedSessions(memoryMs: number): RevokedSessions {
  const entries = new Map<string, Revocation>()
  return {
    add(sessionIds, reason, revokedAt) {
      for (const sessionId of sessionIds) entries.set(sessionId, { sessionId, reason, revokedAt })
    },
    merge(revocations) {
      for (const revocation of revocations) entries.set(revocation.sessionId, revocation)
    },
    reasonOf: (sessionId) => entries.get(sessionId)?.reason,
    prune(now) {
      for (const [sessionId, { revokedAt }] of entries) {
        if (revokedAt + memoryMs < now) entries.delete(sessionId)
      }
    },
    size: () => entries.size,
  }
}
