import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '../ids.ts'
import { mostAttempts, outageRestMs, retryDelayMs, spreadOf } from './retry-delay.ts'

const minute = 60_000
const hour = 60 * minute

describe('how long a mail rests', () => {
  test('a minute, then twice as long each time, up to six hours', () => {
    const minutes = Array.from({ length: 12 }, (_, at) => retryDelayMs(at + 1, 0.5) / minute)
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360])
  })

  test('a quarter more or less, by where the mail stands, and never longer than that', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, at) => {
        const usual = Math.min(6 * hour, minute * 2 ** (n - 1))
        const delay = retryDelayMs(n, at)
        expect(delay).toBeGreaterThanOrEqual(Math.floor(usual * 0.75))
        expect(delay).toBeLessThanOrEqual(Math.ceil(usual * 1.25))
        expect(retryDelayMs(n, at)).toBe(delay)
      }),
    )
  })

  test('all attempts together take some three days', () => {
    for (const [spread, least, most] of [
      [0, 2, 3],
      [0.5, 2.5, 3.2],
      [1, 3, 4],
    ] as const) {
      const delays = Array.from({ length: mostAttempts - 1 }, (_, at) => retryDelayMs(at + 1, spread))
      const days = delays.reduce((sum, one) => sum + one, 0) / (24 * hour)
      expect(days).toBeGreaterThan(least)
      expect(days).toBeLessThan(most)
    }
  })

  test('mails that failed together come back apart', () => {
    const spreads = Array.from({ length: 200 }, () => spreadOf(newId(1_800_000_000_000)))
    expect(Math.min(...spreads)).toBeLessThan(0.2)
    expect(Math.max(...spreads)).toBeGreaterThan(0.8)
    expect(spreads.every((one) => one >= 0 && one <= 1)).toBe(true)
  })
})

test('a server that is away is asked again after 5, 10, 20, 40 seconds, and then every minute', () => {
  expect([1, 2, 3, 4, 5, 6, 100].map((failures) => outageRestMs(failures) / 1000)).toEqual([
    5, 10, 20, 40, 60, 60, 60,
  ])
})
