import { describe, expect, test } from 'vitest'
import { hashArgon2id } from '../../src/passwords/argon2id.ts'
import { readStored } from '../../src/passwords/formats/formats.ts'
import { wrapWeak } from '../../src/passwords/formats/wrapped.ts'
import { devisePepper, frozenVectors, isSlow, type Vector, vectorFiles } from './vectors.ts'

const cheap = { memoryKib: 64, timeCost: 1, parallelism: 1 }
const readVector = (stored: string) => readStored(stored, { devisePepper })

/** Whether the password matches what would be stored: as it stands, or wrapped where it is weak. */
async function matches(stored: string, password: string): Promise<boolean> {
  const read = readVector(stored)
  const kept =
    read?.standing === 'weak'
      ? readVector((await wrapWeak(stored, (text) => hashArgon2id(text, cheap))) ?? '')
      : read
  return (await kept?.check?.(password)) ?? false
}

/** What is not the password, though much like it. Plain bcrypt sees 72 bytes and the oldest crypt 8, so the head differs. */
const others = (password: string) => [` ${password}`, password.slice(1), password.toUpperCase().slice(1), '']

describe.each(vectorFiles)('what %s made', (file) => {
  const vectors = frozenVectors(file)

  test.each(vectors)('P06: $name matches $password and nothing like it', async (vector) => {
    expect(await matches(vector.stored, vector.password)).toBe(true)
    const wrong = isSlow(vector) ? [] : others(vector.password)
    for (const other of wrong) expect(await matches(vector.stored, other), other).toBe(false)
  })

  test('is of the algorithm that its name says', () => {
    for (const { name, stored } of vectors) {
      const [algorithm = ''] = name.split(/[ ,]/)
      expect(readVector(stored)?.algorithm, name).toBe(algorithm)
    }
  })
})

test('P06: canonically equal passwords are not the same, but for better-auth, which makes them so', async () => {
  const marked = ({ password }: Vector) => password !== password.normalize('NFC')
  const vectors = vectorFiles.flatMap(frozenVectors).filter(marked)
  expect(vectors.length).toBeGreaterThan(20)
  for (const { name, stored, password } of vectors)
    expect(await matches(stored, password.normalize('NFC')), name).toBe(false)
  const betterAuth = frozenVectors('derived').filter(({ name }) => name.includes('better-auth'))
  for (const { stored, password } of betterAuth)
    expect(await matches(stored, password.normalize('NFKD'))).toBe(true)
})

describe('the 72 bytes of bcrypt', () => {
  const longOf = (name: string) => {
    const all = vectorFiles.flatMap(frozenVectors)
    return all.filter((one) => one.name === name && Buffer.byteLength(one.password) > 72)
  }
  const cut = (password: string) => Buffer.from(password).subarray(0, 72).toString()

  test.each(['bcrypt', 'bcrypt 2a', 'bcrypt 2b', 'bcrypt 2y', 'bcrypt, Devise'])('end %s', async (name) => {
    const ascii = longOf(name).filter(({ password }) => /^[ -~]*$/.test(password))
    expect(ascii).toHaveLength(1)
    for (const { stored, password } of ascii) {
      expect(await matches(stored, cut(password))).toBe(true)
      expect(await matches(stored, cut(password).slice(1))).toBe(false)
    }
  })

  test('end in the middle of a character, as the software did that made them', () => {
    expect(longOf('bcrypt').some(({ password }) => cut(password).endsWith('\ufffd'))).toBe(true)
  })

  test.each([
    'bcrypt_sha256',
    'pbkdf2_sha256',
    'argon2id',
    'scrypt, passlib',
    'sha512_crypt',
  ])('mean nothing to %s', async (name) => {
    expect(longOf(name).length).toBeGreaterThan(1)
    for (const { stored, password } of longOf(name)) expect(await matches(stored, cut(password))).toBe(false)
  })
})

test('P01: what is weak is not verified as it stands, whatever the password', async () => {
  const weak = vectorFiles
    .flatMap(frozenVectors)
    .filter(({ stored }) => readVector(stored)?.standing === 'weak')
  expect(weak.length).toBeGreaterThan(40)
  for (const { stored } of weak) expect(readVector(stored)?.check).toBeUndefined()
})

test('a pepper counts', async () => {
  const [vector] = frozenVectors('devise').filter(({ name }) => name === 'bcrypt_pepper')
  const { stored = '', password = '' } = vector ?? {}
  const check = (pepper: string) => readStored(stored, { devisePepper: pepper })?.check?.(password)
  expect([await check(devisePepper), await check(''), await check(`${devisePepper}.`)]).toEqual([
    true,
    false,
    false,
  ])
})
