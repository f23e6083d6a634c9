import { hash } from 'node:crypto'
import type { WrappableFormat, WrappableRow } from './parts.ts'

/**
 * Django's `md5$salt$hex` and `sha1$salt$hex`: one digest of salt and password. With an empty salt they are its
 * unsalted ones, the older of which has no name in front of its 32 digits.
 * @see django.contrib.auth.hashers.MD5PasswordHasher, SHA1PasswordHasher, UnsaltedMD5PasswordHasher
 */
function digestFormat(algorithm: 'md5' | 'sha1', digits: number): WrappableFormat {
  const whole = new RegExp(`^(?:${algorithm}\\$([^$]*)\\$)?([0-9a-f]{${digits}})$`, 'i')
  const beginning = new RegExp(`^${algorithm}\\$([^$]*)$`)
  return {
    split(stored) {
      const [, salt = '', digest] = whole.exec(stored) ?? []
      return digest ? { head: `${algorithm}$${salt}`, digest: digest.toLowerCase() } : undefined
    },
    readHead(head) {
      const [, salt] = beginning.exec(head) ?? []
      if (salt === undefined) return undefined
      return {
        algorithm,
        cost: salt === '' ? 'no salt' : 'salted',
        standing: 'weak',
        derive: async (password) => hash(algorithm, salt + password),
      }
    },
  }
}

const django = { from: 'Django', bounds: '' }

/** One digest of salt and password. The last one has no name and is told by its shape. */
export const digestRows: readonly WrappableRow[] = [
  { prefix: 'md5$', shape: 'md5$salt$hex', format: digestFormat('md5', 32), ...django },
  { prefix: 'sha1$', shape: 'sha1$salt$hex', format: digestFormat('sha1', 40), ...django },
  {
    prefix: '',
    shape: '32 hexadecimal digits, MD5 without salt',
    format: digestFormat('md5', 32),
    ...django,
  },
]
