import { type Audit, type EventFields, type EventName, requestFields } from '../audit/events.ts'
import type { Admin } from './entry/entry.ts'

/** Tells what an administrator did: who, from where, in which request. */
export function recordAct(
  audit: Audit,
  { user, origin }: Admin,
  event: EventName,
  fields: EventFields,
): void {
  audit.record(event, { ...requestFields(origin), actor: user.id, ...fields })
}

/** An instant in an answer. */
export function instantOrNull(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString()
}
