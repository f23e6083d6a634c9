import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pythonUtf8Fault } from './python-utf8-fault.ts'

// Recorded from CPython 3.11's bytes.decode().
const recorded: readonly (readonly [bytes: string, fault: string])[] = [
  ['ff', "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"],
  [
    '7b 22 75 73 65 72 6e 61 6d 65 22 3a 20 22 ff 22 7d',
    "'utf-8' codec can't decode byte 0xff in position 14: invalid start byte",
  ],
  ['61 62 80', "'utf-8' codec can't decode byte 0x80 in position 2: invalid start byte"],
  ['c0 80', "'utf-8' codec can't decode byte 0xc0 in position 0: invalid start byte"],
  ['c1', "'utf-8' codec can't decode byte 0xc1 in position 0: invalid start byte"],
  ['f5 80', "'utf-8' codec can't decode byte 0xf5 in position 0: invalid start byte"],
  ['c3', "'utf-8' codec can't decode byte 0xc3 in position 0: unexpected end of data"],
  ['c3 28', "'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte"],
  ['e2 82', "'utf-8' codec can't decode bytes in position 0-1: unexpected end of data"],
  ['e2 82 28', "'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte"],
  ['e2 28 a1', "'utf-8' codec can't decode byte 0xe2 in position 0: invalid continuation byte"],
  ['e0 80 80', "'utf-8' codec can't decode byte 0xe0 in position 0: invalid continuation byte"],
  ['ed a0 80', "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"],
  ['ed a0', "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"],
  ['f0 9f', "'utf-8' codec can't decode bytes in position 0-1: unexpected end of data"],
  ['f0 9f 98', "'utf-8' codec can't decode bytes in position 0-2: unexpected end of data"],
  ['f0 9f 98 78', "'utf-8' codec can't decode bytes in position 0-2: invalid continuation byte"],
  ['f0 80 80 80', "'utf-8' codec can't decode byte 0xf0 in position 0: invalid continuation byte"],
  ['f4 90 80 80', "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continuation byte"],
  [
    'c3 a9 e2 82 ac f0 9f 98 80 f0 9f 98 78',
    "'utf-8' codec can't decode bytes in position 9-11: invalid continuation byte",
  ],
]

test.each(recorded)('H06 %s: %s', (bytes, fault) => {
  expect(pythonUtf8Fault(Buffer.from(bytes.replaceAll(' ', ''), 'hex'))).toBe(fault)
})

test('all bytes before the fault are well formed, and with the fault they are not', () => {
  const byte = fc.constantFrom(
    0x41,
    0x7f,
    0x80,
    0x9f,
    0xa0,
    0xbf,
    0xc2,
    0xe0,
    0xe1,
    0xed,
    0xf0,
    0xf1,
    0xf4,
    0xff,
  )
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 12 }), (array) => {
      const bytes = Uint8Array.from(array)
      fc.pre(!isUtf8(bytes))
      const [, first, last] = /position (\d+)(?:-(\d+))?: /.exec(pythonUtf8Fault(bytes)) ?? []
      expect(isUtf8(bytes.subarray(0, Number(first)))).toBe(true)
      expect(isUtf8(bytes.subarray(0, Number(last ?? first) + 1))).toBe(false)
    }),
    { numRuns: 2000 },
  )
})
