import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BackoffStep, CountAttemptOutcome, RateStep } from '../../../src/store/port/limits.ts'
import type { Store } from '../../../src/store/store.ts'
import type { OpenBeside, StoreUnderTest } from '../conformance.ts'
import { minute, t0 } from '../samples.ts'

const rate: RateStep = { key: 'rate', burst: 5, intervalMs: minute }
const backoff: BackoffStep = {
  ...{ key: 'backoff', free: 3, firstMs: 1_000, mostMs: 60_000, memoryMs: 10 * minute },
}

/** Limits: an attempt counts before the work, and of many at once no more pass than one after the other (P16). */
export function limitsConformance(store: StoreUnderTest, beside: OpenBeside): void {
  const count = (
    now: number,
    { rates = [], backoffs = [] }: { rates?: RateStep[]; backoffs?: BackoffStep[] },
    handle: Store = store(),
  ) => handle.countAttempt({ now, rates, backoffs })
  const refusedUntil = (outcome: CountAttemptOutcome) =>
    outcome.outcome === 'refused' ? outcome.freeAt - t0 : undefined

  describe('a rate', () => {
    test('lets a burst in, then one in every interval, and says when', async () => {
      const attempts = [0, 0, 0, 0, 0, 0, 30_000, 59_999, 60_000, 60_000, 180_000, 180_000, 180_000]
      const outcomes = []
      for (const at of attempts) outcomes.push(refusedUntil(await count(t0 + at, { rates: [rate] })))
      expect(outcomes).toEqual([
        ...[undefined, undefined, undefined, undefined, undefined],
        ...[60_000, 60_000, 60_000],
        ...[undefined, 120_000, undefined, undefined, 240_000],
      ])
    })

    test('at rest for long enough, lets a whole burst in again, and no more', async () => {
      for (const from of [t0, t0 + 5 * minute, t0 + 60 * minute]) {
        const outcomes = []
        for (let made = 0; made < 6; made += 1) outcomes.push((await count(from, { rates: [rate] })).outcome)
        expect(outcomes.filter((outcome) => outcome === 'counted')).toHaveLength(5)
      }
    })

    test('in any window lets in a burst and one for each interval at the most', async () => {
      let run = 0
      const waits = fc.array(fc.constantFrom(0, 0, 1, 9, 10, 25, 100), { minLength: 10, maxLength: 25 })
      await fc.assert(
        fc.asyncProperty(waits, fc.integer({ min: 1, max: 4 }), async (steps, burst) => {
          run += 1
          const step = { key: `rate ${run}`, burst, intervalMs: 10 }
          const passed: number[] = []
          let now = t0
          for (const wait of steps) {
            now += wait
            if ((await count(now, { rates: [step] })).outcome === 'counted') passed.push(now)
          }
          for (const [first, from] of passed.entries()) {
            for (const [last, to] of passed.entries()) {
              if (last < first) continue
              expect(last - first + 1).toBeLessThanOrEqual(burst + Math.floor((to - from) / 10))
            }
          }
        }),
        { numRuns: 15 },
      )
    })

    test.each([1, 5])('P16: of 1000 attempts at once from several processes %i pass', async (burst) => {
      const handles = await beside(4)
      const outcomes = await Promise.all(
        Array.from({ length: 1000 }, (_, index) =>
          count(t0, { rates: [{ ...rate, burst }] }, handles[index % 4]),
        ),
      )
      expect(outcomes.filter(({ outcome }) => outcome === 'counted')).toHaveLength(burst)
      const refused = outcomes.filter(({ outcome }) => outcome === 'refused')
      expect(new Set(refused.map(refusedUntil))).toEqual(new Set([minute]))
    })
  })

  describe('a backoff', () => {
    test('the first failures are free, each one more doubles the wait, to the cap', async () => {
      for (let free = 0; free < 3; free += 1) {
        expect((await count(t0, { backoffs: [backoff] })).outcome).toBe('counted')
      }
      const waits = []
      let now = t0
      for (let failure = 0; failure < 8; failure += 1) {
        expect((await count(now, { backoffs: [backoff] })).outcome).toBe('counted')
        const refused = await count(now, { backoffs: [backoff] })
        waits.push(refused.outcome === 'refused' && refused.freeAt - now)
        now = refused.outcome === 'refused' ? refused.freeAt : now
      }
      expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
    })

    test('refuses to the millisecond, and what is refused does not count', async () => {
      for (let free = 0; free < 4; free += 1) await count(t0, { backoffs: [backoff] })
      for (const at of [0, 1, 500, 999]) {
        expect(refusedUntil(await count(t0 + at, { backoffs: [backoff] }))).toBe(1_000)
      }
      expect((await count(t0 + 1_000, { backoffs: [backoff] })).outcome).toBe('counted')
      expect(refusedUntil(await count(t0 + 1_001, { backoffs: [backoff] }))).toBe(3_000)
    })

    test('without a free failure the first one makes the second wait', async () => {
      const strict = { ...backoff, free: 0 }
      expect((await count(t0, { backoffs: [strict] })).outcome).toBe('counted')
      expect(refusedUntil(await count(t0, { backoffs: [strict] }))).toBe(1_000)
    })

    test('forgets after a while without failures, and after a success', async () => {
      const failures = async (now: number) => {
        let counted = 0
        while ((await count(now, { backoffs: [backoff] })).outcome === 'counted') counted += 1
        return counted
      }
      expect(await failures(t0)).toBe(4)
      expect(await failures(t0 + 10 * minute - 1)).toBe(1)
      expect(await failures(t0 + 20 * minute - 1)).toBe(4)
      await store().forgetAttempts({ keys: ['another'] })
      expect(await failures(t0 + 20 * minute)).toBe(0)
      await store().forgetAttempts({ keys: [backoff.key, 'another'] })
      expect(await failures(t0 + 20 * minute)).toBe(4)
    })

    test('P16: of 64 failures at once no more pass than one after the other', async () => {
      const handles = await beside(4)
      const outcomes = await Promise.all(
        Array.from({ length: 64 }, (_, index) => count(t0, { backoffs: [backoff] }, handles[index % 4])),
      )
      expect(outcomes.filter(({ outcome }) => outcome === 'counted')).toHaveLength(backoff.free + 1)
    })
  })

  describe('several steps', () => {
    const wide = { key: 'wide', burst: 10, intervalMs: 1_000 }

    test('one that refuses: none has counted', async () => {
      const once = { key: 'once', burst: 1, intervalMs: minute }
      await count(t0, { rates: [once] })
      for (let tried = 0; tried < 30; tried += 1) {
        const outcome = await count(t0, { rates: [wide, once], backoffs: [backoff] })
        expect(outcome).toEqual({ outcome: 'refused', key: 'once', freeAt: t0 + minute })
      }
      const left = []
      for (let tried = 0; tried < 11; tried += 1)
        left.push((await count(t0, { rates: [wide], backoffs: [{ ...backoff, free: 9 }] })).outcome)
      expect(left).toEqual([...Array(10).fill('counted'), 'refused'])
    })

    test('of several that refuse the longest is told', async () => {
      const steps = [
        { key: 'b', burst: 1, intervalMs: 3_000 },
        { key: 'c', burst: 1, intervalMs: 9_000 },
        { key: 'a', burst: 1, intervalMs: 6_000 },
      ]
      await count(t0, { rates: steps })
      expect(await count(t0, { rates: steps })).toMatchObject({ key: 'c', freeAt: t0 + 9_000 })
      const strict = { ...backoff, free: 0, firstMs: 20_000 }
      await count(t0, { backoffs: [strict] })
      expect(await count(t0, { rates: steps, backoffs: [strict] })).toMatchObject({ key: 'backoff' })
      expect(await count(t0 + 10_000, { rates: steps, backoffs: [strict] })).toMatchObject({
        freeAt: t0 + 20_000,
      })
    })

    test('no step lets in', async () => {
      expect(await count(t0, {})).toEqual({ outcome: 'counted' })
    })

    test('at once, in one order and in the other, with forgetting in between: each is counted once', async () => {
      const handles = await beside(4)
      const keys = ['x', 'y', 'z']
      const steps = keys.map((key) => ({ key, burst: 100, intervalMs: minute }))
      const attempts = Array.from({ length: 160 }, (_, index) => {
        const handle = handles[index % 4]
        const rates = index % 2 === 0 ? steps : steps.toReversed()
        if (index % 20 === 0) {
          const forgotten = handle?.forgetAttempts({ keys: ['z', 'u', 'v'] })
          return Promise.all([forgotten, handle?.deleteStaleLimits({ now: t0, limit: 10 })])
        }
        return count(t0, { rates: index % 10 === 5 ? [{ ...wide, key: 'u' }, ...rates] : rates }, handle)
      })
      const outcomes = (await Promise.all(attempts)).flat()
      const counted = outcomes.filter((one) => one && typeof one === 'object' && one.outcome === 'counted')
      expect(counted).toHaveLength(100)
    })
  })

  test('what is held is told until it is over, and asking counts nothing', async () => {
    const held = (key: string, now: number) => store().holdsLimit({ key, now })
    expect(await held(backoff.key, t0)).toBe(false)
    await count(t0, { backoffs: [backoff] })
    expect(await held(backoff.key, t0)).toBe(true)
    expect(await held(backoff.key, t0 + 10 * minute - 1)).toBe(true)
    expect(await held(backoff.key, t0 + 10 * minute)).toBe(false)
    expect(await held('another', t0)).toBe(false)
    await store().forgetAttempts({ keys: [backoff.key] })
    expect(await held(backoff.key, t0)).toBe(false)
  })

  test('the clean-up deletes what is over, so many at a time, and changes nothing for anybody', async () => {
    const short = ['a', 'b', 'c'].map((key) => ({ key, burst: 1, intervalMs: 1_000 }))
    const long = { key: 'd', burst: 1, intervalMs: 5_000 }
    await count(t0, { rates: [...short, long], backoffs: [backoff] })
    const deleted = []
    for (const limit of [2, 2, 2]) deleted.push(await store().deleteStaleLimits({ now: t0 + 1_000, limit }))
    expect(deleted).toEqual([2, 1, 0])
    expect(refusedUntil(await count(t0 + 1_000, { rates: [long] }))).toBe(5_000)
    expect((await count(t0 + 1_000, { rates: short })).outcome).toBe('counted')
    expect(await store().deleteStaleLimits({ now: t0 + 60 * minute, limit: 100 })).toBe(5)
  })
}
