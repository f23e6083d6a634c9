import type { Compared, EventFields } from '../audit/events.ts'
import { detailsOf } from '../audit/trail/event-json.ts'
import type { AuditRow } from '../store/schema.ts'
import { durationText, isoText } from '../times.ts'

/** What the sentences about one event are made of. */
export interface Facts {
  row: AuditRow
  details: EventFields
  /** the user as an operator knows him: by name, or by id once he is gone */
  who: string
  /** whose clock it is by which everything was decided: `the database’s clock` */
  clock: string
}

/** Why it came to this, and what an operator can do. */
export interface Explanation {
  why: string
  todo: string
}

/** @throws Error for an event without them, which no refusal of a refresh is */
export function comparedIn({ details }: Facts): Compared {
  if (details.compared) return details.compared
  throw new Error('the event does not say what was compared')
}

/** When to the millisecond, and by whose clock. */
export function when({ clock }: Facts, at: number): string {
  return `${isoText(at)} by ${clock}`
}

/** How long before the decision something was. */
export function before({ decided_at }: Compared, at: number): string {
  const ms = decided_at - at
  return `${ms < 1_000 ? `${ms} ms` : durationText(ms)} before`
}

/** The facts of a row. */
export function factsOf(row: AuditRow, who: string, clock: string): Facts {
  return { row, details: detailsOf(row), who, clock }
}
