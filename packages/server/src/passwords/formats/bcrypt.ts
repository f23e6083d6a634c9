import { createHash } from 'node:crypto'
import type { FormatReader } from './check.ts'

/** Each step doubles the work; Django hashes with 12, and 16 takes some seconds of one core. */
const MAX_COST = 16

/**
 * Django's `bcrypt$$2b$12$…`. bcrypt sees the first 72 bytes of the password and no more; the rehash at the first
 * login ends that.
 * @see django.contrib.auth.hashers.BCryptPasswordHasher
 */
export const readBcrypt: FormatReader = (rest) => {
  const cost = Number(/^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(rest)?.[1])
  if (!(cost >= 4 && cost <= MAX_COST)) return undefined
  // Few deployments hold such a hash, and the library's memory is theirs alone.
  return async (password) => (await import('@node-rs/bcrypt')).verify(password, rest)
}

/**
 * Django's `bcrypt_sha256$$2b$12$…`: bcrypt over the SHA-256 of the password in hexadecimal, so that its whole length
 * counts.
 * @see django.contrib.auth.hashers.BCryptSHA256PasswordHasher
 */
export const readBcryptSha256: FormatReader = (rest) => {
  const check = readBcrypt(rest)
  return check && ((password) => check(createHash('sha256').update(password).digest('hex')))
}
