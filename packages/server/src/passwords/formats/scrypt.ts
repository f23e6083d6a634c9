import { type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { type FormatReader, isSameText } from './check.ts'

const derive = promisify<string, string, number, ScryptOptions, Buffer>(scrypt)

const KEY_BYTES = 64
const MAX_MEMORY_BYTES = 256 * 1024 ** 2
/** Memory times lanes, which run one after the other: some seconds of one core. */
const MAX_WORK_BYTES = 2 * 1024 ** 3

/**
 * Django's `scrypt$N$salt$r$p$base64` (since 4.0); the salt counts as text.
 * @see django.contrib.auth.hashers.ScryptPasswordHasher, RFC 7914
 */
export const readScrypt: FormatReader = (rest) => {
  const [, N, salt, r, p, hash] =
    /^(\d{1,8})\$([^$]+)\$(\d{1,7})\$(\d{1,7})\$([A-Za-z0-9+/]+=*)$/.exec(rest) ?? []
  if (!salt || !hash) return undefined
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  if (!isAffordable(cost)) return undefined
  const maxmem = 128 * cost.r * (cost.N + cost.p + 4)
  return async (password) => {
    const key = await derive(password, salt, KEY_BYTES, { ...cost, maxmem })
    return isSameText(key.toString('base64'), hash)
  }
}

/** RFC 7914 section 2 wants N to be a power of two, more than 1 and less than 2^(16 r). */
function isAffordable({ N, r, p }: { N: number; r: number; p: number }): boolean {
  if (N < 2 || p < 1 || !Number.isInteger(Math.log2(N)) || Math.log2(N) >= 16 * r) return false
  const memoryBytes = 128 * N * r
  return memoryBytes <= MAX_MEMORY_BYTES && memoryBytes * p <= MAX_WORK_BYTES
}
