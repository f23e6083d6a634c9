import { readArgon2 } from '../argon2id.ts'
import { readBcrypt, readBcryptSha256 } from './bcrypt.ts'
import type { FormatReader, PasswordCheck } from './check.ts'
import { readPbkdf2Sha1, readPbkdf2Sha256 } from './pbkdf2.ts'
import { readScrypt } from './scrypt.ts'

/** Every format that is verified, by what stands before its first `$`: nothing before our own PHC strings. */
const readers: ReadonlyMap<string, FormatReader> = new Map([
  ['', readArgon2],
  ['argon2', readArgon2],
  ['bcrypt', readBcrypt],
  ['bcrypt_sha256', readBcryptSha256],
  ['pbkdf2_sha1', readPbkdf2Sha1],
  ['pbkdf2_sha256', readPbkdf2Sha256],
  ['scrypt', readScrypt],
])

/** The name of the algorithm in a stored password for which there is a check: `argon2id`, `pbkdf2_sha256` and so on. */
export function algorithmOf(stored: string): string {
  const [format = '', variant = ''] = stored.split('$', 2)
  return format === '' || format === 'argon2' ? variant : format
}

/**
 * Finds the check for a stored password, ours or Django's. Undefined for text that no password matches: empty, marked
 * unusable with `!` as Django does, of an unknown format, malformed, or costlier than the bounds allow.
 */
export function findCheck(stored: string): PasswordCheck | undefined {
  const end = stored.indexOf('$')
  return end < 0 ? undefined : readers.get(stored.slice(0, end))?.(stored.slice(end + 1))
}
