import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeHashing } from './hashing.ts'

const usual = { memoryKib: 19_456, timeCost: 2, parallelism: 1 }

describe('judgeHashing', () => {
  test.each([
    {
      name: 'within the bounds it is good',
      ...{ parameters: usual, ms: 80, level: 'ok' },
      says: '80 ms a password (19456 KiB, 2 passes), some 50 logins a second',
    },
    {
      name: 'too cheap: more memory',
      ...{ parameters: usual, ms: 40, level: 'warn' },
      says: 'COUNTERSIGN_ARGON2_MEMORY_KIB=49152 COUNTERSIGN_ARGON2_TIME=2 takes about 101 ms',
    },
    {
      name: 'much too cheap: as much memory as is kind to the server, and more passes',
      ...{ parameters: usual, ms: 10, level: 'warn' },
      says: 'COUNTERSIGN_ARGON2_MEMORY_KIB=65536 COUNTERSIGN_ARGON2_TIME=6 takes about 101 ms',
    },
    {
      name: 'too dear: less, but never below what is safe',
      ...{ parameters: { ...usual, memoryKib: 262_144, timeCost: 4 }, ms: 2_000, level: 'warn' },
      says: 'COUNTERSIGN_ARGON2_MEMORY_KIB=26624 COUNTERSIGN_ARGON2_TIME=2 takes about 102 ms',
    },
    {
      name: 'a slow machine at the least that is safe: nothing to gain',
      ...{ parameters: usual, ms: 900, level: 'warn' },
      says: '900 ms a password (19456 KiB, 2 passes), some 4 logins a second; leave it at that',
    },
  ])('$name', ({ parameters, ms, level, says }) => {
    const found = judgeHashing(parameters, ms, 4)
    expect(found.level).toBe(level)
    expect(`${found.says}: ${found.mend}`).toContain(says)
  })

  test('whatever it advises is safe, and moves the right way', () => {
    const parameters = fc.record({
      memoryKib: fc.integer({ min: 7_168, max: 1_048_576 }),
      timeCost: fc.integer({ min: 1, max: 20 }),
      parallelism: fc.constant(1),
    })
    fc.assert(
      fc.property(parameters, fc.integer({ min: 1, max: 10_000 }), (given, ms) => {
        const { mend = '' } = judgeHashing(given, ms, 2)
        const [, memory, passes] = /MEMORY_KIB=(\d+) \S+TIME=(\d+)/.exec(mend) ?? []
        if (!memory || !passes) return
        const work = Number(memory) * Number(passes)
        expect(Number(memory)).toBeGreaterThanOrEqual(19_456)
        expect(Number(passes)).toBeGreaterThanOrEqual(2)
        expect(work > given.memoryKib * given.timeCost).toBe(ms < 50)
      }),
    )
  })
})
