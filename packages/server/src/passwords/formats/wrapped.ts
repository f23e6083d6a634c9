import { readArgon2 } from '../argon2id.ts'
import type { FormatReader, ReadRow } from './check.ts'
import { cryptRows } from './crypt.ts'
import { digestRows } from './digests.ts'
import { ldapRows } from './ldap.ts'
import { type Parts, prefixOf, type WrappableRow, withoutScheme } from './parts.ts'
import { pbkdf2Rows } from './pbkdf2.ts'

/** Formats whose digest follows from the password and what stands beside it: they can be wrapped. */
export const wrappableRows: readonly WrappableRow[] = [
  ...pbkdf2Rows,
  ...cryptRows,
  ...digestRows,
  ...ldapRows,
]

const wrappable = new Map(wrappableRows.map(({ prefix, format }) => [prefix, format]))

const ours = '$argon2id$'

/**
 * `wrapped$`, the head of another format, and argon2id over its digest: `wrapped$md5$salt$argon2id$v=19$m=…$…$…`.
 * Whoever steals it has to compute an argon2id for every guess, as with a hash of ours.
 */
const readWrapped: FormatReader = (rest, keys) => {
  const end = rest.lastIndexOf(ours)
  const head = rest.slice(0, Math.max(0, end))
  const inner = wrappable.get(prefixOf(head))?.readHead(head)
  const outer = readArgon2(rest.slice(end + 1), keys)
  const compare = outer?.check
  if (end < 0 || !inner || !compare) return undefined
  return {
    algorithm: `wrapped_${inner.algorithm}`,
    cost: outer.cost,
    standing: outer.standing,
    check: async (password) => compare(await inner.derive(password)),
  }
}

/** What `wrapWeak` makes. */
export const wrappedRow: ReadRow = {
  prefix: 'wrapped$',
  shape: 'wrapped$ head $argon2id$v=19$m=…,t=…,p=…$salt$digest',
  from: 'Countersign',
  bounds: 'those of both',
  read: readWrapped,
}

/**
 * Makes a stolen table of cheap or weak hashes worth no more than one of ours, without knowing a password.
 * @param hashText makes an argon2id PHC string of a text; the one of the room passes the gate
 * @returns what is to be stored instead; undefined where there is nothing to wrap: a sound hash, an unknown one, none, or
 * one whose library only compares (argon2, bcrypt, scrypt)
 */
export async function wrapWeak(
  stored: string,
  hashText: (text: string) => Promise<string>,
): Promise<string | undefined> {
  const parts = peel(stored)
  return parts && `wrapped$${parts.head}${await hashText(parts.digest)}`
}

/** Whether there is anything to wrap. */
export function canWrap(stored: string): boolean {
  return peel(stored) !== undefined
}

function peel(stored: string): Parts | undefined {
  const text = withoutScheme(stored)
  const format = wrappable.get(prefixOf(text))
  const parts = format?.split(text)
  const derivation = parts && format?.readHead(parts.head)
  return derivation && derivation.standing !== 'sound' ? parts : undefined
}
