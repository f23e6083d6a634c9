import type { AuditRow } from '../store/schema.ts'
import { version } from '../version.ts'
import { signatureHeaders } from './signature.ts'

/** What is posted of one event: the same bytes under the same id, however often. */
export interface Message {
  id: string
  body: string
}

/** An event as its receivers see it. */
export function messageOf(row: AuditRow): Message {
  const { client_ip, device } = JSON.parse(row.personal ?? '{}') as { client_ip?: string; device?: string }
  const data = {
    number: row.number,
    result: row.result,
    code: row.code,
    request_id: row.request_id,
    actor: row.actor_id,
    user_id: row.user_id,
    session_id: row.session_id,
    client_ip: client_ip ?? null,
    device: device ?? null,
    details: JSON.parse(row.details ?? 'null') as unknown,
  }
  const timestamp = new Date(row.happened_at).toISOString()
  return { id: row.id, body: JSON.stringify({ type: row.event, timestamp, data }) }
}

/** A message that says nothing but that it comes through. */
export function testMessage(id: string, now: number): Message {
  const timestamp = new Date(now).toISOString()
  return { id, body: JSON.stringify({ type: 'webhook.test', timestamp, data: {} }) }
}

/**
 * All headers of a message.
 * @param now epoch milliseconds, when it is sent
 */
export function headersOf(keys: readonly Buffer[], message: Message, now: number): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(message.body)),
    'user-agent': `countersign/${version}`,
    ...signatureHeaders(keys, { ...message, timestamp: Math.floor(now / 1000) }),
  }
}

/** Whether an event is one of those that were asked for. */
export function isWanted(patterns: readonly string[], event: string): boolean {
  return patterns.some(
    (one) => one === '*' || one === event || (one.endsWith('.*') && event.startsWith(one.slice(0, -1))),
  )
}
