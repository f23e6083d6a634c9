import { createHash } from 'node:crypto'

/** A strong entity tag for these bytes. */
export function entityTag(text: string | Buffer): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
}

/**
 * Whether the client has what this tag names already. Weakly compared: a proxy that compresses an answer marks its
 * tag as weak.
 * @param presented the `If-None-Match` header
 * @see RFC 9110 section 13.1.2
 */
export function isKnown(etag: string, presented: string | undefined): boolean {
  const tags = presented?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? []
  return tags.some((tag) => tag === etag || tag === '*')
}
