import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test.each([
  ['a line break', 'a\nb', 'a\\u000ab'],
  ['carriage return and line feed', 'a\r\nb', 'a\\u000d\\u000ab'],
  ['a NUL', 'a\0b', 'a\\u0000b'],
  ['an escape that colours a terminal', '\u001b[31mred', '\\u001b[31mred'],
  ['the same in one byte', '\u009b31mred', '\\u009b31mred'],
  ['delete', 'a\u007fb', 'a\\u007fb'],
  ['a line separator', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['an override of direction', 'user\u202egpj.exe', 'user\\u202egpj.exe'],
  ['an isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
])('H17: %s', (_, text, shown) => {
  expect(printable(text)).toBe(shown)
})

test('what people read and write stays as it is', () => {
  for (const text of ['', 'alice', 'Zoë "the" O\'Brien \\ <b>', '名前', '🙂', 'שלום'])
    expect(printable(text)).toBe(text)
})

test('H17: nothing that comes out can break a line or move a cursor', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      expect(printable(text).length).toBeGreaterThanOrEqual(text.length)
    }),
  )
})
