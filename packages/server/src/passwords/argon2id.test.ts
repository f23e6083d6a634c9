import { describe, expect, test } from 'vitest'
import { hashArgon2id, makeDecoy, needsRehash, readArgon2 } from './argon2id.ts'

const cheap = { memoryKib: 64, timeCost: 1, parallelism: 1 }

describe('hashing', () => {
  test('P01: argon2id, version 19, the parameters in the PHC string, salt of 16 bytes, output of 32', async () => {
    const stored = await hashArgon2id('test1234', { memoryKib: 19456, timeCost: 2, parallelism: 1 })
    const [, salt, output] = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$([^$]{22})\$([^$]{43})$/.exec(stored) ?? []
    expect(Buffer.from(salt ?? '', 'base64')).toHaveLength(16)
    expect(Buffer.from(output ?? '', 'base64')).toHaveLength(32)
  })

  test('every hash has its own salt', async () => {
    expect(await hashArgon2id('test1234', cheap)).not.toBe(await hashArgon2id('test1234', cheap))
  })
})

describe('reading', () => {
  test('P06: matches the exact password only', async () => {
    const password = `${'x'.repeat(80)}é `
    const read = readArgon2((await hashArgon2id(password, cheap)).slice(1), {})
    expect(await read?.check?.(password)).toBe(true)
    for (const other of [
      password.trim(),
      password.toUpperCase(),
      password.normalize('NFD'),
      'x'.repeat(80),
      '',
    ]) {
      expect(await read?.check?.(other), other).toBe(false)
    }
  })

  const salt = 'YWFhYWFhYWFhYWFhYWFhYQ'
  const output = 'F5F6GBwnwHFxLwLMNKAfvoaBMnkrpzmSgpyNF8Nu3Ps'
  test.each([
    ['empty', ''],
    ['not base64', `argon2id$v=19$m=64,t=1,p=1$${salt}$!`],
    ['no lanes', `argon2id$v=19$m=64,t=1,p=0$${salt}$${output}`],
    ['more than 1 GiB', `argon2id$v=19$m=1048577,t=1,p=1$${salt}$${output}`],
    ['too many passes', `argon2id$v=19$m=1048576,t=9,p=1$${salt}$${output}`],
    ['too many lanes', `argon2id$v=19$m=65536,t=1,p=256$${salt}$${output}`],
    ['memory beyond 32 bits', `argon2id$v=19$m=99999999999,t=1,p=1$${salt}$${output}`],
    ['an output of 15 bytes', `argon2id$v=19$m=64,t=1,p=1$${salt}$${'A'.repeat(20)}`],
    ['an unknown variant', `argon2x$v=19$m=64,t=1,p=1$${salt}$${output}`],
  ])('is refused: %s', (_, rest) => {
    expect(readArgon2(rest, {})).toBeUndefined()
  })
})

describe('rehash', () => {
  test.each([
    ['today’s', cheap, false],
    ['another memory', { ...cheap, memoryKib: 128 }, true],
    ['another time', { ...cheap, timeCost: 2 }, true],
    ['another parallelism', { ...cheap, parallelism: 2 }, true],
  ])('P02: %s', async (_, parameters, expected) => {
    expect(needsRehash(await hashArgon2id('test1234', cheap), parameters)).toBe(expected)
  })

  test('P02: a shorter output or salt, another variant, another format', async () => {
    const stored = await hashArgon2id('test1234', cheap)
    expect(needsRehash(stored.slice(0, -21), cheap)).toBe(true)
    expect(needsRehash(stored.replace('argon2id', 'argon2i'), cheap)).toBe(true)
    expect(needsRehash(`argon2${stored}`, cheap)).toBe(true)
  })
})

test('P19: a decoy has the shape and the parameters of a real hash, and no password', async () => {
  const decoy = makeDecoy(cheap)
  expect(needsRehash(decoy, cheap)).toBe(false)
  expect(decoy).not.toBe(makeDecoy(cheap))
  expect(await readArgon2(decoy.slice(1), {})?.check?.('test1234')).toBe(false)
})
