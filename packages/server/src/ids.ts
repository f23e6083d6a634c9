import { randomBytes } from 'node:crypto'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * A UUID version 7: 48 bits of the instant, 74 random bits; ids made later sort later.
 * @param now epoch milliseconds
 * @see RFC 9562 section 5.7
 */
export function newId(now: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Whether the text is a UUID in its lower-case canonical form. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text)
}

/** The smallest id that `newId` can make at this instant: where a walk over "older than" ends. */
export function firstIdAt(now: number): string {
  const hex = Math.max(0, now).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`
}
