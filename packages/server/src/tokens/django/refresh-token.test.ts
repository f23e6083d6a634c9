import { describe, expect, test } from 'vitest'
import { mint, refreshClaims } from '../../../test/django/legacy/mint.ts'
import { djangoSecret as secret } from '../../../test/django/legacy/simplejwt.ts'
import { spellings } from '../../../test/tokens/forgeries.ts'
import { createDjangoKey } from './key.ts'
import { verifyDjangoRefreshToken } from './refresh-token.ts'

const now = 1_800_000_000_000
const until = now + 86_400_000
const key = createDjangoKey({ secret, algorithm: 'HS256', until })
const good = refreshClaims(7, now)
const read = (token: string, at = now) => verifyDjangoRefreshToken(key, token, at)

describe('a refresh token of Django', () => {
  test('control: it is read, with either header that PyJWT has written', () => {
    const claims = { jti: good.jti, userId: '7', issuedAt: now - 3_600_000, expiresAt: good.exp * 1000 }
    expect(read(mint(good))).toEqual(claims)
    expect(read(mint(good, { header: { typ: 'JWT', alg: 'HS256' } }))).toEqual(claims)
  })

  test('one that has expired is read too: that is for the exchange to refuse', () => {
    expect(read(mint({ ...good, exp: good.iat + 1 }))).toMatchObject({ expiresAt: (good.iat + 1) * 1000 })
  })

  test('until the key ends', () => {
    expect(read(mint(good), until - 1)).toBeDefined()
    expect(read(mint(good), until)).toBeUndefined()
  })

  test.each([
    ['T11: the kind access', { token_type: 'access' }],
    ['T11: the kind sliding', { token_type: 'sliding' }],
    ['T11: no kind', { token_type: undefined }],
    ['T08: no exp', { exp: undefined }],
    ['T08: exp a text', { exp: String(good.exp) }],
    ['T08: exp a fraction', { exp: good.exp + 0.5 }],
    ['T08: exp too large for milliseconds', { exp: 2 ** 53 - 1 }],
    ['T08: no iat', { iat: undefined }],
    ['T08: iat null', { iat: null }],
    ['T09: iat more than a minute ahead', { iat: now / 1000 + 61 }],
    ['T09: nbf', { nbf: 1 }],
    ['no jti', { jti: undefined }],
    ['jti empty', { jti: '' }],
    ['jti a number', { jti: 1 }],
    ['jti with a NUL', { jti: 'a\0b' }],
    ['jti over 255 characters', { jti: 'a'.repeat(256) }],
    ['no user', { user_id: undefined }],
    ['a user of null', { user_id: null }],
    ['a user with white space', { user_id: '7 ' }],
    ['a user of a fraction', { user_id: 7.5 }],
    ['a user of true', { user_id: true }],
    ['a user in a list', { user_id: [7] }],
  ])('%s is refused under a good signature', (_, change) => {
    expect(read(mint({ ...good, ...change }))).toBeUndefined()
  })

  test.each([
    { alg: 'HS512', typ: 'JWT' },
    { alg: 'none', typ: 'JWT' },
    { alg: 'HS256', typ: 'rt+jwt' },
    { alg: 'HS256', typ: 'JWT', kid: 'x' },
    { alg: 'HS256' },
  ])('T02 T03: under the header %j it is refused', (header) => {
    expect(read(mint(good, { header }))).toBeUndefined()
  })

  test('T01: under another secret', () => {
    expect(read(mint(good, { secret: `${secret}!` }))).toBeUndefined()
  })

  test.each(spellings(mint(good)))('T21: %s', (_, forged) => {
    expect(read(forged)).toBeUndefined()
  })
})
