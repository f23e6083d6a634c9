import { createHash } from 'node:crypto'
import type { NewAuditEvent } from './port/trail.ts'
import type { AuditChainRow, AuditRow } from './schema.ts'

/**
 * The value that ties an event to all before it: SHA-256 of the value before, and of everything in the row but what is
 * personal, of which only the digest is in it. So a row that is changed, put in or taken out is found, and what is
 * personal can be erased.
 * @param before null for the first event
 */
export function chainOf(before: Uint8Array | null, number: number, event: NewAuditEvent): Buffer {
  const {
    id,
    happened_at,
    event: name,
    result,
    code,
    request_id,
    actor_id,
    user_id,
    session_id,
    details,
  } = event
  const fields = [
    number,
    id,
    happened_at,
    name,
    result,
    code,
    request_id,
    actor_id,
    user_id,
    session_id,
    details,
  ]
  const digest = Buffer.from(event.personal_digest).toString('hex')
  return createHash('sha256')
    .update(before ?? '')
    .update(JSON.stringify([...fields, digest]))
    .digest()
}

/** Gives new events their places behind the last one. */
export function chained(
  { last_number, last_chain }: Pick<AuditChainRow, 'last_number' | 'last_chain'>,
  events: readonly NewAuditEvent[],
): AuditRow[] {
  let before = last_chain
  return events.map((event, index) => {
    const number = last_number + index + 1
    before = chainOf(before, number, event)
    return { ...event, number, chain: before }
  })
}

/** The one row. @throws Error where somebody has taken it away: nothing may be appended to a chain without an end */
export function theChain([row]: readonly AuditChainRow[]): AuditChainRow {
  if (!row) throw new Error('the row of audit_chain is gone')
  return row
}

/**
 * Where what may be deleted ends: before the first event that is to be kept, so that the rest is a chain still.
 * @param beginning of the chain, in its order
 * @param instant epoch milliseconds; what happened from then on is kept
 */
export function lastBefore<Row extends Pick<AuditRow, 'happened_at'>>(
  beginning: readonly Row[],
  instant: number,
): Row | undefined {
  const kept = beginning.findIndex(({ happened_at }) => happened_at >= instant)
  return kept === -1 ? beginning.at(-1) : beginning[kept - 1]
}
