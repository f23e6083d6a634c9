import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStrictly, encodeHeader, maxTokenLength, signJwt, verifyJwt } from './jwt.ts'

const header = encodeHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })
const yes = { header, sign: () => 'c2ln', verify: (_: string, signature: string) => signature === 'c2ln' }
const verifiers = new Map([[header, yes]])

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}

describe('the shape of a token', () => {
  test('what we sign we read again', () => {
    const claims = { sub: 'ü', nested: { list: [1, null, true] } }
    expect(verifyJwt(signJwt(yes, claims), verifiers)).toEqual(claims)
  })

  test('T01: the signature is asked before a claim is read, and over the very text', () => {
    const asked: string[] = []
    const strict = {
      verify(input: string, signature: string) {
        asked.push(input, signature)
        return false
      },
    }
    expect(verifyJwt(`${header}.not even json.xyz`, new Map([[header, strict]]))).toBeUndefined()
    expect(asked).toEqual([`${header}.not even json`, 'xyz'])
  })

  test.each([
    '',
    '.',
    '..',
    '...',
    header,
    `${header}.`,
    `${header}..`,
    `${header}.e30`,
    `.${header}.e30.c2ln`,
  ])('T21: %j is no token', (text) => {
    expect(verifyJwt(text, verifiers)).toBeUndefined()
  })

  test.each([
    ['four parts', `${header}.e30.c2ln.c2ln`],
    ['a dot at the end', `${header}.e30.c2ln.`],
    ['five parts, as an encrypted token has', `${header}.e30.c2ln.e30.c2ln`],
    ['a space in front', ` ${header}.e30.c2ln`],
    ['a line break at the end', `${header}.e30.c2ln\n`],
    ['padding on the header', `${header}=.e30.c2ln`],
  ])('T21: %s is refused', (_, token) => {
    expect(verifyJwt(token, verifiers)).toBeUndefined()
  })

  test.each([
    'null',
    '[]',
    '[{}]',
    '1',
    '"text"',
    'true',
    '',
    '{',
    '{}x',
    "{'a':1}",
    '\ufeff{}',
  ])('signed claims that are %j are no claims', (payload) => {
    expect(verifyJwt(`${header}.${encode(payload)}.c2ln`, verifiers)).toBeUndefined()
  })

  test('a claim called __proto__ is a claim, and nobody inherits from it', () => {
    const claims = verifyJwt(`${header}.${encode('{"__proto__":{"sub":"root"}}')}.c2ln`, verifiers)
    expect(claims?.sub).toBeUndefined()
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
  })

  test('T06: a header is looked up in a map, so no property of an object answers to it', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'size', 'get'])
      expect(verifyJwt(`${name}.e30.c2ln`, verifiers)).toBeUndefined()
  })
})

describe('T24: size', () => {
  const padded = (length: number) => `${header}.${'A'.repeat(length - header.length - 6)}.c2ln`

  test('a text of 8192 characters is looked at, one of 8193 is not', () => {
    let asked = 0
    const counting = new Map([[header, { verify: () => ++asked > 99 }]])
    expect(padded(maxTokenLength)).toHaveLength(8192)
    verifyJwt(padded(maxTokenLength), counting)
    expect(asked).toBe(1)
    verifyJwt(padded(maxTokenLength + 1), counting)
    expect(asked).toBe(1)
  })
})

describe('T21: strict base64url', () => {
  test('every byte sequence has one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(decodeStrictly(text)).toEqual(Buffer.from(bytes))
        for (const other of [`${text}=`, `${text} `, `${text}\n`, ` ${text}`, `${text}\0`, `${text}.`])
          expect(decodeStrictly(other)).toBeUndefined()
      }),
    )
  })

  test('whatever text decodes is the encoding of what came out', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' })), (text) => {
        const bytes = decodeStrictly(text)
        expect(bytes === undefined || bytes.toString('base64url') === text).toBe(true)
      }),
    )
  })

  test.each([
    ['the alphabet of plain base64', '-_-_', '+/+/'],
    ['loose last bits after one byte', 'YQ', 'YR'],
    ['loose last bits after two bytes', 'YWI', 'YWJ'],
    ['a single character left over', 'YWJj', 'YWJjA'],
    ['a foreign character that decoders skip', 'YWJj', 'YW!Jj'],
  ])('%s is refused', (_, good, bad) => {
    expect(decodeStrictly(good)).toBeDefined()
    expect(decodeStrictly(bad)).toBeUndefined()
  })
})
