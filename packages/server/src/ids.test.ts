import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isUuid, newId } from './ids.ts'

const anyInstant = fc.integer({ min: 0, max: 2 ** 48 - 1 })

describe('ids', () => {
  test('are UUIDs of version 7 and variant 10, and say when they were made', () => {
    fc.assert(
      fc.property(anyInstant, (now) => {
        const id = newId(now)
        expect(isUuid(id)).toBe(true)
        expect(id).toMatch(/^.{14}7.{4}[89ab]/)
        expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(now)
      }),
    )
  })

  test('made later sort later', () => {
    fc.assert(
      fc.property(anyInstant, anyInstant, (one, other) => {
        fc.pre(one < other)
        expect(newId(one) < newId(other)).toBe(true)
      }),
    )
  })

  test('of one instant never meet', () => {
    expect(new Set(Array.from({ length: 20_000 }, () => newId(1_800_000_000_000))).size).toBe(20_000)
  })

  test.each([
    '',
    '01890a5d-ac96-774b-bcce-b302099a805',
    '01890a5d-ac96-774b-bcce-b302099a80577',
    '01890A5D-AC96-774B-BCCE-B302099A8057',
    '{01890a5d-ac96-774b-bcce-b302099a8057}',
    '01890a5dac96774bbcceb302099a8057',
    '01890a5d-ac96-774b-bcce-b302099a8057\n',
    '01890a5g-ac96-774b-bcce-b302099a8057',
  ])('%j is no id', (text) => {
    expect(isUuid(text)).toBe(false)
  })
})
