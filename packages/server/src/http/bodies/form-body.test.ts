import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFormBody, parseMultipartBody } from './form-body.ts'

const form = (text: string) => parseFormBody(Buffer.from(text))

const boundary = 'multipart/form-data; boundary=frontier'
function part(header: string, text: string): string {
  return `--frontier\r\nContent-Disposition: form-data; ${header}\r\n\r\n${text}\r\n`
}
const multipart = (text: string, contentType = boundary) =>
  parseMultipartBody(Buffer.from(`${text}--frontier--\r\n`), contentType)

describe('application/x-www-form-urlencoded', () => {
  const cases = [
    {
      name: 'fields',
      body: 'username=alice&password=a+b%26c',
      record: { username: 'alice', password: 'a b&c' },
    },
    { name: 'the last of a repeated name', body: 'a=1&a=2&a=3', record: { a: '3' } },
    { name: 'a name without a value', body: 'a&b=', record: { a: '', b: '' } },
    { name: 'an empty body', body: '', record: {} },
    { name: 'a leading question mark', body: '?a=1', record: { '?a': '1' } },
    { name: 'non-ASCII, raw and encoded', body: 'a=ü&b=%C3%BC', record: { a: 'ü', b: 'ü' } },
    { name: 'broken percent signs and UTF-8', body: 'a=%zz&b=%ff', record: { a: '%zz', b: '\ufffd' } },
  ]
  test.each(cases)('$name', ({ body, record }) => {
    expect({ ...form(body) }).toEqual(record)
  })

  test('bytes that are not UTF-8 are Latin-1', () => {
    expect(parseFormBody(Buffer.from('a=\xfc', 'latin1'))).toMatchObject({ a: 'ü' })
  })

  test('H05 the record has no prototype', () => {
    const record = form('__proto__=x&constructor=y')
    expect(Object.getPrototypeOf(record)).toBeNull()
    expect(Object.entries(record)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })

  test('what URLSearchParams writes reads back', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
        (record) => {
          expect({ ...form(new URLSearchParams(record).toString()) }).toEqual({ ...record })
        },
      ),
    )
  })

  test('any bytes are a form', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseFormBody(Buffer.from(bytes))))
  })
})

describe('multipart/form-data', () => {
  test('text parts, the last of a repeated name', async () => {
    const record = await multipart(part('name="a"', '1') + part('name="b"', 'ü\r\n2') + part('name="a"', '3'))
    expect({ ...record }).toEqual({ a: '3', b: 'ü\r\n2' })
  })

  test('H04 a file is no string', async () => {
    const record = await multipart(part('name="username"; filename="alice.txt"', 'alice'))
    expect(record.username).toBeInstanceOf(File)
  })

  test('of a file and a text of one name the file counts, whichever comes last', async () => {
    const parts = [part('name="a"; filename="a.txt"', 'x'), part('name="a"', '1')]
    expect((await multipart(parts.join(''))).a).toBeInstanceOf(File)
    expect((await multipart(parts.reverse().join(''))).a).toBeInstanceOf(File)
  })

  test('H05 the record has no prototype', async () => {
    const record = await multipart(part('name="__proto__"', 'x'))
    expect(Object.getPrototypeOf(record)).toBeNull()
    expect(Object.entries(record)).toEqual([['__proto__', 'x']])
  })

  test('an empty body is an empty record', async () => {
    expect({ ...(await parseMultipartBody(Buffer.alloc(0), boundary)) }).toEqual({})
  })

  const malformed = [
    {
      name: 'no boundary',
      body: '--frontier--',
      type: 'multipart/form-data',
      fault: 'Invalid boundary in multipart: None',
    },
    {
      name: 'an empty boundary',
      body: '--frontier--',
      type: `multipart/form-data; boundary=`,
      fault: 'Malformed multipart body.',
    },
    { name: 'another boundary', body: '--border--', type: boundary, fault: 'Malformed multipart body.' },
    { name: 'no end', body: part('name="a"', '1'), type: boundary, fault: 'Malformed multipart body.' },
  ]
  test.each(malformed)('$name is malformed', async ({ body, type, fault }) => {
    await expect(parseMultipartBody(Buffer.from(body), type)).rejects.toMatchObject({
      code: 'parse_error',
      details: { detail: `Multipart form parse error - ${fault}` },
    })
  })
})
