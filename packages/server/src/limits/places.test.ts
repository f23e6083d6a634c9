import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countSteps, type LimitRow } from '../store/limits.ts'
import { createPlaces } from './places.ts'

const figures = { kind: 'rate', burst: 3, everySeconds: 10 } as const
const t0 = 1_800_000_000_000

describe('places', () => {
  test('let in what the store would', () => {
    const waits = fc.array(fc.constantFrom(0, 1, 4_000, 9_999, 10_000, 31_000), { maxLength: 40 })
    fc.assert(
      fc.property(waits, (steps) => {
        const places = createPlaces(8, figures)
        let rows: LimitRow[] = []
        let now = t0
        for (const wait of steps) {
          now += wait
          const step = { key: 'x', burst: figures.burst, intervalMs: 10_000 }
          const stored = countSteps({ now, rates: [step], backoffs: [] }, rows)
          if (stored.outcome === 'counted') rows = stored.rows
          expect(places.take(5, now)).toBe(stored.outcome === 'refused' ? stored.freeAt : undefined)
        }
      }),
    )
  })

  test('what is given back was never taken, and one place is not another', () => {
    const places = createPlaces(8, figures)
    for (let attempt = 0; attempt < 100; attempt += 1) {
      expect(places.take(1, t0)).toBeUndefined()
      places.giveBack(1)
    }
    for (let attempt = 0; attempt < 3; attempt += 1) expect(places.take(1, t0)).toBeUndefined()
    expect(places.take(1, t0)).toBe(t0 + 10_000)
    expect(places.take(2, t0)).toBeUndefined()
    expect(places.take(1, t0 + 10_000)).toBeUndefined()
  })
})
