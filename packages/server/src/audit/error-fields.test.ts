import { describe, expect, test } from 'vitest'
import { AuthError } from '../errors.ts'
import { errorFields } from './error-fields.ts'

const token = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLW5vdGhpbmc'

describe('what is told of an error', () => {
  test('its kind, its words, where it was thrown', () => {
    const told = errorFields(new TypeError('x is not a function'))
    expect(Object.keys(told).sort()).toEqual(['message', 'stack', 'type'])
    expect(told).toMatchObject({ type: 'TypeError', message: 'x is not a function' })
    expect(told.stack).toMatch(/^ {4}at .*error-fields\.test\.ts/)
  })

  test('of a refusal its code, and the reason that the client is not told', () => {
    const told = errorFields(new AuthError('unavailable', { reason: 'SQLITE_FULL: disk full' }))
    expect(told).toMatchObject({ type: 'AuthError', code: 'unavailable', reason: 'SQLITE_FULL: disk full' })
  })

  test('of a system error its code', () => {
    expect(errorFields(Object.assign(new Error('no space'), { code: 'ENOSPC' })).code).toBe('ENOSPC')
  })

  test('its cause, and the cause of that, but not for ever', () => {
    const inner = new Error('inner')
    expect(errorFields(new Error('outer', { cause: inner })).cause?.message).toBe('inner')
    const ring = new Error('ring')
    ring.cause = ring
    expect(JSON.stringify(errorFields(ring)).match(/"ring"/g)).toHaveLength(5)
  })

  test.each([
    ['a text', 'a text', 'string'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'object'],
    ['an object', { password: 'hidden' }, 'object'],
  ])('%s that was thrown is told by its kind', (_, thrown, type) => {
    const told = errorFields(thrown)
    expect(told.type).toBe(type)
    expect(JSON.stringify(told)).not.toContain('hidden')
  })
})

describe('H17: what is not', () => {
  test('whatever else hangs on it: bodies, fields, parameters', () => {
    const laden = Object.assign(new Error('refused'), {
      ...{
        body: { password: 'hidden' },
        parameters: ['hidden'],
        config: { headers: { authorization: 'hidden' } },
      },
      toJSON: () => ({ password: 'hidden' }),
    })
    const refusal = new AuthError('invalid', { fields: { password: ['hidden'] }, cause: laden })
    expect(JSON.stringify(errorFields(refusal))).not.toContain('hidden')
  })

  test.each([
    ['its words', () => new Error(`cannot read ${token}`)],
    ['the words of its cause', () => new Error('x', { cause: new Error(`Bearer ${token}.`) })],
    ['its reason', () => new AuthError('unavailable', { reason: `got "${token}"` })],
    ['its code', () => Object.assign(new Error('x'), { code: token })],
    ['half a token', () => new Error(token.slice(0, 60))],
  ])('a token in %s', (_, make) => {
    const told = JSON.stringify(errorFields(make()))
    expect(told).toContain('[token]')
    expect(told).not.toContain('eyJ')
  })

  test('a line of its own: what an attacker wrote into the words stays in them', () => {
    const forged = 'bad name\n    at forged (line.ts:1:1)\n{"event":"auth.login.succeeded"}\u001b[2J'
    const told = errorFields(new Error(forged))
    expect(told.message).not.toContain('\n')
    expect(told.stack).not.toContain('login.succeeded')
    expect(`${told.message}${told.stack}`).not.toContain('\u001b')
  })
})
