import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineOf, openDigest } from './digest.ts'
import type { Cell, Row } from './rows.ts'
import type { Table } from './tables.ts'

const table: Table = {
  name: 'users',
  key: 'a',
  columns: [
    { name: 'a', type: 'text' },
    { name: 'b', type: 'integer' },
    { name: 'c', type: 'bytes' },
  ],
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '\0',
    '\n',
    '"',
    '\\',
    'null',
    '1',
    '[]',
    '["00"]',
    '\ud800',
    '\u{10ffff}',
    'é',
    'e\u0301',
  ),
)
const cell = fc.oneof(
  text,
  fc.maxSafeInteger(),
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(null, 0, 1, -1, new Uint8Array(), Buffer.from('00')),
)
const row = fc.record({ a: cell, b: cell, c: cell })

/** What the line says, read back. */
function read(line: string): Cell[] {
  return (JSON.parse(line) as (string | number | null | [string])[]).map((value) =>
    Array.isArray(value) ? Uint8Array.from(Buffer.from(value[0], 'hex')) : value,
  )
}

function plain({ a, b, c }: Row): Cell[] {
  return [a, b, c].map((value = null) => (value instanceof Uint8Array ? Uint8Array.from(value) : value))
}

function digestOf(rows: readonly Row[], of = table): string {
  const digest = openDigest(of)
  for (const one of rows) digest.add([lineOf(of, one)])
  return digest.end().sha256
}

describe('a line', () => {
  test('says the whole row, so that no two different rows have the same', () => {
    fc.assert(
      fc.property(row, (one) => {
        const line = lineOf(table, one)
        expect(line).not.toContain('\n')
        expect(read(line)).toEqual(plain(one))
      }),
      { numRuns: 2000 },
    )
  })

  test.each<[string, Row, Row]>([
    ['text and number', { a: '1' }, { a: 1 }],
    ['text and nothing', { a: 'null' }, { a: null }],
    ['empty text and nothing', { a: '' }, { a: null }],
    ['text and bytes', { a: 'ff' }, { a: Buffer.from('ff', 'hex') }],
    ['a text that looks like bytes', { a: '["ff"]' }, { a: Buffer.from('ff', 'hex') }],
    ['no bytes and nothing', { a: new Uint8Array() }, { a: null }],
    ['what stands in another column', { a: 'x', b: null }, { a: null, b: 'x' }],
    ['texts that are shared out otherwise', { a: 'x","y', b: 'z' }, { a: 'x', b: 'y","z' }],
    ['letters that look alike', { a: 'é' }, { a: 'e\u0301' }],
  ])('tells apart %s', (_, one, other) => {
    expect(lineOf(table, one)).not.toBe(lineOf(table, other))
  })

  test('does not depend on the kind of array that a driver gives', () => {
    expect(lineOf(table, { c: Buffer.from([1, 255]) })).toBe(lineOf(table, { c: new Uint8Array([1, 255]) }))
    expect(lineOf(table, { a: 'x', b: 7, c: Buffer.from([1, 255]) })).toBe('["x",7,["01ff"]]')
  })
})

describe('a digest', () => {
  test('is the SHA-256 of the lines, whatever the batches in which they came', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (rows, size) => {
        const lines = rows.map((one) => lineOf(table, one))
        const digest = openDigest(table)
        for (let at = 0; at < lines.length; at += size) digest.add(lines.slice(at, at + size))
        const whole = ['["users","a","b","c"]', ...lines].map((line) => `${line}\n`).join('')
        const sha256 = createHash('sha256').update(whole).digest('hex')
        expect(digest.end()).toEqual({ rows: rows.length, sha256 })
      }),
    )
  })

  test('sees the order, a row that is twice there, and which table it is', () => {
    const [one, other] = [{ a: 'x' }, { a: 'y' }]
    const digests = [[], [one], [other], [one, other], [other, one], [one, one]].map((rows) => digestOf(rows))
    digests.push(digestOf([one], { ...table, name: 'sessions' }))
    digests.push(digestOf([one], { ...table, columns: table.columns.slice(0, 2) }))
    expect(new Set(digests).size).toBe(digests.length)
  })
})
