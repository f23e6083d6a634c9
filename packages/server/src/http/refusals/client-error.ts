import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { AuthError, type ErrorCode } from '../../errors.ts'
import { commonHeaders } from '../headers.ts'
import type { PathTable } from '../methods.ts'
import { problemOf, problemType } from './problem.ts'
import { renderError } from './render-error.ts'

/** What Node tells of a request that it could not read. */
export interface ClientError {
  code: string
  rawPacket?: unknown
}

const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** Answers a request that never became one (bad framing, unknown method, too slow), then closes its connection. */
export function answerClientError(error: ClientError, socket: Socket, paths: PathTable): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  if (isAnswered(socket)) {
    socket.destroySoon()
    return
  }
  const { refusal, allow, dialect } = refusalOf(error, paths)
  const requestId = randomUUID()
  const { status, body } = renderError(refusal, requestId)
  const isProblem = dialect === 'problem'
  const text = JSON.stringify(isProblem ? problemOf(refusal, requestId) : body)
  const headers = {
    ...commonHeaders(false),
    vary: 'Accept',
    'x-request-id': requestId,
    ...(allow && { allow }),
    'content-type': isProblem ? problemType : 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${text}`)
}

/**
 * Whether an answer is under way already: a second one behind it would be taken for the answer to another request. Node
 * keeps it on the socket, and asks the same before its own refusal.
 */
function isAnswered(socket: Socket & { _httpMessage?: { headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent === true
}

function refusalOf(error: ClientError, paths: PathTable) {
  const unknown = error.code === 'HPE_INVALID_METHOD' ? unknownMethod(error.rawPacket) : undefined
  const entry = unknown && paths.find(unknown.path)
  const dialect = unknown && paths.dialectOf(unknown.path)
  if (entry) return { refusal: methodNotAllowed(unknown.method), allow: entry.allow, dialect }
  return { refusal: new AuthError(codes[error.code] ?? 'bad_request'), dialect }
}

function unknownMethod(packet: unknown): { method: string; path: string } | undefined {
  if (!Buffer.isBuffer(packet)) return undefined
  const line = /^([A-Z]{1,20}) (\/[^\s?]{0,200})\S* HTTP\/1\.[01]\r\n/.exec(packet.toString('latin1', 0, 512))
  return line?.[1] && line[2] ? { method: line[1], path: line[2] } : undefined
}

export function methodNotAllowed(method: string): AuthError {
  return new AuthError('method_not_allowed', { detail: `Method ${JSON.stringify(method)} not allowed.` })
}
