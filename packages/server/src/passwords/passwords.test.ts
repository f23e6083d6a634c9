import { describe, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { wrapWeak } from './formats/wrapped.ts'
import { createGate, type Gate } from './gate.ts'
import { createPasswords } from './passwords.ts'

const cheap = { memoryKib: 64, timeCost: 1, parallelism: 1 }
const IMPORTED = 'pbkdf2_sha1$1000$tim39pyXdc6QWzMzkMz3qE$X2c4BSxu/K1SUyIICZUH949j7ck='
const WEAK = 'md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3'
const PEPPERED = 'devise$$2a$04$FPzngBbyJ30XaeJ052WOYO.bk5b5LQNqoRbLe2o9s.uDSSCbUQMrG'
const UNUSABLE = '!3rKCrWVSMgzuzDcWcpDeJngu6YF8yd90HKQpKznM'

function openPasswords(parameters = cheap) {
  const gate = createGate({ parallel: 2, queueLimit: 100, deadlineMs: 10_000, clock: systemClock })
  return createPasswords({ parameters, gate })
}

describe('verify', () => {
  test('P01: matches what was hashed, and asks for no rehash', async () => {
    const passwords = openPasswords()
    const stored = await passwords.hash('test1234')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
    expect(await passwords.verify('test1234', stored)).toEqual({ matches: true, rehash: false })
  })

  test('P02: asks for a rehash when format or parameters are not today’s, and only after a match', async () => {
    const stored = await openPasswords().hash('test1234')
    const stronger = openPasswords({ ...cheap, timeCost: 2 })
    expect(await stronger.verify('test1234', stored)).toEqual({ matches: true, rehash: true })
    expect(await stronger.verify('test1234', IMPORTED)).toEqual({ matches: true, rehash: true })
    expect(await stronger.verify('test12345', stored)).toEqual({ matches: false, rehash: false })
    expect(await stronger.verify('test12345', IMPORTED)).toEqual({ matches: false, rehash: false })
  })

  test('P05, P06: 1024 bytes count to the last one', async () => {
    const passwords = openPasswords()
    const long = 'ü'.repeat(512)
    const stored = await passwords.hash(long)
    expect((await passwords.verify(long, stored)).matches).toBe(true)
    expect((await passwords.verify(`${long.slice(0, -1)}u`, stored)).matches).toBe(false)
  })

  test.each([
    ['an unknown user', undefined],
    ['an unusable password', UNUSABLE],
    ['an empty one', ''],
    ['an unknown format', 'md6$salt$00'],
    ['a format too costly', 'pbkdf2_sha1$99999999$salt$X2c4BSxu/K1SUyIICZUH949j7ck='],
    ['a weak hash that nobody wrapped', WEAK],
    ['a hash whose pepper is not set', PEPPERED],
  ])('P19: nothing matches %s', async (_, stored) => {
    for (const password of ['', 'test1234', UNUSABLE, stored ?? '']) {
      expect(await openPasswords().verify(password, stored)).toEqual({ matches: false, rehash: false })
    }
  })

  test('P02: a weak hash that was wrapped matches, and is made anew', async () => {
    const passwords = openPasswords()
    const wrapped = (await wrapWeak(WEAK, (text) => passwords.hash(text))) ?? ''
    expect(await passwords.verify('lètmein', wrapped)).toEqual({ matches: true, rehash: true })
    for (const other of ['letmein', '3f86d0d3d465b7b458c231bf3555c0e3', ''])
      expect(await passwords.verify(other, wrapped)).toEqual({ matches: false, rehash: false })
  })

  test('a pepper from the settings counts, and the new hash has none', async () => {
    const gate = createGate({ parallel: 2, queueLimit: 100, deadlineMs: 10_000, clock: systemClock })
    const keys = { devisePepper: 'pepper of the old deployment' }
    const passwords = createPasswords({ parameters: cheap, gate, keys })
    expect(await passwords.verify('test1234', PEPPERED)).toEqual({ matches: true, rehash: true })
    const stored = await passwords.hash('test1234')
    expect(await openPasswords().verify('test1234', stored)).toEqual({ matches: true, rehash: false })
  })

  test('P19: unknown user, unusable password and wrong password take the same work', async () => {
    const passwords = openPasswords({ memoryKib: 19456, timeCost: 2, parallelism: 1 })
    const stored = await passwords.hash('test1234')
    const duration = async (row: string | undefined) => {
      const startedAt = performance.now()
      await passwords.verify('wrong password', row)
      return performance.now() - startedAt
    }
    const fastest = { wrong: Infinity, unknown: Infinity, unusable: Infinity }
    for (let round = 0; round < 7; round += 1) {
      fastest.wrong = Math.min(fastest.wrong, await duration(stored))
      fastest.unknown = Math.min(fastest.unknown, await duration(undefined))
      fastest.unusable = Math.min(fastest.unusable, await duration(UNUSABLE))
    }
    for (const ms of [fastest.unknown, fastest.unusable]) {
      expect(ms / fastest.wrong).toBeGreaterThan(0.5)
      expect(ms / fastest.wrong).toBeLessThan(2)
    }
  })
})

describe('the gate', () => {
  test('P03: hashing and verifying, also for unknown users, pass it once each, with the signal', async () => {
    const seen: (AbortSignal | undefined)[] = []
    const gate: Gate = {
      run: (work, signal) => {
        seen.push(signal)
        return work()
      },
      depth: () => ({ running: 0, waiting: 0 }),
    }
    const passwords = createPasswords({ parameters: cheap, gate })
    const { signal } = new AbortController()
    const stored = await passwords.hash('test1234', signal)
    await passwords.verify('test1234', stored, signal)
    await passwords.verify('test1234', IMPORTED, signal)
    await passwords.verify('test1234', undefined, signal)
    expect(seen).toEqual([signal, signal, signal, signal])
  })

  test('P03: past its limits the answer is `overloaded`', async () => {
    const gate = createGate({ parallel: 1, queueLimit: 1, deadlineMs: 10_000, clock: systemClock })
    const passwords = createPasswords({ parameters: cheap, gate })
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => passwords.verify('test1234', undefined)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(outcomes[2]).toMatchObject({ reason: { code: 'overloaded' } })
  })
})

test('whoever measures hears of each hash which algorithm it took, past the gate', async () => {
  const heard: string[] = []
  let inside = false
  const passwords = createPasswords({
    parameters: cheap,
    gate: {
      async run(work) {
        inside = true
        const made = await work()
        inside = false
        return made
      },
      depth: () => ({ running: 0, waiting: 0 }),
    },
    measureHash: (algorithm, hash) => {
      heard.push(`${algorithm} ${inside}`)
      return hash()
    },
  })
  const stored = await passwords.hash('test1234')
  expect(await passwords.verify('test1234', stored)).toEqual({ matches: true, rehash: false })
  for (const other of [IMPORTED, UNUSABLE, WEAK, undefined]) await passwords.verify('test1234', other)
  expect(heard).toEqual(
    ['argon2id', 'argon2id', 'pbkdf2_sha1', 'argon2id', 'argon2id', 'argon2id'].map((one) => `${one} true`),
  )
})

test.each([
  ['more than 1 GiB', { memoryKib: 2 * 1024 ** 2, timeCost: 1, parallelism: 1 }],
  ['too little memory for its lanes', { memoryKib: 8, timeCost: 1, parallelism: 2 }],
  ['no pass', { memoryKib: 64, timeCost: 0, parallelism: 1 }],
])('parameters that could hash but not verify are refused: %s', (_, parameters) => {
  expect(() => openPasswords(parameters)).toThrow(RangeError)
})

test('P03: the event loop goes on while passwords are hashed', async () => {
  const passwords = openPasswords({ memoryKib: 19456, timeCost: 8, parallelism: 1 })
  let turns = 0
  const counter = setInterval(() => {
    turns += 1
  }, 1)
  await passwords.hash('test1234')
  clearInterval(counter)
  expect(turns).toBeGreaterThan(3)
})
