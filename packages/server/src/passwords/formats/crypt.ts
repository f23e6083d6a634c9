import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { desCrypt } from './des-crypt.ts'
import type { WrappableFormat, WrappableRow } from './parts.ts'
import type { ShaCryptInput } from './sha-crypt.ts'

/** About a second of one core; passlib makes them with 656,000. */
const maxRounds = 1_000_000
const fewRounds = 100_000
const usualRounds = 5_000

/**
 * `$5$rounds=535000$salt$digest` with SHA-256 and `$6$…` with SHA-512, as crypt(3) of most systems makes them; without
 * rounds there are 5000.
 */
function shaCryptFormat(number: 5 | 6): WrappableFormat {
  const [algorithm, length] = number === 5 ? (['sha256', 43] as const) : (['sha512', 86] as const)
  const whole = new RegExp(`^(.+)\\$([./0-9A-Za-z]{${length}})$`)
  const beginning = new RegExp(`^\\$${number}\\$(?:rounds=(\\d{4,7})\\$)?([^$:]{0,16})$`)
  return {
    split(stored) {
      const [, head, digest = ''] = whole.exec(stored) ?? []
      return head === undefined ? undefined : { head, digest }
    },
    readHead(head) {
      const [, given, salt] = beginning.exec(head) ?? []
      const rounds = given === undefined ? usualRounds : Number(given)
      if (salt === undefined || Buffer.byteLength(salt) > 16 || rounds < 1000 || rounds > maxRounds)
        return undefined
      return {
        algorithm: `${algorithm}_crypt`,
        cost: `${rounds} rounds`,
        standing: rounds < fewRounds ? 'cheap' : 'sound',
        derive: (password) => runInThread({ algorithm, password, salt, rounds }),
      }
    },
  }
}

/** In a thread of its own, since nobody keeps one for what happens once for each user: his next hash is ours. */
function runInThread(workerData: ShaCryptInput): Promise<string> {
  const thread = new URL(`./sha-crypt-thread${extname(import.meta.url)}`, import.meta.url)
  return new Promise((resolve, reject) => {
    new Worker(thread, { workerData })
      .once('message', resolve)
      .once('error', reject)
      .once('exit', () => reject(new Error('the thread of a password ended')))
  })
}

/**
 * Django's `crypt$$` and thirteen characters, of which two are the salt: crypt(3) as it was first.
 * @see django.contrib.auth.hashers.CryptPasswordHasher
 */
const desCryptFormat: WrappableFormat = {
  split(stored) {
    const [, salt, digest = ''] = /^crypt\$\$([./0-9A-Za-z]{2})([./0-9A-Za-z]{11})$/.exec(stored) ?? []
    return salt ? { head: `crypt$${salt}`, digest } : undefined
  },
  readHead(head) {
    const [, salt] = /^crypt\$([./0-9A-Za-z]{2})$/.exec(head) ?? []
    if (!salt) return undefined
    return {
      algorithm: 'des_crypt',
      cost: 'salted',
      standing: 'weak',
      derive: async (password) => desCrypt(password, salt),
    }
  },
}

const linux = { from: 'crypt(3), also behind `{CRYPT}`', bounds: `${maxRounds.toLocaleString('en')} rounds` }

/** The formats of crypt(3). */
export const cryptRows: readonly WrappableRow[] = [
  { prefix: '$6$', shape: '$6$rounds=N$salt$digest', format: shaCryptFormat(6), ...linux },
  { prefix: '$5$', shape: '$5$rounds=N$salt$digest', format: shaCryptFormat(5), ...linux },
  { prefix: 'crypt$', shape: 'crypt$$salt and digest', from: 'Django', bounds: '', format: desCryptFormat },
]
