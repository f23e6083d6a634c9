import { createHash } from 'node:crypto'
import type { FormatReader, ReadRow, StoredPassword } from './check.ts'

/** Each step doubles the work; Django hashes with 12, and 16 takes some seconds of one core. */
const maxCost = 16
/** OWASP asks for 10 at the least. */
const leastSoundCost = 10

/** Turns a password into what bcrypt was given. */
type Prepare = (password: string) => string

function storedBcrypt(text: string, algorithm: string, prepare: Prepare): StoredPassword | undefined {
  const cost = Number(/^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(text)?.[1])
  if (!(cost >= 4 && cost <= maxCost)) return undefined
  return {
    algorithm,
    cost: `cost ${cost}`,
    standing: cost < leastSoundCost ? 'cheap' : 'sound',
    // Few deployments hold such a hash, and the library's memory is theirs alone.
    check: async (password) => (await import('@node-rs/bcrypt')).verify(prepare(password), text),
  }
}

/**
 * `$2b$12$…` as it comes, and Django's `bcrypt$$2b$12$…`. bcrypt sees the first 72 bytes of the password and no more; the
 * rehash at the first login ends that.
 * @see django.contrib.auth.hashers.BCryptPasswordHasher
 */
const readBcrypt: FormatReader = (text) => storedBcrypt(text, 'bcrypt', (password) => password)

/**
 * Django's `bcrypt_sha256$$2b$12$…`: bcrypt over the SHA-256 of the password in hexadecimal, so that its whole length
 * counts.
 * @see django.contrib.auth.hashers.BCryptSHA256PasswordHasher
 */
const readBcryptSha256: FormatReader = (text) =>
  storedBcrypt(text, 'bcrypt_sha256', (password) => createHash('sha256').update(password).digest('hex'))

/**
 * `devise$$2a$12$…`: what Devise made of the password with its pepper behind it. Without a pepper Devise makes plain
 * bcrypt, which needs no mark.
 * @see Devise::Encryptor
 */
const readDevise: FormatReader = (text, { devisePepper }) => {
  const read = storedBcrypt(text, 'bcrypt_pepper', (password) => password + (devisePepper ?? ''))
  return read && { ...read, check: devisePepper === undefined ? undefined : read.check }
}

const bounds = `cost ${maxCost}`

const plainRow = (prefix: string): ReadRow => ({
  prefix,
  shape: `${prefix}cost$salt and digest`,
  from: 'Supabase, Auth0, PHP, Devise without a pepper, passlib and many more',
  bounds,
  read: (rest, keys) => readBcrypt(prefix + rest, keys),
})

/** The formats of bcrypt. */
export const bcryptRows: readonly ReadRow[] = [
  plainRow('$2a$'),
  plainRow('$2b$'),
  plainRow('$2y$'),
  { prefix: 'bcrypt$', shape: 'bcrypt$$2b$…', from: 'Django', bounds, read: readBcrypt },
  { prefix: 'bcrypt_sha256$', shape: 'bcrypt_sha256$$2b$…', from: 'Django', bounds, read: readBcryptSha256 },
  { prefix: 'devise$', shape: 'devise$$2a$…', from: 'Devise with a pepper', bounds, read: readDevise },
]
