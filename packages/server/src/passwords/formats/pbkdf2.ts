import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { bytesOf, unpadded } from './base64.ts'
import { leastDigestBytes } from './check.ts'
import type { Derivation, Parts, WrappableFormat, WrappableRow } from './parts.ts'

const runPbkdf2 = promisify(pbkdf2)

/** Some seconds of one core; Django 5.2 hashes with 1,000,000. Each further digest that a long key takes counts anew. */
const maxIterations = 10_000_000
/** Fewer are a matter of minutes for whoever guesses on purpose-built machines. */
const fewIterations = 100_000
const maxKeyBytes = 128

type Hash = 'sha1' | 'sha256' | 'sha512'

const digestBytes: Readonly<Record<Hash, number>> = { sha1: 20, sha256: 32, sha512: 64 }

interface Pbkdf2 {
  hash: Hash
  iterations: number
  salt: string | Buffer
  keyBytes: number
}

function derivation({ hash, iterations, salt, keyBytes }: Pbkdf2): Derivation | undefined {
  const blocks = Math.ceil(keyBytes / digestBytes[hash])
  if (iterations < 1 || iterations * blocks > maxIterations) return undefined
  return {
    algorithm: `pbkdf2_${hash}`,
    cost: `${iterations} iterations`,
    standing: iterations < fewIterations ? 'cheap' : 'sound',
    derive: async (password) => (await runPbkdf2(password, salt, iterations, keyBytes, hash)).toString('hex'),
  }
}

/**
 * Django's `pbkdf2_sha256$iterations$salt$base64`, its default format, and `pbkdf2_sha1$…`; the salt counts as text.
 * @see django.contrib.auth.hashers.PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher
 */
function djangoFormat(hash: Hash): WrappableFormat {
  const keyBytes = digestBytes[hash]
  return {
    split(stored) {
      const [, head = '', digest = ''] = /^(.+)\$([A-Za-z0-9+/]+=*)$/.exec(stored) ?? []
      const bytes = bytesOf(digest)
      const isWhole = bytes?.length === keyBytes && bytes.toString('base64') === digest
      return isWhole ? { head, digest: bytes.toString('hex') } : undefined
    },
    readHead(head) {
      const [, iterations, salt] = /^pbkdf2_sha\d+\$(\d{1,8})\$([^$]+)$/.exec(head) ?? []
      return salt ? derivation({ hash, iterations: Number(iterations), salt, keyBytes }) : undefined
    },
  }
}

/**
 * `$pbkdf2-sha256$i=600000,l=32$salt$digest` in the PHC spelling, `$pbkdf2-sha256$29000$salt$digest` in passlib's and
 * `{PBKDF2-SHA256}10000$salt$digest` in OpenLDAP's; the salt is bytes. A head is always in the first of them.
 * @see the PHC string format; passlib.hash.pbkdf2_sha256, passlib.hash.ldap_pbkdf2_sha256
 */
function bytesFormat(hash: Hash): WrappableFormat {
  return {
    split: (stored) => splitBytes(hash, stored),
    readHead(head) {
      const [, iterations, length, saltText = ''] =
        /^\$pbkdf2-\w+\$i=(\d{1,8}),l=(\d{1,3})\$([^$]+)$/.exec(head) ?? []
      const [salt, keyBytes] = [bytesOf(saltText), Number(length)]
      if (!salt || !(keyBytes >= leastDigestBytes && keyBytes <= maxKeyBytes)) return undefined
      return derivation({ hash, iterations: Number(iterations), salt, keyBytes })
    },
  }
}

const bytesPattern =
  /^(?:\$pbkdf2(?:-\w+)?\$|\{PBKDF2(?:-\w+)?\})(?:i=)?(\d{1,8})(?:,l=(\d{1,3}))?\$([A-Za-z0-9+/.]+=*)\$([A-Za-z0-9+/.]+=*)$/i

function splitBytes(hash: Hash, stored: string): Parts | undefined {
  const [, iterations, length, saltText = '', digestText = ''] = bytesPattern.exec(stored) ?? []
  const [salt, digest] = [bytesOf(saltText), bytesOf(digestText)]
  if (!salt || !digest || (length !== undefined && Number(length) !== digest.length)) return undefined
  const head = `$pbkdf2-${hash}$i=${Number(iterations)},l=${digest.length}$${unpadded(salt)}`
  return { head, digest: digest.toString('hex') }
}

const bounds = `${maxIterations.toLocaleString('en')} iterations`
const django = { from: 'Django', bounds }
const phc = { from: 'PHC strings, as of Kratos and Keycloak; passlib without `i=` and `l=`', bounds }
const ldap = { from: 'OpenLDAP, passlib', bounds }

const djangoRow = (hash: Hash): WrappableRow => ({
  prefix: `pbkdf2_${hash}$`,
  shape: `pbkdf2_${hash}$iterations$salt$digest`,
  format: djangoFormat(hash),
  ...django,
})

/** passlib and OpenLDAP call the one with SHA-1 by no name of its own. */
const phcRow = (hash: Hash, name: string): WrappableRow => ({
  prefix: `$${name}$`,
  shape: `$${name}$i=iterations,l=length$salt$digest`,
  format: bytesFormat(hash),
  ...phc,
})

const ldapRow = (hash: Hash, name: string): WrappableRow => ({
  prefix: `{${name}}`,
  shape: `{${name}}iterations$salt$digest`,
  format: bytesFormat(hash),
  ...ldap,
})

/** The formats of PBKDF2. */
export const pbkdf2Rows: readonly WrappableRow[] = [
  djangoRow('sha256'),
  djangoRow('sha1'),
  phcRow('sha512', 'pbkdf2-sha512'),
  phcRow('sha256', 'pbkdf2-sha256'),
  phcRow('sha1', 'pbkdf2-sha1'),
  phcRow('sha1', 'pbkdf2'),
  ldapRow('sha512', 'PBKDF2-SHA512'),
  ldapRow('sha256', 'PBKDF2-SHA256'),
  ldapRow('sha1', 'PBKDF2-SHA1'),
  ldapRow('sha1', 'PBKDF2'),
]
