import type { Revocation, RevocationReason } from '../../store/port/sessions.ts'

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
  /** how many sessions this process has ever learnt of; only grows */
  learnt(): number
  /** the sessions it has learnt of after the first so many, without those that are forgotten */
  learntAfter(count: number): string[]
  /** when the latest of those that are not forgotten was revoked, epoch milliseconds; 0 where there are none */
  newestAt(): number
  /** those revoked after this instant, epoch milliseconds */
  revokedAfter(instant: number): string[]
  /** hears of what is new, once each time */
  onChange(listener: () => void): () => void
  /** forgets what no live access token can belong to */
  prune(now: number): void
  size(): number
}

/** @param memoryMs lifetime of an access token, with a margin for clocks that differ */
export function createRevokedSessions(memoryMs: number): RevokedSessions {
  /** in the order in which they were learnt */
  const entries = new Map<string, Revocation & { number: number }>()
  const listeners = new Set<() => void>()
  let learnt = 0

  function learn(revocations: readonly Revocation[]): void {
    const before = learnt
    for (const revocation of revocations) {
      const known = entries.get(revocation.sessionId)
      if (!known) learnt += 1
      entries.set(revocation.sessionId, { ...revocation, number: known?.number ?? learnt })
    }
    if (learnt > before) for (const listener of listeners) listener()
  }

  return {
    add: (sessionIds, reason, revokedAt) =>
      learn(sessionIds.map((sessionId) => ({ sessionId, reason, revokedAt }))),
    merge: learn,
    reasonOf: (sessionId) => entries.get(sessionId)?.reason,
    learnt: () => learnt,
    learntAfter: (count) =>
      [...entries.values()].filter(({ number }) => number > count).map(({ sessionId }) => sessionId),
    newestAt() {
      let newest = 0
      for (const { revokedAt } of entries.values()) newest = Math.max(newest, revokedAt)
      return newest
    },
    revokedAfter: (instant) =>
      [...entries.values()].filter(({ revokedAt }) => revokedAt > instant).map(({ sessionId }) => sessionId),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    prune(now) {
      for (const [sessionId, { revokedAt }] of entries) {
        if (revokedAt + memoryMs < now) entries.delete(sessionId)
      }
    },
    size: () => entries.size,
  }
}
