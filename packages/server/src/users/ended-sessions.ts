import type { RevocationReason } from '../store/port/sessions.ts'

/** Where it is told which sessions have just ended, before the answer goes out: their access tokens are refused then. */
export interface EndedSessions {
  add(sessionIds: readonly string[], reason: RevocationReason, revokedAt: number): void
}
