import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '../../src/ids.ts'
import type { SessionRecord, UserRecord } from '../../src/import/fields.ts'
import { parseRecord } from '../../src/import/parse-record.ts'
import { linesOf, readRecords } from '../../src/import/read-records.ts'
import { usersSchema } from '../../src/import/schema.ts'
import { toRecord, toRow, toSessionRow } from '../../src/import/user-row.ts'
import { recordLine } from '../../src/import/write-record.ts'
import { root } from '../docs/pages.ts'
import { t0 } from '../store/samples.ts'
import { bytesOf, collected } from './run.ts'

const text = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength }).filter((one) => one.isWellFormed() && !one.includes('\0'))
const instant = fc.integer({ min: 0, max: 4_000_000_000_000 })
const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null })

const session: fc.Arbitrary<SessionRecord> = fc.record({
  id: instant.map(newId),
  generation: fc.nat(),
  ...{ created_at: instant, rotated_at: instant },
  ...{ expires_at: fc.integer({ min: 0, max: 2e12 }), ends_at: fc.integer({ min: 2e12, max: 4e12 }) },
  ...{ device: text(20), address: text(10) },
  idempotency_digest: orNull(fc.constant('00'.repeat(16))),
})

const record: fc.Arbitrary<UserRecord> = fc.record({
  ...{ id: text(20).filter((one) => one !== ''), username: text(20).filter((one) => one !== '') },
  ...{ email: text(20), email_claimed: fc.boolean(), email_verified: fc.boolean() },
  ...{ email_verified_at: orNull(instant), password_hash: orNull(text(60)) },
  ...{ password_changed_at: orNull(instant), is_active: fc.boolean(), is_staff: fc.boolean() },
  ...{ is_superuser: fc.boolean(), first_name: text(9), last_name: text(9) },
  ...{
    groups: fc.array(text(9), { maxLength: 3 }),
    created_at: orNull(instant),
    last_login: orNull(instant),
  },
  sessions: fc.array(session, { maxLength: 2 }),
})

const least = { id: '1', username: 'alice' }

describe('a record', () => {
  test('is the same after it was written and read', () => {
    fc.assert(
      fc.property(record, (one) => {
        const line = recordLine(one)
        expect(line).not.toContain('\n')
        expect(parseRecord(JSON.parse(line))).toEqual({ record: one })
      }),
      { numRuns: 500 },
    )
  })

  test('made of a row makes the same row', () => {
    fc.assert(
      fc.property(record, (one) => {
        const row = { ...toRow(one, { same: undefined, now: t0 }), sessions_ended_at: null, admin_role: null }
        const sessions = one.sessions.map((each) => toSessionRow(each, one.id))
        const again = toRecord(row, sessions)
        expect({
          ...toRow(again, { same: undefined, now: 1 }),
          sessions_ended_at: null,
          admin_role: null,
        }).toEqual(row)
        expect(again.sessions).toEqual(one.sessions)
      }),
      { numRuns: 500 },
    )
  })

  test('has its groups in order, and each once', () => {
    const parsed = parseRecord({ ...least, groups: ['b', 'a', 'b'] })
    const row = 'record' in parsed ? toRow(parsed.record, { same: undefined, now: t0 }) : undefined
    expect(row?.group_names).toBe('["a","b"]')
  })

  test('needs an id and a name, and has the usual for all else', () => {
    expect(parseRecord(least)).toEqual({
      record: {
        ...least,
        ...{
          email: '',
          email_claimed: true,
          email_verified: false,
          email_verified_at: null,
          password_hash: null,
        },
        ...{
          password_changed_at: null,
          is_active: true,
          is_staff: false,
          is_superuser: false,
          first_name: '',
        },
        ...{ last_name: '', groups: [], created_at: null, last_login: null, sessions: [] },
      },
    })
    expect(parseRecord({ ...least, email: null, groups: null, is_active: null })).toHaveProperty(
      'record.is_active',
      true,
    )
  })

  test.each<[string, unknown, string[]]>([
    ['no object', [], ['it is no JSON object']],
    ['null', null, ['it is no JSON object']],
    ['nothing', {}, ['id: it is missing', 'username: it is missing']],
    ['an empty id', { ...least, id: '' }, ['id: it is empty']],
    ['a number for an id', { ...least, id: 1 }, ['id: a text is expected']],
    ['a member that is none', { ...least, is_actve: false }, ['is_actve: there is no such member']],
    [
      'a member of every object',
      JSON.parse('{"id":"1","username":"a","__proto__":1}'),
      ['__proto__: there is no such member'],
    ],
    ['a text for a flag', { ...least, is_staff: 'false' }, ['is_staff: true or false is expected']],
    [
      'an instant without a zone',
      { ...least, created_at: '2026-01-01T00:00:00' },
      ['created_at: an instant such as 2026-01-31T12:00:00Z is expected'],
    ],
    [
      'a day that is none',
      { ...least, last_login: '2026-13-01T00:00:00Z' },
      ['last_login: an instant such as 2026-01-31T12:00:00Z is expected'],
    ],
    ['a NUL', { ...least, first_name: 'a\0' }, ['first_name: it has a character that is none']],
    ['half a character', { ...least, email: '\ud800' }, ['email: it has a character that is none']],
    ['a long name', { ...least, username: 'x'.repeat(501) }, ['username: it has more than 500 characters']],
    ['groups that are a text', { ...least, groups: 'staff' }, ['groups: a list of texts is expected']],
    ['a group that is none', { ...least, groups: [1] }, ['groups: a text is expected']],
    ['sessions that are none', { ...least, sessions: {} }, ['sessions: a list is expected']],
    [
      'a session that is none',
      { ...least, sessions: [7] },
      expect.arrayContaining(['sessions[0]: an object is expected', 'sessions[0].id: it is missing']),
    ],
  ])('%s is refused with what is wrong', (_, given, faults) => {
    expect(parseRecord(given)).toEqual({ faults })
  })
})

describe('lines', () => {
  test('come as they were whatever the pieces, each with its number; empty ones are left out', async () => {
    const text = '\n{"id":"1","username":"Žofie"}\r\n\n[]\n\u0000\n{"id":"2","username":"b"}'
    for (const piece of [1, 2, 5, 1000]) {
      const read = await collected(readRecords(bytesOf(text, piece)))
      expect(read.map(({ row }) => row)).toEqual([2, 4, 5, 6])
      expect(read[0]).toHaveProperty('record.username', 'Žofie')
      expect(read.slice(1, 3)).toEqual([
        { row: 4, faults: ['it is no JSON object'] },
        { row: 5, faults: ['it is no JSON'] },
      ])
    }
  })

  test('that are no UTF-8, or longer than any record, are refused alone', async () => {
    async function* bytes() {
      yield Buffer.from([0x22, 0xff, 0x22, 10])
      for (let at = 0; at < 5; at += 1) yield Buffer.alloc(1_000_000, 32)
      yield Buffer.from('\n{"id":"1","username":"a"}\n')
    }
    const read = await collected(readRecords(bytes()))
    expect(read.slice(0, 2)).toEqual([
      { row: 1, faults: ['it is no JSON'] },
      { row: 2, faults: ['it is too long'] },
    ])
    expect(read[2]).toHaveProperty('record.id', '1')
    expect(await collected(linesOf(bytesOf('')))).toEqual([])
  })
})

test('the schema in the documentation is the one of the program', () => {
  const file = readFileSync(join(root, 'docs/reference/users.schema.json'), 'utf8')
  expect(JSON.parse(file), 'run: npm run docs').toEqual(usersSchema())
})
