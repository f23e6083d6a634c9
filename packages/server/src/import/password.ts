import type { HashKeys } from '../passwords/formats/check.ts'
import { readStored } from '../passwords/formats/formats.ts'
import { wrapWeak } from '../passwords/formats/wrapped.ts'
import { noPassword } from './user-row.ts'

/** What an import may do with passwords. */
export interface PasswordManner {
  /** hashes that are guessed quickly: refused, or wrapped in argon2id at once */
  weak: 'refuse' | 'wrap'
  /** makes an argon2id PHC string of a text */
  hashText: (text: string) => Promise<string>
  keys: HashKeys
}

/** What is stored of a password that somebody brought along, or why it is not taken. */
export type PreparedPassword =
  | { stored: string; fate: 'kept' | 'wrapped' | 'none' }
  | { reason: 'weak_hash' | 'unknown_hash'; detail: string }

/** Takes a stored password as it stands where it is verified so; no password is known here, and none is hashed. */
export async function preparePassword(
  given: string,
  { weak, hashText, keys }: PasswordManner,
): Promise<PreparedPassword> {
  if (given.startsWith(noPassword)) return { stored: given, fate: 'none' }
  const read = readStored(given, keys)
  if (!read)
    return { reason: 'unknown_hash', detail: `password_hash: ${shapeOf(given)} is no format that is known` }
  if (read.check) return { stored: given, fate: 'kept' }
  if (read.standing !== 'weak') {
    const detail = `password_hash: ${read.algorithm} is verified with a setting that is missing`
    return { reason: 'unknown_hash', detail }
  }
  const refusal = `password_hash: ${read.algorithm} is guessed quickly`
  if (weak === 'refuse') return { reason: 'weak_hash', detail: refusal }
  const wrapped = await wrapWeak(given, hashText)
  return wrapped === undefined
    ? { reason: 'weak_hash', detail: `${refusal}, and cannot be wrapped` }
    : { stored: wrapped, fate: 'wrapped' }
}

/**
 * Whether a wrapped hash holds that very hash; it costs what a login does.
 * @param wrapped as it is stored
 */
export async function isWrapOf(wrapped: string, given: string): Promise<boolean> {
  let digest = ''
  const head = await wrapWeak(given, async (text) => {
    digest = text
    return ''
  })
  if (head === undefined || !wrapped.startsWith(`${head}$argon2id$`)) return false
  return (await readStored(wrapped.slice(head.length))?.check?.(digest)) ?? false
}

/** Enough of a hash to know its format by, and nothing that helps to guess it. */
function shapeOf(given: string): string {
  const [prefix] = /^(?:\{[\w-]{1,20}\}|\$?[a-z][\w-]{0,19}\$|\$\d\w?\$)/i.exec(given) ?? []
  return prefix ?? `a text of ${given.length} characters`
}
