import { timingSafeEqual } from 'node:crypto'

/** Tells whether the password is the stored one. The work runs off the event loop, the comparison in constant time. */
export type PasswordCheck = (password: string) => Promise<boolean>

/** A stored password that was understood. */
export interface StoredPassword {
  /** one name for each algorithm, whoever spelled it: `argon2id`, `pbkdf2_sha256`, `wrapped_md5` */
  algorithm: string
  /** what was set when it was made, as people read it: `260000 iterations` */
  cost: string
  /**
   * `sound` is verified as it stands. So is `cheap`, but a thief of the table guesses it quickly. `weak` is not
   * verified: it must be wrapped first.
   */
  standing: 'sound' | 'cheap' | 'weak'
  /** undefined where it is weak, or where the settings lack what it needs */
  check: PasswordCheck | undefined
}

/** What the settings add to what is stored. */
export interface HashKeys {
  /** what Devise put behind every password before it hashed it */
  devisePepper?: string | undefined
}

/**
 * Reads what a stored password says after the name of its format.
 * Answers undefined for text that is malformed or would cost more than the bounds allow, so that a row from an import
 * can neither break a login nor hang the server.
 */
export type FormatReader = (rest: string, keys: HashKeys) => StoredPassword | undefined

/** What people are told of a format. */
export interface FormatRow {
  /** what it begins with, as `prefixOf` says it */
  prefix: string
  /** how it is written */
  shape: string
  /** whose it is */
  from: string
  /** what it may cost at the most; empty where nobody can choose */
  bounds: string
}

/** A row of the table of formats. */
export interface ReadRow extends FormatRow {
  /** reads what stands behind the prefix */
  read: FormatReader
}

/** A digest of fewer bits would match too many passwords. */
export const leastDigestBytes = 16

/** Compares two texts in a time that depends on their lengths only. */
export function isSameText(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}
