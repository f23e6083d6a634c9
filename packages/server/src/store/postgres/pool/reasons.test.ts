import { expect, test } from 'vitest'
import { unavailable } from './reasons.ts'

const address = { host: 'db.example', port: 5432, user: 'auth', database: 'auth', password: 'sesame' }

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

test('a reason says where it is, what was said, and what to do', () => {
  const refusal = unavailable(systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND db.example'), address)
  expect(refusal).toMatchObject({ code: 'unavailable', details: { retryAfterSeconds: 1 } })
  expect(refusal.details.reason).toBe(
    'PostgreSQL at db.example:5432: getaddrinfo ENOTFOUND db.example. ' +
      'No machine of the name db.example is known: is the host in DATABASE_URL right?',
  )
})

test.each([
  ['a fault that nobody foresaw, as it is', new Error('the moon fell down'), ': the moon fell down'],
  [
    'an error without a text, by its code',
    systemError('ECONNREFUSED', ''),
    ': ECONNREFUSED. Nothing listens there',
  ],
  ['no error at all', 'a text', ': a text'],
  [
    'an expired certificate',
    systemError('CERT_HAS_EXPIRED', 'certificate has expired'),
    'expired. Renew the',
  ],
])('%s', (_, thrown, part) => {
  expect(unavailable(thrown, address).details.reason).toContain(part)
})

test.each([
  ['::1', '[::1]:5432'],
  ['10.0.0.7', '10.0.0.7:5432'],
  ['/var/run/postgresql', '/var/run/postgresql'],
])('the place of %s is written %s', (host, place) => {
  const { reason } = unavailable(new Error('x'), { ...address, host }).details
  expect(reason).toBe(`PostgreSQL at ${place}: x`)
})

test('a name with a quote in it is no SQL of its own', () => {
  const mischief = { ...address, user: 'a"; DROP DATABASE b; --' }
  const thrown = systemError('42501', 'permission denied')
  expect(unavailable(thrown, mischief).details.reason).toContain('TO "a""; DROP DATABASE b; --";')
})
