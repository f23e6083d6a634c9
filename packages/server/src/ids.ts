import { randomUUID } from 'node:crypto'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * A UUID version 7: 48 bits of the instant, 74 random bits; ids made later sort later.
 * @param now epoch milliseconds
 * @see RFC 9562 section 5.7
 */
export function newId(now: number): string {
  const instant = now.toString(16).padStart(12, '0')
  // A version 4 UUID has the same random bits in the same places, from a pool that spares a system call for each.
  const random = randomUUID()
  return `${instant.slice(0, 8)}-${instant.slice(8)}-7${random.slice(15)}`
}

/** Whether the text is a UUID in its lower-case canonical form. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text)
}
