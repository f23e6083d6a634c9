import { expect, test } from 'vitest'
import type { OpenBeside, StoreUnderTest } from '../conformance.ts'

/** Cursors: how far somebody has read the trail; they only go on. */
export function cursorsConformance(store: StoreUnderTest, beside: OpenBeside): void {
  const move = (name: string, number: number) => store().moveCursor({ name, number })

  test('is nowhere before it was moved, and stays where it was moved to', async () => {
    expect(await store().readCursor('a')).toBeUndefined()
    await move('a', 0)
    expect(await store().readCursor('a')).toBe(0)
    await move('a', 2 ** 40)
    expect(await store().readCursor('a')).toBe(2 ** 40)
  })

  test('does not go back', async () => {
    await move('a', 7)
    await move('a', 3)
    expect(await store().readCursor('a')).toBe(7)
  })

  test('one of another name is another one', async () => {
    await move('a', 7)
    await move('b', 3)
    expect([await store().readCursor('a'), await store().readCursor('b')]).toEqual([7, 3])
  })

  test('of several that move it at once the furthest counts', async () => {
    const handles = await beside(4)
    await Promise.all(
      Array.from({ length: 40 }, (_, number) => handles[number % 4]?.moveCursor({ name: 'a', number })),
    )
    expect(await store().readCursor('a')).toBe(39)
  })
}
