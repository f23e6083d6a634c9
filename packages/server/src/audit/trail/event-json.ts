import type { AuditRow } from '../../store/schema.ts'
import { isoText } from '../../times.ts'
import type { Changes, EventFields } from '../events.ts'

/** What is in an event beside its columns. */
export function detailsOf({ details }: Pick<AuditRow, 'details'>): EventFields {
  return JSON.parse(details ?? '{}') as EventFields
}

/** Where it came from, on what, and what names and addresses it changed; nothing once that is erased. */
export function personalOf({
  personal,
}: Pick<AuditRow, 'personal'>): Pick<EventFields, 'client_ip' | 'device' | 'changes'> {
  return JSON.parse(personal ?? '{}') as { client_ip?: string; device?: string; changes?: Changes }
}

/** An event for programs: everything that the chain is computed from, and the chain. */
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
