import type { IncomingMessage } from 'node:http'
import { AuthError } from '../errors.ts'
import { fileType, unsupportedMediaType } from './bodies/body.ts'
import type { AnyRoute } from './route.ts'

/** Headers that may come once: a second one could be read differently by a proxy in front of us. */
const single = new Set(['authorization', 'host', 'content-type', 'content-length', 'idempotency-key'])

/**
 * @throws AuthError `bad_request` where one of those headers was sent twice, where there is no Host (RFC 9112 section
 * 3.2), and for HTTP/0.9, whose requests end where others read on
 */
export function refuseUnclearHeaders({ rawHeaders, httpVersion }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    throw new AuthError('bad_request', { detail: 'HTTP/1.1 is spoken here.' })
  }
  const seen: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (!single.has(name)) continue
    if (seen.includes(name)) {
      throw new AuthError('bad_request', { detail: `The header ${name} was sent more than once.` })
    }
    seen.push(name)
  }
  if (httpVersion === '1.1' && !seen.includes('host')) {
    throw new AuthError('bad_request', { detail: 'The header host is missing.' })
  }
}

interface Asked {
  query: unknown
  headers: { accept?: string | undefined }
}

/** @throws AuthError `not_acceptable` where the client takes no JSON, `not_found` for a `?format=` that is not JSON */
export function negotiate({ query, headers: { accept } }: Asked): void {
  const { format } = query as { format?: unknown }
  if (format !== undefined && format !== '' && format !== 'json') throw new AuthError('not_found')
  if (accept === undefined || accept.trim() === '') return
  // A browser's own page loads say text/html; it gets JSON, which it shows.
  if (!/\*\/\*|application\/(json|\*)|text\/(html|\*)/i.test(accept)) throw new AuthError('not_acceptable')
}

/**
 * A route of the problem dialect takes JSON, or a file where it asks for one, and nothing that a form of another site
 * could send.
 * @throws AuthError `unsupported_media_type`
 */
export function refuseOtherTypes(
  { dialect, takesFile }: Pick<AnyRoute, 'dialect' | 'takesFile'>,
  contentType: string | undefined,
): void {
  if (dialect !== 'problem' || contentType === undefined) return
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType !== (takesFile ? fileType : 'application/json')) throw unsupportedMediaType(contentType)
}

/** @throws AuthError `unsupported_media_type` for a compressed body, which could be small here and huge inside */
export function refuseEncodedBody(encoding: string | undefined): void {
  if (encoding === undefined || encoding === 'identity') return
  throw new AuthError('unsupported_media_type', {
    detail: `Unsupported content encoding ${JSON.stringify(encoding)} in request.`,
  })
}
