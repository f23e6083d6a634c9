import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pythonIntegerFault, pythonJsonFault } from './python-json-fault.ts'

// Recorded from CPython 3.11's json module with Django REST framework's strict constants.
const recorded: readonly (readonly [text: string, fault: string])[] = [
  ['{"username": x}', 'Expecting value: line 1 column 14 (char 13)'],
  ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{x}', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{"a"', "Expecting ':' delimiter: line 1 column 5 (char 4)"],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ['{"a":', 'Expecting value: line 1 column 6 (char 5)'],
  ['{"a":}', 'Expecting value: line 1 column 6 (char 5)'],
  ['{"a":1', "Expecting ',' delimiter: line 1 column 7 (char 6)"],
  ['{"a":1,', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
  ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
  ['{"a":1 "b":2}', "Expecting ',' delimiter: line 1 column 8 (char 7)"],
  ["{'a':1}", 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{1:2}', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{"a":1}}', 'Extra data: line 1 column 8 (char 7)'],
  ['[', 'Expecting value: line 1 column 2 (char 1)'],
  ['[1', "Expecting ',' delimiter: line 1 column 3 (char 2)"],
  ['[1,', 'Expecting value: line 1 column 4 (char 3)'],
  ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
  ['[,1]', 'Expecting value: line 1 column 2 (char 1)'],
  ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
  ['[}', 'Expecting value: line 1 column 2 (char 1)'],
  ['{"a":[1,{"b":}]}', 'Expecting value: line 1 column 14 (char 13)'],
  ['{"a":1}\n\n x', 'Extra data: line 3 column 2 (char 10)'],
  ['{\n  "a": 1,\n  b\n}', 'Expecting property name enclosed in double quotes: line 3 column 3 (char 14)'],
  ['{"😀😀": x}', 'Expecting value: line 1 column 8 (char 7)'],
  ['{"a":\n"😀" x}', "Expecting ',' delimiter: line 2 column 5 (char 10)"],
  ['[\r1\r2]', "Expecting ',' delimiter: line 1 column 5 (char 4)"],
  ['"', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"abc', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"a\\', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"a\\x"', 'Invalid \\escape: line 1 column 3 (char 2)'],
  ['"a\\\nb"', 'Invalid \\escape: line 1 column 3 (char 2)'],
  ['"\\u12"', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
  ['"\\u12g4"', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
  ['"\\u1234', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
  ['"\\ud83d\\u12"', 'Invalid \\uXXXX escape: line 1 column 9 (char 8)'],
  ['"tab\there"', 'Invalid control character at: line 1 column 5 (char 4)'],
  ['["new\nline"]', 'Invalid control character at: line 1 column 6 (char 5)'],
  ['{"a\0":1}', 'Invalid control character at: line 1 column 4 (char 3)'],
  ['"\x7f\x1f"', 'Invalid control character at: line 1 column 3 (char 2)'],
  ['{"é":1 😀}', "Expecting ',' delimiter: line 1 column 8 (char 7)"],
  [' ', 'Expecting value: line 1 column 2 (char 1)'],
  ['\u00a01', 'Expecting value: line 1 column 1 (char 0)'],
  ['\ufeff{}', 'Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)'],
  ['x\ufeff', 'Expecting value: line 1 column 1 (char 0)'],
  ['NaN', "Out of range float values are not JSON compliant: 'NaN'"],
  ['[NaN]', "Out of range float values are not JSON compliant: 'NaN'"],
  ['{"a":Infinity}', "Out of range float values are not JSON compliant: 'Infinity'"],
  ['{"a":-Infinity}', "Out of range float values are not JSON compliant: '-Infinity'"],
  ['{"a":NaN', "Out of range float values are not JSON compliant: 'NaN'"],
  ['Nan', 'Expecting value: line 1 column 1 (char 0)'],
  ['-Inf', 'Expecting value: line 1 column 1 (char 0)'],
  ['-', 'Expecting value: line 1 column 1 (char 0)'],
  ['+1', 'Expecting value: line 1 column 1 (char 0)'],
  ['01', 'Extra data: line 1 column 2 (char 1)'],
  ['1.', 'Extra data: line 1 column 2 (char 1)'],
  ['.5', 'Expecting value: line 1 column 1 (char 0)'],
  ['1e', 'Extra data: line 1 column 2 (char 1)'],
  ['[1.e3]', "Expecting ',' delimiter: line 1 column 3 (char 2)"],
  ['-01', 'Extra data: line 1 column 3 (char 2)'],
  ['tru', 'Expecting value: line 1 column 1 (char 0)'],
  ['[true false]', "Expecting ',' delimiter: line 1 column 7 (char 6)"],
  ['nulll', 'Extra data: line 1 column 5 (char 4)'],
  ['// comment', 'Expecting value: line 1 column 1 (char 0)'],
  ['{"a":1}{', 'Extra data: line 1 column 8 (char 7)'],
  ['[]]', 'Extra data: line 1 column 3 (char 2)'],
  ['"\u2028"x', 'Extra data: line 1 column 4 (char 3)'],
]

describe('what CPython says of a text', () => {
  test.each(recorded)('%j: %s', (text, fault) => {
    expect(pythonJsonFault(text)).toBe(fault)
  })

  test('an integer of more than 4300 digits', () => {
    const fault = (count: number) =>
      `Exceeds the limit (4300 digits) for integer string conversion: value has ${count} digits; ` +
      'use sys.set_int_max_str_digits() to increase the limit'
    expect(pythonIntegerFault('1'.repeat(4300))).toBeUndefined()
    expect(pythonIntegerFault(`-${'1'.repeat(4300)}`)).toBeUndefined()
    expect(pythonIntegerFault('1'.repeat(4301))).toBe(fault(4301))
    expect(pythonJsonFault(`[-${'9'.repeat(5000)}x`)).toBe(fault(5000))
    expect(pythonJsonFault(`${'1'.repeat(4301)}.5x`)).toBe('Extra data: line 1 column 4304 (char 4303)')
  })

  test('H06 brackets as deep as a body can be', () => {
    const end = 'line 1 column 65536 (char 65535)'
    expect(pythonJsonFault('['.repeat(65_535))).toBe(`Expecting value: ${end}`)
    expect(pythonJsonFault(`{${'"":[{'.repeat(13_106)}    `)).toBe(
      `Expecting property name enclosed in double quotes: ${end}`,
    )
  })

  test('a valid text with something behind it: the fault is there', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const length = [...text].length
        expect(pythonJsonFault(`${text} x`)).toBe(
          `Extra data: line 1 column ${length + 2} (char ${length + 1})`,
        )
      }),
    )
  })

  test('any text: one answer, placed within it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u0e.- \n😀tN') }), (text) => {
        const position = Number(/\(char (\d+)\)$/.exec(pythonJsonFault(text))?.[1])
        expect(position).toBeGreaterThanOrEqual(0)
        expect(position).toBeLessThanOrEqual([...text].length)
      }),
    )
  })
})
