import { AuthError } from '../errors.ts'
import { printable } from './printable.ts'

/** What a log line holds of an error. */
export interface ErrorFields {
  type: string
  message: string
  /** of the error table, or of the system: `ENOSPC` */
  code?: string
  /** what the client is not told */
  reason?: string
  /** where it was thrown, without the message */
  stack?: string
  cause?: ErrorFields
}

/** Causes of causes beyond this are left out: one of them may be its own cause. */
const maxCauses = 4

/**
 * An error by an allow-list of its members: whatever else hangs on it (a body, fields, a statement's parameters) may be
 * somebody's secret.
 */
export function errorFields(thrown: unknown, depth = 0): ErrorFields {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: safeText(String(thrown)) }
  const reason = thrown instanceof AuthError ? thrown.details.reason : undefined
  return {
    type: thrown.name,
    message: safeText(thrown.message),
    ...('code' in thrown && { code: safeText(String(thrown.code)) }),
    ...(reason !== undefined && { reason: safeText(reason) }),
    ...(thrown.stack !== undefined && { stack: framesOf(thrown.stack) }),
    ...(thrown.cause !== undefined && depth < maxCauses && { cause: errorFields(thrown.cause, depth + 1) }),
  }
}

/** A library may quote the token that it choked on. */
const token = /eyJ[\w-]{8,}(?:\.[\w-]*)*/g

function safeText(text: string): string {
  return printable(text.replace(token, '[token]'))
}

/** The message stands above the frames, and an attacker's line break in it would stand there as a line of its own. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map(safeText)
    .join('\n')
}
