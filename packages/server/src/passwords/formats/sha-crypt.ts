import { hash } from 'node:crypto'
import { cryptText } from './base64.ts'

/** What `$5$` and `$6$` are made with. */
export interface ShaCryptInput {
  algorithm: 'sha256' | 'sha512'
  password: string
  /** at most 16 bytes */
  salt: string
  rounds: number
}

/**
 * The crypt(3) of most Linux systems: some thousand rounds of SHA-256 or SHA-512 over password, salt and result. It
 * keeps its thread busy: a second for a million rounds.
 * @returns the 43 or 86 characters after the salt
 * @see Unix crypt using SHA-256 and SHA-512, Ulrich Drepper, version 0.6
 */
export function shaCrypt({ algorithm, password, salt: saltText, rounds }: ShaCryptInput): string {
  const digest = (...parts: Buffer[]) => hash(algorithm, Buffer.concat(parts), 'buffer')
  const [key, salt] = [Buffer.from(password), Buffer.from(saltText)]
  const alternate = digest(key, salt, key)
  const lengthBits = [...key.length.toString(2)].reverse()
  const initial = digest(
    ...[key, salt, repeated(alternate, key.length)],
    ...lengthBits.map((bit) => (bit === '1' ? alternate : key)),
  )
  const longKey = repeated(digest(...Array.from(key, () => key)), key.length)
  const longSalt = repeated(
    digest(...Array.from({ length: 16 + (initial[0] ?? 0) }, () => salt)),
    salt.length,
  )
  let result = initial
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1
    const parts = [isOdd ? longKey : result]
    if (round % 3 !== 0) parts.push(longSalt)
    if (round % 7 !== 0) parts.push(longKey)
    parts.push(isOdd ? result : longKey)
    result = digest(...parts)
  }
  return textOf(result)
}

/** The bytes again and again, up to the length. */
function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes)
}

/** Three bytes become four characters. Which three is what distinguishes the two kinds. */
function textOf(bytes: Buffer): string {
  const third = Math.floor(bytes.length / 3)
  const at = (place: number) => bytes[place] ?? 0
  let [a, b, c] = [0, third, 2 * third]
  let text = ''
  for (let group = 0; group < third; group += 1) {
    text += cryptText((at(a) << 16) | (at(b) << 8) | at(c), 4)
    ;[a, b, c] = bytes.length === 32 ? [c + 1, a + 1, b + 1] : [b + 1, c + 1, a + 1]
  }
  return text + (bytes.length === 32 ? cryptText((at(31) << 8) | at(30), 3) : cryptText(at(63), 2))
}
