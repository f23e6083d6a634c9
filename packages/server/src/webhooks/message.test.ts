import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sampleEvent, t0 } from '../../test/store/samples.ts'
import { headersOf, isWanted, messageOf } from './message.ts'

const row = {
  ...sampleEvent({ user_id: 'u', personal: '{"client_ip":"192.0.2.7","device":"curl/8"}' }),
  number: 7,
  chain: Buffer.alloc(32),
}

describe('a message', () => {
  test('says what happened, and has the id of the event', () => {
    const { id, body } = messageOf(row)
    expect(id).toBe(row.id)
    expect(JSON.parse(body)).toEqual({
      type: 'auth.login.succeeded',
      timestamp: new Date(t0).toISOString(),
      data: {
        ...{
          number: 7,
          result: 'ok',
          code: null,
          request_id: null,
          actor: null,
          user_id: 'u',
          session_id: null,
        },
        ...{ client_ip: '192.0.2.7', device: 'curl/8', details: { a: 'ü\n' } },
      },
    })
  })

  test('of which what is personal was erased says so', () => {
    const { body } = messageOf({ ...row, personal: null, details: null })
    expect(JSON.parse(body)).toMatchObject({ data: { client_ip: null, device: null, details: null } })
  })
})

test('the headers are those of Standard Webhooks: its own example comes out', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' }
  const headers = headersOf([key], message, 1_614_265_330_999)
  expect(headers).toMatchObject({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    'content-length': '20',
  })
})

test('each key signs, the newest first', () => {
  const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const { 'webhook-signature': signature = '' } = headersOf(keys, { id: 'a', body: 'ü' }, 5_000)
  const expected = keys.map((key) => `v1,${createHmac('sha256', key).update('a.5.ü').digest('base64')}`)
  expect(signature.split(' ')).toEqual(expected)
})

test.each([
  ['*', 'user.deleted', true],
  ['user.deleted', 'user.deleted', true],
  ['user.deleted', 'user.deleted.twice', false],
  ['auth.login.*', 'auth.login.failed', true],
  ['auth.login.*', 'auth.logins.failed', false],
  ['auth.*', 'auth.login.failed', true],
])('%s asks for %s: %j', (pattern, event, wanted) => {
  expect(isWanted(['nothing.else', pattern], event)).toBe(wanted)
})
