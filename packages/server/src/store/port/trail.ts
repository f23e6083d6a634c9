import type { AuditRow, EventCount } from '../schema.ts'

/** An event without its place in the chain. */
export type NewAuditEvent = Omit<AuditRow, 'number' | 'chain'>

/** Events, and what they add to the counts of their hours; the counts only where the events are new. */
export interface AppendEventsInput {
  events: readonly NewAuditEvent[]
  counts?: readonly EventCount[]
}

export interface AuditFilter {
  /** older than this number */
  before?: number | undefined
  /** newer than this number */
  after?: number | undefined
  limit: number
  userId?: string | undefined
  requestId?: string | undefined
  event?: string | undefined
  actorId?: string | undefined
  sessionId?: string | undefined
  result?: string | undefined
}
