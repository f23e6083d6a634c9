import { describe, expect, test } from 'vitest'
import { handClock } from '../../../test/harness.ts'
import { openProgress, progressLine } from './progress.ts'

const half = { label: 'copying sessions', done: 45_000, total: 90_000, elapsedMs: 3_000 }

describe('the line', () => {
  test.each([
    [100, 'copying sessions  ━━━━━━━━━━━━━━━───────────────   50%  45000 of 90000  15000/s  3 s left'],
    [80, 'copying sessions  ━━━━━━━━━━──────────   50%  45000 of 90000  15000/s  3 s left'],
    [60, 'copying sessions   50%  45000 of 90000  15000/s  3 s left'],
    [50, 'copying sessions   50%  45000 of 90000  15000/s'],
    [30, 'copying sessions   50%'],
    [10, 'copying s'],
  ])('of a terminal of %d columns never fills the last', (columns, line) => {
    expect(progressLine({ ...half, columns })).toBe(line)
    expect(line.length).toBeLessThan(columns)
  })

  test('says no rate before there is one', () => {
    expect(progressLine({ ...half, elapsedMs: 999, columns: 40 })).toBe(
      'copying sessions   50%  45000 of 90000',
    )
    expect(progressLine({ ...half, done: 0, columns: 50 })).toBe(
      'copying sessions  ─────────────    0%  0 of 90000',
    )
  })

  test('of a total that grew, or of nothing, stays within its bounds', () => {
    expect(progressLine({ ...half, done: 100_000, columns: 70 })).toContain('100%  100000 of 90000')
    expect(progressLine({ ...half, done: 100_000, columns: 80 })).toContain('0 s left')
    expect(progressLine({ ...half, done: 0, total: 0, columns: 70 })).toContain('━  100%  0 of 0')
  })
})

function terminal(fields: { isTTY: boolean; columns: number }) {
  const written: string[] = []
  const clock = handClock()
  const stream = { ...fields, write: (text: string) => Boolean(written.push(text)) }
  return { written, clock, progress: openProgress(stream as unknown as NodeJS.WriteStream, clock) }
}

describe('on a terminal', () => {
  test('it is drawn over itself, ten times a second at the most, and taken away', () => {
    const { written, clock, progress } = terminal({ isTTY: true, columns: 40 })
    progress.show({ label: 'copying', done: 0, total: 10 })
    progress.show({ label: 'copying', done: 1, total: 10 })
    clock.advance(100)
    progress.show({ label: 'copying', done: 2, total: 10 })
    progress.clear()
    progress.clear()
    expect(written).toEqual([
      '\rcopying  ───────────────    0%  0 of 10\u001b[K',
      '\rcopying  ━━━────────────   20%  2 of 10\u001b[K',
      '\r\u001b[K',
    ])
  })

  test('another work begins at once and anew', () => {
    const { written, clock, progress } = terminal({ isTTY: true, columns: 60 })
    progress.show({ label: 'copying', done: 0, total: 10 })
    clock.advance(5_000)
    progress.show({ label: 'copying', done: 5, total: 10 })
    progress.show({ label: 'verifying', done: 0, total: 10 })
    expect(written[1]).toContain('1/s  5 s left')
    expect(written[2]).toMatch(/^\rverifying {2}─+ {4}0% {2}0 of 10\u001b\[K$/)
  })

  test('a width that nobody knows is 80', () => {
    const { written, progress } = terminal({ isTTY: true, columns: 0 })
    progress.show({ label: 'copying', done: 0, total: 10 })
    expect(written[0]?.length).toBeGreaterThan(40)
  })
})

test('on a pipe there is nothing', () => {
  const { written, progress } = terminal({ isTTY: false, columns: 80 })
  progress.show({ label: 'copying', done: 0, total: 10 })
  progress.clear()
  expect(written).toEqual([])
})
