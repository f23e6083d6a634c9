import { timingSafeEqual } from 'node:crypto'

/** Tells whether the password is the stored one. The work runs off the event loop, the comparison in constant time. */
export type PasswordCheck = (password: string) => Promise<boolean>

/**
 * Reads what a stored password says after the name of its format and the first `$`.
 * Answers undefined for text that is malformed or would cost more than the bounds allow, so that a row from an import
 * can neither break a login nor hang the server.
 */
export type FormatReader = (rest: string) => PasswordCheck | undefined

/** Compares two texts in a time that depends on their lengths only. */
export function isSameText(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}
