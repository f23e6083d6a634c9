import { STATUS_CODES } from 'node:http'
import { AuthError, type ErrorCode, errors } from '../../errors.ts'

export const problemType = 'application/problem+json'

/** A refusal as the API for administrators tells it. */
interface Problem {
  type: 'about:blank'
  /** of the status */
  title: string
  status: number
  /** for a person */
  detail: string
  /** in the table of errors; for a program */
  code: ErrorCode
  /** under which the log and the trail tell more */
  request_id: string
  /** of a body: which member is wrong, as a JSON pointer, and why */
  errors?: readonly { pointer: string; detail: string }[]
}

/** @see RFC 9457 */
export function problemOf(thrown: unknown, requestId: string): Problem {
  const { code, message, details } = thrown instanceof AuthError ? thrown : new AuthError('internal')
  const { status } = errors[code]
  const faults = Object.entries(details.fields ?? {}).flatMap(([name, messages]) =>
    messages.map((detail) => ({ pointer: name === 'non_field_errors' ? '' : `/${name}`, detail })),
  )
  return {
    ...{ type: 'about:blank', title: STATUS_CODES[status] ?? '', status, detail: message, code },
    request_id: requestId,
    ...(faults.length > 0 && { errors: faults }),
  }
}

/** How the API's description tells of it. */
export const problemContent = {
  [problemType]: {
    schema: {
      type: 'object',
      properties: {
        type: { type: 'string' },
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        code: { type: 'string' },
        request_id: { type: 'string' },
        errors: {
          type: 'array',
          items: {
            type: 'object',
            properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
            required: ['pointer', 'detail'],
          },
        },
      },
      required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
    },
  },
}
