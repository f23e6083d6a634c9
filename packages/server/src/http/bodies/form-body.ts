import { isUtf8 } from 'node:buffer'
import { AuthError } from '../../errors.ts'

/**
 * Reads an `application/x-www-form-urlencoded` body; any bytes are one. Of a repeated name the last value counts.
 * The record has no prototype, so every name is harmless.
 * Bytes that are not UTF-8 are read as Latin-1, as Django does; percent-encoded ones become U+FFFD.
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function parseFormBody(bytes: Buffer): Record<string, string> {
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
  // URLSearchParams drops one leading question mark, which in a body is part of the first name.
  return lastOfEach(new URLSearchParams(`?${text}`))
}

/**
 * Reads a `multipart/form-data` body. Of a repeated name the last value counts, and a file before a text; the record
 * has no prototype.
 * An uploaded file stays a `File`, which no text field takes for a string. An empty body is an empty record.
 * @param contentType the whole header, with its boundary
 * @throws AuthError `parse_error` if the boundary is missing or the parts are malformed
 * @see RFC 7578
 */
export async function parseMultipartBody(
  bytes: Buffer,
  contentType: string,
): Promise<Record<string, string | File>> {
  if (bytes.length === 0) return lastOfEach([])
  if (!/;\s*boundary=/i.test(contentType)) throw multipartError('Invalid boundary in multipart: None')
  const parts = [...(await readParts(bytes, contentType))]
  const isText = ([, value]: [string, string | File]) => typeof value === 'string'
  return lastOfEach([...parts.filter(isText), ...parts.filter((part) => !isText(part))])
}

async function readParts(bytes: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
  } catch {
    throw multipartError('Malformed multipart body.')
  }
}

function multipartError(fault: string): AuthError {
  return new AuthError('parse_error', { detail: `Multipart form parse error - ${fault}` })
}

function lastOfEach<Value>(pairs: Iterable<[string, Value]>): Record<string, Value> {
  const record: Record<string, Value> = Object.create(null)
  for (const [name, value] of pairs) record[name] = value
  return record
}
