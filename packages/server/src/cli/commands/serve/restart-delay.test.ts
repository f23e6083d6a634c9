import { expect, test } from 'vitest'
import { restartDelayMs } from './restart-delay.ts'

test('a worker is replaced at once, then after 1, 2, 4 … seconds, and never later than after 30', () => {
  const delays = Array.from({ length: 9 }, (_, deaths) => restartDelayMs(deaths) / 1000)
  expect(delays).toEqual([0, 1, 2, 4, 8, 16, 30, 30, 30])
  expect(restartDelayMs(2_000)).toBe(30_000)
})
