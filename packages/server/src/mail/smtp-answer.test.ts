import { describe, expect, test } from 'vitest'
import { deliveryOf } from './smtp-answer.ts'

function said(response: string, command = 'DATA') {
  const responseCode = Number(response.slice(0, 3))
  return deliveryOf(Object.assign(new Error(response), { command, response, responseCode }), undefined)
}

describe('what an answer means', () => {
  test.each([
    ['550 5.1.1 no such user', 'RCPT TO', 'refused'],
    ['554 spam', 'DATA', 'refused'],
    ['450 greylisted', 'RCPT TO', 'delayed'],
    ['452 too many', 'DATA', 'delayed'],
    ['421 closing', 'RCPT TO', 'unreachable'],
    ['421 closing', 'DATA', 'unreachable'],
    ['553 sender not allowed', 'MAIL FROM', 'unreachable'],
    ['535 bad login', 'AUTH PLAIN', 'unreachable'],
    ['554 no service', 'CONN', 'unreachable'],
    ['502 what?', 'EHLO', 'unreachable'],
  ])('%s at %s: %s', (response, command, outcome) => {
    expect(said(response, command)).toEqual({ outcome, reason: `${command}: ${response}` })
  })

  test.each([
    [{ code: 'ECONNREFUSED', command: 'CONN' }, 'unreachable'],
    [{ code: 'EENVELOPE', command: 'API' }, 'refused'],
    [{}, 'unreachable'],
  ])('no answer, but %j: %s', (fields, outcome) => {
    expect(deliveryOf(Object.assign(new Error('x'), fields), undefined).outcome).toBe(outcome)
  })
})

describe('H17: what is kept of an answer', () => {
  test.each([
    ['a link', '554 see https://a.example/x?t=1 and http://b.example', '554 see [link] and [link]'],
    [
      'an address',
      '550 <alice@example.net> unknown, ask "a.b"@c.example',
      '550 <[address]> unknown, ask [address]',
    ],
    ['a token', `554 contains ${'aB3-_'.repeat(8)}`, '554 contains […]'],
    ['a code', '554 contains 48150421.', '554 contains […].'],
    ['lines, and what moves a cursor', '554-one\r\n554 two\u001b[2J', '554-one 554 two\\u001b[2J'],
  ])('not %s', (_, response, kept) => {
    expect(said(response)).toMatchObject({ reason: `DATA: ${kept}` })
  })

  test('not all of it, where it does not end', () => {
    const { reason } = said(`554 ${'no '.repeat(10_000)}`) as { reason: string }
    expect(reason.length).toBeLessThanOrEqual(300)
  })

  test('nor the password, where the server quotes it', () => {
    const error = Object.assign(new Error('x'), { command: 'AUTH', response: '535 no: hunter2' })
    expect(deliveryOf(error, 'hunter2')).toMatchObject({ reason: 'AUTH: 535 no: […]' })
  })
})
