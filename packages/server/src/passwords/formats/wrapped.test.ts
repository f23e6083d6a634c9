import { describe, expect, test } from 'vitest'
import { hashArgon2id } from '../argon2id.ts'
import { readStored } from './formats.ts'
import { canWrap, wrapWeak } from './wrapped.ts'

const hashText = (text: string) => hashArgon2id(text, { memoryKib: 64, timeCost: 1, parallelism: 1 })

const md5 = '3f86d0d3d465b7b458c231bf3555c0e3'
const ssha = '{SSHA}JFZFs0oHzxbMwkSJmYVeI8MnTDy/276a'

describe('what is stored instead', () => {
  test.each([
    ['md5', `md5$seasalt$${md5}`, 'wrapped$md5$seasalt'],
    ['md5 in capitals', `md5$seasalt$${md5.toUpperCase()}`, 'wrapped$md5$seasalt'],
    ['md5 without salt', '88a434c88cca4e900f7874cd98123f43', 'wrapped$md5$'],
    ['the crypt of old', 'crypt$$ab1Hv2Lg7ltQo', 'wrapped$crypt$ab'],
    ['SSHA', ssha, 'wrapped$' + '{SSHA}v9u+mg'],
    [
      'few iterations',
      `$pbkdf2-sha256$1000$c2FsdA$${'A'.repeat(43)}`,
      'wrapped$$pbkdf2-sha256$i=1000,l=32$c2FsdA',
    ],
    ['few rounds', `{CRYPT}$6$salt$${'.'.repeat(86)}`, 'wrapped$$6$salt'],
  ])('of %s keeps all but the digest', async (_, stored, head) => {
    expect(canWrap(stored)).toBe(true)
    const wrapped = (await wrapWeak(stored, hashText)) ?? ''
    expect(wrapped.slice(0, head.length)).toBe(head)
    expect(wrapped.slice(head.length)).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[^$]{22}\$[^$]{43}$/)
    expect(readStored(wrapped)?.check).toBeDefined()
  })

  test('P01: argon2id is over the digest, so the digest itself is nowhere in it', async () => {
    const texts: string[] = []
    await wrapWeak(ssha, async (text) => {
      texts.push(text)
      return '$argon2id$'
    })
    const digest = Buffer.from(ssha.slice(6), 'base64').subarray(0, 20)
    expect(texts).toEqual([digest.toString('hex')])
    const wrapped = (await wrapWeak(ssha, hashText)) ?? ''
    expect(wrapped).not.toContain(digest.toString('base64').slice(0, 8))
    expect(wrapped).not.toContain(digest.toString('hex').slice(0, 8))
  })

  test('P01: a stolen digest opens nothing', async () => {
    const wrapped = (await wrapWeak(`md5$seasalt$${md5}`, hashText)) ?? ''
    expect(await readStored(wrapped)?.check?.('lètmein')).toBe(true)
    expect(await readStored(wrapped)?.check?.(md5)).toBe(false)
  })
})

test.each([
  ['nothing', ''],
  ['no password', '!abc'],
  ['what is unknown', '$1$salt$abc'],
  ['what is sound', `pbkdf2_sha256$260000$salt$${Buffer.alloc(32).toString('base64')}`],
  ['what its library alone compares', '$2b$04$RxR/SYGnw4L2TTwlUPBViOMRqIcPeiAxodkC/8aNs.YdwWDHJbEZ.'],
])('%s is not wrapped', async (_, stored) => {
  expect(canWrap(stored)).toBe(false)
  expect(await wrapWeak(stored, hashText)).toBeUndefined()
})

test('what is wrapped is not wrapped again', async () => {
  const wrapped = (await wrapWeak(ssha, hashText)) ?? ''
  expect(canWrap(wrapped)).toBe(false)
  expect(await wrapWeak(wrapped, hashText)).toBeUndefined()
})
