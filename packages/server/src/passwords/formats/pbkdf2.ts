import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { type FormatReader, isSameText } from './check.ts'

const derive = promisify(pbkdf2)

/** Some three seconds of one core; Django 5.2 hashes with 1,000,000. */
const MAX_ITERATIONS = 10_000_000

/**
 * Django's `pbkdf2_sha256$iterations$salt$base64`, its default format; the salt counts as text.
 * @see django.contrib.auth.hashers.PBKDF2PasswordHasher
 */
export const readPbkdf2Sha256: FormatReader = (rest) => readPbkdf2(rest, 'sha256', 32)

/**
 * Django's `pbkdf2_sha1$iterations$salt$base64`.
 * @see django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher
 */
export const readPbkdf2Sha1: FormatReader = (rest) => readPbkdf2(rest, 'sha1', 20)

function readPbkdf2(rest: string, digest: string, keyBytes: number): ReturnType<FormatReader> {
  const [, iterationsText, salt, hash] = /^(\d{1,8})\$([^$]+)\$([A-Za-z0-9+/]+=*)$/.exec(rest) ?? []
  const iterations = Number(iterationsText)
  if (!salt || !hash || iterations < 1 || iterations > MAX_ITERATIONS) return undefined
  return async (password) => {
    const key = await derive(password, salt, iterations, keyBytes, digest)
    return isSameText(key.toString('base64'), hash)
  }
}
