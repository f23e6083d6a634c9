import { expect, test } from 'vitest'
import type { StoreUnderTest } from '../conformance.ts'
import { minute, t0 } from '../samples.ts'

/** Leases: one holder at a time, and none for ever. */
export function leasesConformance(store: StoreUnderTest): void {
  const hold = (holder: string, now: number, name = 'cleanup') =>
    store().holdLease({ name, holder, now, expiresAt: now + minute })

  test('is held by whoever came first, and kept by coming again', async () => {
    expect(await hold('a', t0)).toBe(true)
    expect(await hold('b', t0 + 1)).toBe(false)
    expect(await hold('a', t0 + minute - 1)).toBe(true)
    expect(await hold('b', t0 + minute)).toBe(false)
  })

  test('passes on when it has expired, and its late holder is told', async () => {
    await hold('a', t0)
    expect(await hold('b', t0 + minute - 1)).toBe(false)
    expect(await hold('b', t0 + minute)).toBe(true)
    expect(await hold('a', t0 + minute)).toBe(false)
  })

  test('passes on when it is given back, which only its holder can do', async () => {
    await hold('a', t0)
    await store().releaseLease({ name: 'cleanup', holder: 'b' })
    expect(await hold('b', t0)).toBe(false)
    await store().releaseLease({ name: 'cleanup', holder: 'a' })
    await store().releaseLease({ name: 'cleanup', holder: 'a' })
    expect(await hold('b', t0)).toBe(true)
  })

  test('one of another name is another one', async () => {
    expect(await hold('a', t0, 'keys')).toBe(true)
    expect(await hold('b', t0, 'mail')).toBe(true)
  })

  test('of 16 that come at once one gets it', async () => {
    for (const now of [t0, t0 + minute]) {
      const held = await Promise.all(Array.from({ length: 16 }, (_, index) => hold(`${now} ${index}`, now)))
      expect(held.filter(Boolean)).toHaveLength(1)
    }
  })
}
