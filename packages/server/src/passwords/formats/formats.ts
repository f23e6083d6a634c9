import { argon2Rows } from '../argon2id.ts'
import { bcryptRows } from './bcrypt.ts'
import type { HashKeys, ReadRow, StoredPassword } from './check.ts'
import { firebaseRows } from './firebase.ts'
import { prefixOf, readWhole, withoutScheme } from './parts.ts'
import { scryptRows } from './scrypt.ts'
import { wrappableRows, wrappedRow } from './wrapped.ts'

/** Every format there is. */
export const passwordFormats: readonly ReadRow[] = [
  ...argon2Rows,
  ...bcryptRows,
  ...scryptRows,
  ...firebaseRows,
  ...wrappableRows.map(({ format, ...row }) => ({
    ...row,
    read: (rest: string) => readWhole(format, row.prefix + rest),
  })),
  wrappedRow,
]

const byPrefix = Map.groupBy(passwordFormats, ({ prefix }) => prefix)

/** Longer is nothing that anybody stores. */
const maxLength = 1024

/**
 * Reads a stored password, ours or another's. Undefined for text that no password matches: empty, marked unusable with
 * `!` as Django does, of an unknown format, malformed, or costlier than the bounds allow.
 */
export function readStored(stored: string, keys: HashKeys = {}): StoredPassword | undefined {
  if (stored.length > maxLength) return undefined
  const text = withoutScheme(stored)
  const prefix = prefixOf(text)
  for (const { read } of byPrefix.get(prefix) ?? []) {
    const found = read(text.slice(prefix.length), keys)
    if (found) return found
  }
  return undefined
}
