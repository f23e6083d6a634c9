import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countSteps, keysOf, type LimitRow } from './limits.ts'
import type { BackoffStep, CountAttemptInput, RateStep } from './port/limits.ts'

/** What one step lets in of attempts at these instants, and what it says to the others. */
function live(step: Partial<Pick<CountAttemptInput, 'rates' | 'backoffs'>>, instants: readonly number[]) {
  let held: LimitRow[] = []
  return instants.map((now) => {
    const counted = countSteps({ now, rates: [], backoffs: [], ...step }, held)
    if (counted.outcome === 'counted') held = counted.rows
    return { now, freeAt: counted.outcome === 'counted' ? now : counted.freeAt }
  })
}

const waits = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 500 })),
  {
    maxLength: 60,
  },
)

function instantsOf(steps: readonly number[]): number[] {
  let now = 1_000
  return steps.map((wait) => {
    now += wait
    return now
  })
}

const rate = fc.record({
  key: fc.constant('a'),
  burst: fc.integer({ min: 1, max: 6 }),
  intervalMs: fc.integer({ min: 1, max: 40 }),
})

const backoff = fc.record({
  key: fc.constant('a'),
  free: fc.integer({ min: 0, max: 4 }),
  firstMs: fc.integer({ min: 1, max: 20 }),
  mostMs: fc.integer({ min: 1, max: 200 }),
  memoryMs: fc.integer({ min: 1, max: 300 }),
})

describe('a rate', () => {
  test('in any window lets in a burst, and one for each interval, at the most', () => {
    fc.assert(
      fc.property(rate, waits, (step, steps) => {
        const passed = live({ rates: [step] }, instantsOf(steps)).filter(({ now, freeAt }) => now === freeAt)
        for (const [first, from] of passed.entries()) {
          for (const [index, to] of passed.slice(first).entries()) {
            const most = step.burst + Math.floor((to.now - from.now) / step.intervalMs)
            expect(index + 1).toBeLessThanOrEqual(most)
          }
        }
      }),
    )
  })

  test('refuses no more than that: an attempt that would break no window is let in', () => {
    fc.assert(
      fc.property(rate, waits, (step: RateStep, steps) => {
        const passed: number[] = []
        for (const { now, freeAt } of live({ rates: [step] }, instantsOf(steps))) {
          const fits = passed.every(
            (from, index) =>
              passed.length - index + 1 <= step.burst + Math.floor((now - from) / step.intervalMs),
          )
          expect(now === freeAt).toBe(fits)
          if (fits) passed.push(now)
        }
      }),
    )
  })
})

describe('a backoff', () => {
  test('is free at first, then waits twice as long each time, up to the most, and starts anew when all is forgotten', () => {
    fc.assert(
      fc.property(backoff, waits, (step: BackoffStep, steps) => {
        let [failures, lastAt, freeAt] = [0, 0, 0]
        for (const seen of live({ backoffs: [step] }, instantsOf(steps))) {
          const memoryEndsAt = Math.max(lastAt + step.memoryMs, freeAt)
          if (failures > 0 && seen.now >= memoryEndsAt) [failures, freeAt] = [0, 0]
          expect(seen.freeAt).toBe(Math.max(freeAt, seen.now))
          if (freeAt > seen.now) continue
          failures += 1
          const doubled = step.firstMs * 2 ** (failures - step.free - 1)
          lastAt = seen.now
          freeAt = seen.now + (failures > step.free ? Math.min(step.mostMs, doubled) : 0)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('stays in the numbers, however many failures there were', () => {
    const held = { key: 'a', count: 1e9, free_at: 0, ends_at: 1e15 }
    const step = { key: 'a', free: 3, firstMs: 1_000, mostMs: 3_600_000, memoryMs: 3_600_000 }
    expect(countSteps({ now: 5, rates: [], backoffs: [step] }, [held])).toMatchObject({
      rows: [{ count: 1e9 + 1, free_at: 3_600_005 }],
    })
  })
})

test('what is over is the same as what is not there, so the clean-up changes nothing', () => {
  const row = fc.record({
    key: fc.constant('a'),
    count: fc.nat(50),
    free_at: fc.nat(1_000),
    ends_at: fc.nat(1_000),
  })
  fc.assert(
    fc.property(rate, backoff, row, (step, other, held) => {
      const now = 1_000
      for (const steps of [
        { rates: [step], backoffs: [] },
        { rates: [], backoffs: [other] },
      ]) {
        expect(countSteps({ now, ...steps }, [held])).toEqual(countSteps({ now, ...steps }, []))
      }
    }),
  )
})

test('the keys of an attempt come in one order, whatever the order of its steps', () => {
  const rates = ['b', 'c'].map((key) => ({ key, burst: 1, intervalMs: 1 }))
  const backoffs = [{ key: 'a', free: 0, firstMs: 1, mostMs: 1, memoryMs: 1 }]
  expect(keysOf({ now: 0, rates, backoffs })).toEqual(['a', 'b', 'c'])
  expect(keysOf({ now: 0, rates: rates.toReversed(), backoffs })).toEqual(['a', 'b', 'c'])
})
