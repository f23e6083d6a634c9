import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { AuthError } from '../../errors.ts'
import type { EventFields } from '../events.ts'
import { toRow } from './rows.ts'

const rowOf = (fields: EventFields) =>
  toRow({ event: 'auth.login.failed', fields, happenedAt: 1_800_000_000_000 })

test('what has a column stands in it, what is personal apart, the rest in details', () => {
  const ids = { request_id: 'r', user_id: 'u', session_id: 's' }
  const personal = { client_ip: '192.0.2.7', device: 'Firefox 150, Linux' }
  const row = rowOf({
    ...ids,
    ...personal,
    actor: 'operator',
    code: 'invalid_credentials',
    reason: 'x',
    count: 2,
  })
  expect(row).toMatchObject({
    ...ids,
    ...{ event: 'auth.login.failed', happened_at: 1_800_000_000_000, code: 'invalid_credentials' },
    ...{ actor_id: 'operator', details: '{"reason":"x","count":2}', personal: JSON.stringify(personal) },
  })
  expect(row.id).toMatch(/^[0-9a-f-]{36}$/)
})

test('the digest is SHA-256 of salt and personal part, and no two salts are the same', () => {
  const [one, other] = [rowOf({ client_ip: '192.0.2.7' }), rowOf({ client_ip: '192.0.2.7' })]
  const digest = createHash('sha256')
    .update(one.personal_salt ?? '')
    .update('{"client_ip":"192.0.2.7"}')
    .digest()
  expect(one.personal_digest).toEqual(digest)
  expect(one.personal_salt).toHaveLength(16)
  expect(other.personal_digest).not.toEqual(digest)
})

test('an event without fields has neither details nor a personal part', () => {
  expect(rowOf({})).toMatchObject({ details: null, personal: null, personal_salt: null, result: 'ok' })
})

test.each<[EventFields, string]>([
  [{ user_id: 'u' }, 'ok'],
  [{ code: 'invalid_credentials' }, 'refused'],
  [{ code: 'overloaded' }, 'refused'],
  [{ code: 'unavailable' }, 'failed'],
  [{ code: 'internal' }, 'failed'],
  [{ error: new Error('x') }, 'failed'],
])('%j is %s', (fields, result) => {
  expect(rowOf(fields).result).toBe(result)
})

test('a mail that did not get through has failed', () => {
  const row = toRow({ event: 'mail.failed', fields: { mail_id: 'm', template: 'test' }, happenedAt: 0 })
  expect(row).toMatchObject({ result: 'failed', details: '{"mail_id":"m","template":"test"}' })
})

test('of a failure it holds the kind, the code and the reason, and neither message nor stack', () => {
  const error = new AuthError('unavailable', { reason: 'SQLITE_FULL', cause: new Error('hidden') })
  expect(rowOf({ error })).toMatchObject({
    code: 'unavailable',
    details: '{"error":{"type":"AuthError","code":"unavailable","reason":"SQLITE_FULL"}}',
  })
  expect(rowOf({ error: new TypeError('hidden') }).details).toBe('{"error":{"type":"TypeError"}}')
})
