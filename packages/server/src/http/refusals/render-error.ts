import { AuthError, errors } from '../../errors.ts'
import { exhausted } from '../rate-limit.ts'

export interface RenderedError {
  status: number
  headers: Readonly<Record<string, string>>
  body: Readonly<Record<string, unknown>>
}

/**
 * The answer to a refusal, in the shape of Django REST framework. What was not foreseen answers `internal`, with the
 * request id and nothing else of it.
 */
export function renderError(thrown: unknown, requestId: string): RenderedError {
  const error = thrown instanceof AuthError ? thrown : new AuthError('internal')
  const { status } = errors[error.code]
  return { status, headers: headersOf(error, status), body: bodyOf(error, requestId) }
}

function headersOf({ details }: AuthError, status: number): Record<string, string> {
  const retryAfter = details.retryAfterSeconds ?? (status === 503 ? 1 : undefined)
  return {
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="api"' }),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(details.policy && retryAfter && { ratelimit: exhausted(details.policy, retryAfter) }),
  }
}

function bodyOf(error: AuthError, requestId: string): Readonly<Record<string, unknown>> {
  const { code, details, message } = error
  if (details.fields) return details.fields
  const entry = errors[code]
  const body = { detail: message, ...('wireCode' in entry && { code: entry.wireCode }) }
  if (code === 'internal') return { ...body, request_id: requestId }
  if (code !== 'access_token_not_valid') return body
  return { ...body, messages: [{ ...(details.tokenKind ?? accessToken), message: details.message }] }
}

const accessToken = { token_class: 'AccessToken', token_type: 'access' }
