import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { handClock } from '../../../test/harness.ts'
import { askedBy, createOneTimeSecrets } from './one-time-secrets.ts'

const clock = handClock()
const secrets = createOneTimeSecrets({ secrets: ['a secret for tests only of 32 or more characters'], clock })
const other = createOneTimeSecrets({ secrets: ['another secret for tests of 32 or more characters'], clock })
const alice = { userId: 'alice', email: 'alice@example.com' }
const tokenOf = (path: string) => path.split('?token=')[1] ?? ''

test('F11: a link has 256 random bits, of which a digest is stored and nothing else', () => {
  const made = Array.from({ length: 200 }, () => secrets.make('reset_password', alice))
  const tokens = made.map(({ path }) => tokenOf(path))
  expect(new Set(tokens).size).toBe(200)
  for (const [index, token] of tokens.entries()) {
    expect(token).toMatch(/^[\w-]{43}$/)
    const digest = createHash('sha256').update(token).digest()
    expect(made[index]?.secret.digest).toEqual(digest)
    expect(secrets.digestOf(token)).toEqual(digest)
  }
})

test('a code has eight digits, every one of them as likely as another', () => {
  const codes = Array.from({ length: 2_000 }, () => secrets.make('verify_email', alice).code)
  for (const code of codes) expect(code).toMatch(/^\d{8}$/)
  for (let place = 0; place < 8; place += 1) {
    const seen = Map.groupBy(codes, (code) => code.charAt(place))
    expect(seen.size).toBe(10)
    for (const group of seen.values()) expect(group.length).toBeGreaterThan(100)
  }
})

test('the same code of another user, purpose, address or deployment has another digest', () => {
  const { secret, code } = secrets.make('change_email', alice)
  const digest = (
    purpose: Parameters<typeof secrets.codeDigestOf>[0] = 'change_email',
    of = alice,
    maker = secrets,
  ) => maker.codeDigestOf(purpose, of, code).toString('hex')
  expect(Buffer.from(secret.code_digest).toString('hex')).toBe(digest())
  expect(digest('change_email', { ...alice, email: 'Alice@EXAMPLE.com' })).toBe(digest())
  const others = [
    digest('verify_email'),
    digest('change_email', { ...alice, userId: 'bob' }),
    digest('change_email', { ...alice, email: 'bob@example.com' }),
    digest('change_email', alice, other),
    createHash('sha256').update(code).digest('hex'),
  ]
  expect(new Set([digest(), ...others]).size).toBe(6)
})

test.each([
  ['reset_password', 60, '/account/reset'],
  ['change_email', 60, '/account/email'],
  ['verify_email', 24 * 60, '/account/verify'],
] as const)('F11: %s is good for %i minutes, and its link leads to %s', (purpose, minutes, page) => {
  const { secret, path, expiresAt } = secrets.make(purpose, alice)
  expect(secret).toMatchObject({ purpose, user_id: 'alice', email: alice.email, expires_at: expiresAt })
  expect(expiresAt - secret.created_at).toBe(minutes * 60_000)
  expect(path.startsWith(`${page}?token=`)).toBe(true)
})

test('a link says which session asked for it, where one did', () => {
  const asked = secrets.make('change_email', { ...alice, sessionId: 'the session' })
  expect(askedBy(tokenOf(asked.path))).toBe('the session')
  expect(askedBy(tokenOf(secrets.make('change_email', alice).path))).toBeUndefined()
})
