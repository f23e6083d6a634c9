import { describe, expect, test } from 'vitest'
import { sizeText } from '../../sizes.ts'
import { durationText, instantText } from '../../times.ts'
import { pairsText, tableText } from './table.ts'

describe('tables', () => {
  test('columns are as wide as their widest cell', () => {
    const rows = [
      ['ID', 'NAME', 'STATE'],
      ['1', 'Zoë', 'active'],
      ['1024', 'b', 'disabled'],
    ]
    expect(tableText(rows)).toBe('ID    NAME  STATE\n1     Zoë   active\n1024  b     disabled')
  })

  test('a cell cannot break its line or move the cursor', () => {
    expect(tableText([['a\nb', '\u001b[2J']])).toBe('a\\u000ab  \\u001b[2J')
    expect(pairsText([['a\nb', '\u009b2J']], '  ')).toBe('  a\\u000ab  \\u009b2J')
  })
})

describe('times and sizes', () => {
  test.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [899_000, '14 min'],
    [3_600_000, '1 h'],
    [86_400_000 * 7 - 1, '6 d'],
  ])('%d ms are %s', (ms, shown) => {
    expect(durationText(ms)).toBe(shown)
  })

  test('an instant is in UTC, to the second', () => {
    expect(instantText(1_800_000_000_999)).toBe('2027-01-15 08:00:00Z')
  })

  test.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [57_344, '56 KiB'],
    [1_610_612_736, '1.5 GiB'],
    [2 ** 53, '8192 TiB'],
  ])('%d bytes are %s', (bytes, shown) => {
    expect(sizeText(bytes)).toBe(shown)
  })
})
