import type { EventFields } from '../../../audit/events.ts'
import type { AuditRow } from '../../../store/store.ts'
import { tableText } from '../../terminal/table.ts'
import { instantText, isoText } from '../../terminal/times.ts'

/** What is in an event beside its columns. */
export function detailsOf({ details }: Pick<AuditRow, 'details'>): EventFields {
  return JSON.parse(details ?? '{}') as EventFields
}

/** Where it came from, and on what; nothing once that is erased. */
export function personalOf({
  personal,
}: Pick<AuditRow, 'personal'>): Pick<EventFields, 'client_ip' | 'device'> {
  return JSON.parse(personal ?? '{}') as EventFields
}

/** An event as `--json` prints it: everything that the chain is computed from, and the chain. */
export function eventJson(row: AuditRow) {
  return {
    number: row.number,
    id: row.id,
    time: isoText(row.happened_at),
    event: row.event,
    result: row.result,
    code: row.code,
    request_id: row.request_id,
    actor: row.actor_id,
    user_id: row.user_id,
    session_id: row.session_id,
    details: JSON.parse(row.details ?? 'null') as unknown,
    personal: JSON.parse(row.personal ?? 'null') as unknown,
    personal_salt: row.personal_salt && hex(row.personal_salt),
    personal_digest: hex(row.personal_digest),
    chain: hex(row.chain),
  }
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** @param nameOf the user of that id, as an operator knows him */
export function eventsTable(rows: readonly AuditRow[], nameOf: (userId: string) => string): string {
  const cells = rows.map((row) => {
    const { reason, rule, about } = detailsOf(row)
    const why = [reason ?? rule ?? about ?? row.code ?? '-']
    const from = row.actor_id ?? personalOf(row).client_ip ?? '-'
    const who = row.user_id === null ? '-' : nameOf(row.user_id)
    const when = instantText(row.happened_at)
    return [String(row.number), when, row.event, row.result, ...why, who, from, row.request_id ?? '-']
  })
  return tableText([['NUMBER', 'TIME', 'EVENT', 'RESULT', 'WHY', 'USER', 'FROM', 'REQUEST'], ...cells])
}
