import { AuthError } from '../../errors.ts'
import { parseFormBody, parseMultipartBody } from './form-body.ts'
import { parseJsonBody } from './json-body.ts'

/** Larger bodies answer 413, by their declared length or as soon as they pass it. */
export const maxBodyBytes = 65_536

/** The media types that every POST takes. */
export const mediaTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
] as const

/** The media type of a file, which no form of another site can send. */
export const fileType = 'application/octet-stream'

type BodyParser = (bytes: Buffer, contentType: string) => unknown

const parsers: Readonly<Record<(typeof mediaTypes)[number], BodyParser>> = {
  'application/json': parseJsonBody,
  'application/x-www-form-urlencoded': parseFormBody,
  'multipart/form-data': parseMultipartBody,
}

/**
 * A request's body by its Content-Type; an empty one is no body, whatever its type.
 * @throws AuthError `unsupported_media_type`, `parse_error`
 */
export function parseBody(bytes: Buffer, contentType: string): unknown {
  if (bytes.length === 0) return undefined
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const known = mediaTypes.find((one) => one === mediaType)
  if (!known) throw unsupportedMediaType(contentType)
  return parsers[known](bytes, contentType)
}

/** The refusal of a Content-Type, which it quotes. */
export function unsupportedMediaType(contentType: string): AuthError {
  return new AuthError('unsupported_media_type', {
    detail: `Unsupported media type ${JSON.stringify(contentType)} in request.`,
  })
}
