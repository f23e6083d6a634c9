import { createHash, randomBytes } from 'node:crypto'
import { newId } from '../../ids.ts'
import type { NewAuditEvent } from '../../store/port/trail.ts'
import { errorFields } from '../error-fields.ts'
import type { EventFields, EventName } from '../events.ts'

/** An event as it was recorded. */
export interface Recorded {
  event: EventName
  fields: EventFields
  /** epoch milliseconds */
  happenedAt: number
}

/** An event as the table holds it. What is personal stands apart, so that it can be erased without a gap in the chain. */
export function toRow({ event, fields, happenedAt }: Recorded): NewAuditEvent {
  const { request_id, actor, user_id, session_id, code, client_ip, device, error, ...more } = fields
  const { personal_changes: changes, ...rest } = more
  const failure = error === undefined ? undefined : failureOf(error)
  return {
    id: newId(happenedAt),
    happened_at: happenedAt,
    event,
    result: resultOf(event, fields),
    code: code ?? failure?.code ?? null,
    request_id: request_id ?? null,
    actor_id: actor ?? null,
    user_id: user_id ?? null,
    session_id: session_id ?? null,
    details: jsonOf({ ...rest, ...(failure && { error: failure }) }),
    ...sealPersonal(jsonOf({ client_ip, device, changes })),
  }
}

const saltBytes = 16

function sealPersonal(personal: string | null) {
  const salt = personal === null ? null : randomBytes(saltBytes)
  return { personal, personal_salt: salt, personal_digest: digestOfPersonal(personal, salt) }
}

/** What the chain holds of the personal part: nobody can guess an address from it, once salt and text are erased. */
export function digestOfPersonal(personal: string | null, salt: Uint8Array | null): Buffer {
  return createHash('sha256')
    .update(salt ?? '')
    .update(personal ?? '')
    .digest()
}

/** Faults of ours, and a database that is away. */
const failures = ['internal', 'unavailable']

function resultOf(event: EventName, { code, error }: EventFields): 'ok' | 'refused' | 'failed' {
  if (error !== undefined || failures.includes(code ?? '')) return 'failed'
  // A mail that did not get through was refused by others, not by us.
  if (event === 'mail.failed') return 'failed'
  return code === undefined ? 'ok' : 'refused'
}

/** Enough to tell one failure from another; the rest is in the log. */
function failureOf(thrown: unknown) {
  const { type, code, reason } = errorFields(thrown)
  return { type, code, reason }
}

/** @returns null where nothing is left */
function jsonOf(fields: object): string | null {
  const text = JSON.stringify(fields)
  return text === '{}' ? null : text
}
