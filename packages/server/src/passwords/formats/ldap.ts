import { createHash } from 'node:crypto'
import { bytesOf, unpadded } from './base64.ts'
import type { WrappableFormat, WrappableRow } from './parts.ts'

const digestBytes = { md5: 16, sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const

/**
 * What directories hold: `{SSHA}base64`, the digest of password and salt with the salt behind it; without a salt it is
 * `{SHA}`. In a head only the salt follows the scheme.
 * @see RFC 2307 section 5.3, slapd-sha2(5)
 */
function ldapFormat(scheme: string, algorithm: keyof typeof digestBytes): WrappableFormat {
  const length = digestBytes[algorithm]
  const isSalted = scheme.startsWith('S') && !/^SHA/.test(scheme)
  const restOf = (text: string) => text.slice(scheme.length + 2)
  return {
    split(stored) {
      const bytes = bytesOf(restOf(stored))
      if (!bytes || bytes.length < length || (!isSalted && bytes.length > length)) return undefined
      const head = `{${scheme}}${unpadded(bytes.subarray(length))}`
      return { head, digest: bytes.subarray(0, length).toString('hex') }
    },
    readHead(head) {
      const salt = bytesOf(restOf(head))
      return (
        salt && {
          algorithm: `ldap_${scheme.toLowerCase()}`,
          cost: salt.length === 0 ? 'no salt' : 'salted',
          standing: 'weak',
          derive: async (password) => createHash(algorithm).update(password).update(salt).digest('hex'),
        }
      )
    },
  }
}

const algorithms = {
  MD5: 'md5',
  SMD5: 'md5',
  SHA: 'sha1',
  SSHA: 'sha1',
  SHA256: 'sha256',
  SSHA256: 'sha256',
  SHA384: 'sha384',
  SSHA384: 'sha384',
  SHA512: 'sha512',
  SSHA512: 'sha512',
} as const

/** The formats of directories. */
export const ldapRows: readonly WrappableRow[] = Object.entries(algorithms).map(([scheme, algorithm]) => ({
  prefix: `{${scheme}}`,
  shape: `{${scheme}}base64`,
  from: 'LDAP',
  bounds: '',
  format: ldapFormat(scheme, algorithm),
}))
