import { type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { bytesOf, cryptNumber, cryptText } from './base64.ts'
import {
  type FormatReader,
  isSameText,
  leastDigestBytes,
  type ReadRow,
  type StoredPassword,
} from './check.ts'

const runScrypt = promisify<string, string | Buffer, number, ScryptOptions, Buffer>(scrypt)

const maxMemoryBytes = 256 * 1024 ** 2
/** Memory times lanes, which run one after the other: some seconds of one core. */
const maxWorkBytes = 2 * 1024 ** 3
const maxKeyBytes = 128
/** Less memory times lanes than N=16384, r=8 is a small fraction of what OWASP asks for. */
const leastSoundBytes = 16 * 1024 ** 2

/** What scrypt is made with. */
export interface ScryptCost {
  N: number
  r: number
  p: number
}

/** Runs scrypt, off the event loop, with as much memory as the cost asks for. */
export function deriveScrypt(
  password: string,
  salt: string | Buffer,
  { keyBytes, ...cost }: ScryptCost & { keyBytes: number },
): Promise<Buffer> {
  const maxmem = 128 * cost.r * (cost.N + cost.p + 4)
  return runScrypt(password, salt, keyBytes, { ...cost, maxmem })
}

/** RFC 7914 section 2 wants N to be a power of two, more than 1 and less than 2^(16 r). */
export function isAffordable({ N, r, p }: ScryptCost): boolean {
  if (N < 2 || p < 1 || !Number.isInteger(Math.log2(N)) || Math.log2(N) >= 16 * r) return false
  const memoryBytes = 128 * N * r
  return memoryBytes <= maxMemoryBytes && memoryBytes * p <= maxWorkBytes
}

interface Scrypt {
  cost: ScryptCost
  salt: string | Buffer | undefined
  key: Buffer | undefined
}

function storedScrypt({ cost, salt, key }: Scrypt): StoredPassword | undefined {
  if (!salt || !key || key.length < leastDigestBytes || key.length > maxKeyBytes) return undefined
  if (!isAffordable(cost)) return undefined
  return {
    algorithm: 'scrypt',
    ...scryptStanding(cost),
    check: async (password) => {
      const made = await deriveScrypt(password, salt, { ...cost, keyBytes: key.length })
      return isSameText(made.toString('hex'), key.toString('hex'))
    },
  }
}

/** What a person reads of it, and how it stands. */
export function scryptStanding({ N, r, p }: ScryptCost): Pick<StoredPassword, 'cost' | 'standing'> {
  const standing = 128 * N * r * p < leastSoundBytes ? 'cheap' : 'sound'
  return { cost: `N=${N},r=${r},p=${p}`, standing }
}

/**
 * Django's `scrypt$N$salt$r$p$base64` (since 4.0); the salt counts as text.
 * @see django.contrib.auth.hashers.ScryptPasswordHasher, RFC 7914
 */
const readDjangoScrypt: FormatReader = (rest) => {
  const [, N, salt, r, p, text = ''] =
    /^(\d{1,8})\$([^$]+)\$(\d{1,7})\$(\d{1,7})\$([A-Za-z0-9+/]+=*)$/.exec(rest) ?? []
  const bytes = bytesOf(text)
  const key = bytes?.toString('base64') === text && bytes.length === 64 ? bytes : undefined
  return storedScrypt({ cost: { N: Number(N), r: Number(r), p: Number(p) }, salt, key })
}

const mostLogN = 31

/**
 * `$scrypt$ln=16,r=8,p=1$salt$digest`, the PHC string that passlib writes too. Kratos writes N itself where its
 * logarithm belongs; since no N that counts is that small, both are understood.
 * @see passlib.hash.scrypt
 */
const readPhcScrypt: FormatReader = (rest) => {
  const [, ln, r, p, salt = '', key = ''] =
    /^ln=(\d{1,8}),r=(\d{1,7}),p=(\d{1,7})\$([A-Za-z0-9+/.]+=*)\$([A-Za-z0-9+/.]+=*)$/.exec(rest) ?? []
  const N = Number(ln) <= mostLogN ? 2 ** Number(ln) : Number(ln)
  return storedScrypt({ cost: { N, r: Number(r), p: Number(p) }, salt: bytesOf(salt), key: bytesOf(key) })
}

/**
 * `$7$`, logarithm, r and p in eleven characters of crypt's alphabet, salt, `$`, digest: crypt(3), libsodium and passlib
 * have it. The salt counts as text.
 */
const readCryptScrypt: FormatReader = (rest) => {
  const [, ln = '', r = '', p = '', salt, digest = ''] =
    /^([./0-9A-Za-z])([./0-9A-Za-z]{5})([./0-9A-Za-z]{5})([^$]{1,64})\$([./0-9A-Za-z]{43})$/.exec(rest) ?? []
  const cost = { N: 2 ** cryptNumber(ln), r: cryptNumber(r), p: cryptNumber(p) }
  return storedScrypt({ cost, salt, key: cryptBytes(digest) })
}

/** 32 bytes, three of them in four characters. */
function cryptBytes(text: string): Buffer | undefined {
  const groups = text.match(/.{1,4}/g) ?? []
  const bytes = Buffer.from(
    groups.flatMap((group) => {
      const value = cryptNumber(group)
      return [value & 255, (value >> 8) & 255, ...(group.length === 4 ? [value >> 16] : [])]
    }),
  )
  const last = cryptText(((bytes[31] ?? 0) << 8) | (bytes[30] ?? 0), 3)
  return bytes.length === 32 && text.endsWith(last) ? bytes : undefined
}

/**
 * better-auth's own `salt:digest`, both in hexadecimal: scrypt with N=16384, r=16, p=1, the digits of the salt taken as
 * text, the password in NFKC.
 */
const readBetterAuth: FormatReader = (stored) => {
  const [, salt, key = ''] = /^([0-9a-f]{32}):([0-9a-f]{128})$/.exec(stored) ?? []
  const cost = { N: 16_384, r: 16, p: 1 }
  const plain = storedScrypt({ cost, salt, key: Buffer.from(key, 'hex') })
  const check = plain?.check
  return check && { ...plain, check: (password) => check(password.normalize('NFKC')) }
}

/** What scrypt may cost, as people read it. */
export const scryptBounds = `${maxMemoryBytes / 1024 ** 2} MiB, times p ${maxWorkBytes / 1024 ** 3} GiB`

/** The formats of scrypt. */
export const scryptRows: readonly ReadRow[] = [
  {
    prefix: 'scrypt$',
    shape: 'scrypt$N$salt$r$p$digest',
    from: 'Django',
    bounds: scryptBounds,
    read: readDjangoScrypt,
  },
  {
    prefix: '$scrypt$',
    shape: '$scrypt$ln=…,r=…,p=…$salt$digest',
    from: 'PHC strings, passlib, Kratos',
    bounds: scryptBounds,
    read: readPhcScrypt,
  },
  {
    prefix: '$7$',
    shape: '$7$ln, r, p and salt$digest',
    from: 'crypt(3), libsodium, passlib',
    bounds: scryptBounds,
    read: readCryptScrypt,
  },
  { prefix: '', shape: 'salt:digest', from: 'better-auth', bounds: '', read: readBetterAuth },
]
