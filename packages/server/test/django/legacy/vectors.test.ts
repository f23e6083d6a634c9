import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDjangoKey } from '../../../src/tokens/django/key.ts'
import { verifyDjangoRefreshToken } from '../../../src/tokens/django/refresh-token.ts'
import type { HmacName } from '../../../src/tokens/hmac.ts'
import { findDjango, notInstalled } from '../python.ts'
import { askSimplejwt, type Question, djangoSecret as secret } from './simplejwt.ts'

const now = 1_800_000_000_000
const until = now + 86_400_000
const [iat, exp] = [1_799_913_600, 1_800_518_400]
const jti = '0123456789abcdef0123456789abcdef'
const uuid = '6f1c1a52-5a3c-4c1e-9d53-0f6f0a1b2c3d'

const made: NonNullable<Question['make']> = [
  ['refresh', { exp, iat, jti, user_id: 7 }],
  ['refresh', { exp, iat, jti, user_id: uuid, name: 'Žofie', groups: ['a', 'b'] }],
  ['access', { exp, iat, jti, user_id: 7 }],
  ['sliding', { exp, iat, jti, refresh_exp: exp, user_id: 7 }],
]

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8')) as Record<
  HmacName,
  readonly [string, string, string, string]
>
const installed = findDjango()

describe.each(Object.entries(vectors))('tokens that simplejwt made with %s', (name, tokens) => {
  const algorithm = name as HmacName
  const [numbered, named, access, sliding] = tokens
  const key = createDjangoKey({ secret, algorithm, until })

  test('a refresh token is read: a number and a text as the id', () => {
    const claims = { jti, issuedAt: iat * 1000, expiresAt: exp * 1000 }
    expect(verifyDjangoRefreshToken(key, numbered, now)).toEqual({ ...claims, userId: '7' })
    expect(verifyDjangoRefreshToken(key, named, now)).toEqual({ ...claims, userId: uuid })
  })

  test('T11: no other kind is', () => {
    expect(verifyDjangoRefreshToken(key, access, now)).toBeUndefined()
    expect(verifyDjangoRefreshToken(key, sliding, now)).toBeUndefined()
  })

  test('T02: under the algorithm that is set, and no other', () => {
    for (const other of ['HS256', 'HS384', 'HS512'] as const) {
      const read = verifyDjangoRefreshToken(
        createDjangoKey({ secret, algorithm: other, until }),
        numbered,
        now,
      )
      expect(read !== undefined).toBe(other === algorithm)
    }
  })

  test.skipIf(!installed)(`are what it makes here (${installed?.versions ?? notInstalled})`, () => {
    if (!installed) return
    const again = askSimplejwt<string>(installed, { secret, algorithm, make: made })
    const payloads = (all: readonly string[]) => all.map((token) => token.split('.')[1])
    expect(payloads(again)).toEqual(payloads(tokens))
    for (const token of again.slice(0, 2)) expect(verifyDjangoRefreshToken(key, token, now)).toBeDefined()
  })
})
