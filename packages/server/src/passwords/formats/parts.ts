import { type FormatRow, isSameText, type StoredPassword } from './check.ts'

/** How the digest of a format comes about. */
export interface Derivation extends Pick<StoredPassword, 'algorithm' | 'cost' | 'standing'> {
  /** @returns the digest as `Parts` has it */
  derive(password: string): Promise<string>
}

/** A stored password in two: what anybody may know, and what a thief would guess at. */
export interface Parts {
  /** format, parameters and salt, as a wrapped password holds them */
  head: string
  /** in hexadecimal, lower case; of crypt(3) the characters after the salt */
  digest: string
}

/** A format of which the head can stand alone. */
export interface WrappableFormat {
  /** takes a stored password apart; undefined where it is malformed */
  split(stored: string): Parts | undefined
  /** what follows from a head; undefined where it is malformed or asks for too much */
  readHead(head: string): Derivation | undefined
}

/** A row of the table of formats. */
export interface WrappableRow extends FormatRow {
  format: WrappableFormat
}

/** Directories put `{CRYPT}` in front of whatever their system's crypt(3) made, which says itself what it is. */
export function withoutScheme(stored: string): string {
  return stored.replace(/^\{CRYPT\}(?=\$)/i, '')
}

/** What a stored password, or a head, begins with: `$6$`, `{SSHA}`, `md5$`; empty where it is told by its shape. */
export function prefixOf(text: string): string {
  const [prefix = ''] = /^(?:\{[\w-]{1,20}\}|\$?[\w-]{1,20}\$)/.exec(text) ?? []
  return prefix.startsWith('{') ? prefix.toUpperCase() : prefix
}

/** Reads a stored password whole; one that is weak is not verified as it stands. */
export function readWhole(format: WrappableFormat, stored: string): StoredPassword | undefined {
  const parts = format.split(stored)
  const derivation = parts && format.readHead(parts.head)
  if (!derivation) return undefined
  const { algorithm, cost, standing, derive } = derivation
  const check = async (password: string) => isSameText(await derive(password), parts.digest)
  return { algorithm, cost, standing, check: standing === 'weak' ? undefined : check }
}
