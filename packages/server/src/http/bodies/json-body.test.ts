import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuthError } from '../../errors.ts'
import { jsonNumber, jsonNumberText, parseJsonBody } from './json-body.ts'

const parse = (text: string) => parseJsonBody(Buffer.from(text))

/** What a body's refusal tells the client; fails if it is not one. */
function refusal(bytes: Buffer): string | undefined {
  try {
    parseJsonBody(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({ code: 'parse_error' })
    return error instanceof AuthError ? error.details.detail : undefined
  }
  return undefined
}

function numberTexts(body: unknown): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(body as object).map(([name, value]) => [name, jsonNumberText(value)]),
  )
}

describe('refusals, as recorded from Django REST framework', () => {
  const recorded = [
    {
      name: 'malformed JSON',
      bytes: '{"username": x}',
      detail: 'JSON parse error - Expecting value: line 1 column 14 (char 13)',
    },
    {
      name: 'malformed JSON at login and refresh',
      bytes: '{bad',
      detail:
        'JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)',
    },
    {
      name: 'JSON NaN constant',
      bytes: '{"username":NaN}',
      detail: "JSON parse error - Out of range float values are not JSON compliant: 'NaN'",
    },
    {
      name: 'H06 invalid UTF-8',
      bytes: Buffer.from('{"username": "\xff"}', 'latin1'),
      detail: "JSON parse error - 'utf-8' codec can't decode byte 0xff in position 14: invalid start byte",
    },
    {
      name: 'H06 cut-off UTF-8 behind a good body',
      bytes: Buffer.from('{}\xe2\x82', 'latin1'),
      detail: "JSON parse error - 'utf-8' codec can't decode bytes in position 2-3: unexpected end of data",
    },
    {
      name: 'H06 UTF-8 BOM before the JSON',
      bytes: '\ufeff{}',
      detail: 'JSON parse error - Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)',
    },
    {
      name: 'a body of white space',
      bytes: ' \n',
      detail: 'JSON parse error - Expecting value: line 2 column 1 (char 2)',
    },
    {
      name: 'H06 64 KiB of open brackets',
      bytes: '['.repeat(65_536),
      detail: 'JSON parse error - Expecting value: line 1 column 65537 (char 65536)',
    },
  ]
  test.each(recorded)('$name', ({ bytes, detail }) => {
    expect(refusal(Buffer.from(bytes as string))).toBe(detail)
  })
})

describe('numbers come as the text that Python makes of them', () => {
  const literals = [
    ['12345678901234567890', '12345678901234567890'],
    ['9007199254740993', '9007199254740993'],
    ['0', '0'],
    ['-0', '0'],
    ['-7', '-7'],
    ['1.0', '1.0'],
    ['-0.0', '-0.0'],
    ['0e5', '0.0'],
    ['1e3', '1000.0'],
    ['1E+3', '1000.0'],
    ['1.50', '1.5'],
    ['0.1', '0.1'],
    ['0.0001', '0.0001'],
    ['0.00001', '1e-05'],
    ['1.5e-7', '1.5e-07'],
    ['1e15', '1000000000000000.0'],
    ['1e16', '1e+16'],
    ['123456789012345678.0', '1.2345678901234568e+17'],
    ['-2.5e300', '-2.5e+300'],
    ['5e-324', '5e-324'],
    ['1e400', 'inf'],
    ['-1e400', '-inf'],
  ]
  test.each(literals)('%s: %s', (literal, text) => {
    expect(jsonNumberText(parse(`{"n":${literal}}`))).toBeUndefined()
    expect(numberTexts(parse(`{"n":${literal}}`))).toEqual({ n: text })
    expect(jsonNumberText(parse(` ${literal}\n`))).toBe(text)
  })

  test('members only, whatever stands around them', () => {
    const body = parse('{"a":1,"s":"2","{\\"":[3,{"a":4}],"\\u0062":5,"c":{"d":6},"e\\\\":7.0,"t":true}')
    expect(numberTexts(body)).toEqual({ a: '1', b: '5', 'e\\': '7.0' })
    expect(numberTexts(parse('{"a":1,"b":{"a":2},"c":[{"a":3}]}'))).toMatchObject({ a: '1' })
    expect(body).toMatchObject({ s: '2', '{"': [3, { a: 4 }], c: { d: 6 }, t: true })
  })

  test('of a repeated name the last value counts', () => {
    expect(parse('{"a":1,"a":"x"}')).toEqual({ a: 'x' })
    expect(numberTexts(parse('{"a":"x","a":1,"a":20}'))).toEqual({ a: '20' })
    expect(parse('{"a":1,"a":{"a":2}}')).toEqual({ a: { a: 2 } })
    expect(parse('{"a":1,"a":"x","b":2}')).toMatchObject({ a: 'x' })
  })

  test('an integer too long for Python is refused', () => {
    expect(refusal(Buffer.from(`{"a":${'1'.repeat(4301)}}`))).toMatch(
      /^JSON parse error - Exceeds the limit \(4300 digits\)/,
    )
  })

  test('only our own numbers are numbers', () => {
    expect(jsonNumberText(jsonNumber('1.0'))).toBe('1.0')
    for (const other of [1, '1', null, undefined, {}, [], parse('{"python text":"1"}')]) {
      expect(jsonNumberText(other)).toBeUndefined()
    }
  })
})

test('an empty body is no body', () => {
  expect(parse('')).toBeUndefined()
})

test('H05 __proto__ and constructor are names like any other', () => {
  const body = parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"n":1}')
  expect(Object.keys(body as object)).toEqual(['__proto__', 'constructor', 'n'])
  expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
  expect('admin' in {}).toBe(false)
  expect(Object.getPrototypeOf(parse('{"__proto__":1}'))).toBe(Object.prototype)
})

test('H06 a deep value beside a number does not exhaust the stack', () => {
  const body = parse(`{"a":1,"b":${'['.repeat(30_000)}${']'.repeat(30_000)}}`)
  expect(numberTexts(body)).toMatchObject({ a: '1' })
})

test('H06 random bytes are read or refused, never anything else', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void refusal(Buffer.from(bytes))))
  const unit = fc.constantFrom(...'{}[]:,"\\u0e.- \n', '"a":', 'NaN', '😀', '\ufeff')
  fc.assert(
    fc.property(fc.string({ unit }), (text) => void refusal(Buffer.from(text))),
    { numRuns: 2000 },
  )
})

/** The body with plain numbers again, which lose digits. */
function plain(body: unknown): unknown {
  const text = jsonNumberText(body)
  if (text !== undefined) return Number(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const number = (value: unknown) => (jsonNumberText(value) === undefined ? value : plain(value))
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, number(value)]))
}

test('valid JSON reads as JSON.parse has it, but for the numbers', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value))
  fc.assert(
    fc.property(fc.oneof(fc.json(), object), (text) => {
      expect(plain(parse(text))).toEqual(JSON.parse(text))
    }),
  )
})
