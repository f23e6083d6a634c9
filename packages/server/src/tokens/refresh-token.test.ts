import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, encode, issuer, join, newSource, partsOf } from '../../test/tokens/workshop.ts'
import { newId } from '../ids.ts'
import { signJwt } from './jwt.ts'
import { createRefreshTokens, type RefreshTokenSource } from './refresh-token.ts'
import { deriveKey, secretId } from './secrets.ts'

const secret = 'a secret for tests only of 32 or more characters'
const other = 'another secret for tests of 32 or more characters'
const now = 1_800_000_000_000
const tokens = createRefreshTokens({ issuer, secrets: [secret] })
const source = newSource(now, 3)

/** A signer that has what only we have: what it signs, nobody but its claims can be refused for. */
const signer = {
  header: encode({ alg: 'HS256', typ: 'rt+jwt', kid: secretId(secret) }),
  sign: (input: string) =>
    createHmac('sha256', deriveKey(secret, 'refresh-token')).update(input).digest('base64url'),
}

describe('what is issued', () => {
  test('header and claims are these and no others', () => {
    const { header, payload } = partsOf(tokens.issue(source))
    expect(header).toBe(signer.header)
    expect(decode(payload)).toEqual({
      ...{ token_type: 'refresh', iss: issuer, sub: source.userId, sid: source.sessionId, gen: 3 },
      ...{ iat: now / 1000, exp: now / 1000 + 604_800, jti: expect.stringMatching(/^[\w-]{43}$/) },
    })
  })

  test('it is what its own key signs: nothing else is in it', () => {
    const token = tokens.issue(source)
    expect(signJwt(signer, decode(partsOf(token).payload))).toBe(token)
  })

  test('it is read back as it was made', () => {
    expect(tokens.verify(tokens.issue(source))).toEqual({
      ...{ sessionId: source.sessionId, userId: source.userId, generation: 3 },
      expiresAt: source.expiresAt,
    })
  })
})

const sources: fc.Arbitrary<RefreshTokenSource> = fc.record({
  sessionId: fc.integer({ min: 0, max: 2 ** 40 }).map(newId),
  userId: fc.oneof(fc.uuid(), fc.string()),
  generation: fc.nat(),
  rotatedAt: fc.integer({ min: 0, max: 2 ** 45 }),
  expiresAt: fc.integer({ min: 0, max: 2 ** 45 }),
})

describe('a deterministic token', () => {
  test('the same source gives the same bytes, also in another process', () => {
    fc.assert(
      fc.property(sources, (one) => {
        const again = createRefreshTokens({ issuer, secrets: [secret] })
        expect(again.issue({ ...one })).toBe(tokens.issue(one))
      }),
    )
  })

  test('whatever differs in the source differs in the bytes', () => {
    fc.assert(
      fc.property(
        sources,
        fc.constantFrom(...(Object.keys(source) as (keyof RefreshTokenSource)[])),
        (one, name) => {
          const changed = {
            ...one,
            [name]: typeof one[name] === 'number' ? Number(one[name]) + 1000 : newId(now),
          }
          expect(tokens.issue(changed)).not.toBe(tokens.issue(one))
        },
      ),
    )
  })

  test('a millisecond of the rotation is enough', () => {
    const later = { ...source, rotatedAt: source.rotatedAt + 1 }
    expect(tokens.issue(later)).not.toBe(tokens.issue(source))
  })

  test('issuer and secret are part of it', () => {
    const elsewhere = createRefreshTokens({ issuer: 'https://other.example', secrets: [secret] })
    const otherwise = createRefreshTokens({ issuer, secrets: [other] })
    const made = new Set([tokens, elsewhere, otherwise].map((one) => one.issue(source)))
    expect(made.size).toBe(3)
    expect(elsewhere.verify(tokens.issue(source))).toBeUndefined()
    expect(otherwise.verify(tokens.issue(source))).toBeUndefined()
  })

  test('its jti tells nothing and repeats never: 256 bits under the key', () => {
    const ids = Array.from({ length: 200 }, (_, generation) => {
      return decode(partsOf(tokens.issue({ ...source, generation })).payload).jti
    })
    expect(new Set(ids).size).toBe(200)
  })
})

describe('a list of secrets: new,old', () => {
  const both = createRefreshTokens({ issuer, secrets: [other, secret] })

  test('old tokens verify, new ones are signed under the new secret', () => {
    const old = tokens.issue(source)
    expect(both.verify(old)).toEqual(tokens.verify(old))
    const made = both.issue(source)
    expect(decode(partsOf(made).header).kid).toBe(secretId(other))
    expect(createRefreshTokens({ issuer, secrets: [other] }).verify(made)).toBeDefined()
    expect(tokens.verify(made)).toBeUndefined()
  })

  test('a successor handed out before and after the change: two texts, one meaning', () => {
    const before = tokens.issue(source)
    const after = both.issue(source)
    expect(after).not.toBe(before)
    expect(both.verify(before)).toEqual(both.verify(after))
  })

  test('once the old secret is gone, so are its tokens', () => {
    expect(createRefreshTokens({ issuer, secrets: [other] }).verify(tokens.issue(source))).toBeUndefined()
  })

  test('T02: a token of one secret is not good under the name of the other', () => {
    const parts = partsOf(tokens.issue(source))
    expect(both.verify(join({ ...parts, header: partsOf(both.issue(source)).header }))).toBeUndefined()
  })
})

describe('T08 T10 T11: claims, under a good signature', () => {
  const good = decode(partsOf(tokens.issue(source)).payload)

  test('control', () => {
    expect(tokens.verify(signJwt(signer, good))).toBeDefined()
  })

  test.each([
    ['no exp', { exp: undefined }],
    ['exp a text', { exp: '1800604800' }],
    ['exp a fraction', { exp: 1_800_604_800.5 }],
    ['exp beyond all integers', { exp: 2 ** 53 }],
    ['no gen', { gen: undefined }],
    ['gen a text', { gen: '3' }],
    ['gen a fraction', { gen: 0.5 }],
    ['gen null', { gen: null }],
    ['no sid', { sid: undefined }],
    ['sid no id', { sid: "' OR 1=1 --" }],
    ['sid a list', { sid: [source.sessionId] }],
    ['no sub', { sub: undefined }],
    ['sub a number', { sub: 1 }],
    ['no iss', { iss: undefined }],
    ['iss in a list', { iss: [issuer] }],
    ['iss that begins like ours', { iss: `${issuer}.evil.example` }],
    ['the kind access', { token_type: 'access' }],
    ['no kind', { token_type: undefined }],
  ])('%s is refused', (_, change) => {
    expect(tokens.verify(signJwt(signer, { ...good, ...change }))).toBeUndefined()
  })

  test('an expired one still tells whose it is: the session decides what that means', () => {
    const expired = { ...source, expiresAt: now - 1 }
    expect(tokens.verify(tokens.issue(expired))?.sessionId).toBe(source.sessionId)
  })
})

describe('the signature', () => {
  const good = partsOf(tokens.issue(source))

  test('T21: has one spelling: every other last character is refused', () => {
    const stem = good.signature.slice(0, -1)
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=') {
      const signature = `${stem}${last}`
      const verdict = tokens.verify(join({ ...good, signature }))
      expect(verdict !== undefined, last).toBe(signature === good.signature)
    }
  })

  test.each([
    ['empty', ''],
    ['cut', good.signature.slice(0, -1)],
    ['longer', `${good.signature}A`],
    ['padded', `${good.signature}=`],
    ['followed by a line break', `${good.signature}\n`],
    ['in hexadecimal', Buffer.from(good.signature, 'base64url').toString('hex')],
    ['over nothing', signer.sign('')],
    ['over the payload alone', signer.sign(good.payload)],
    ['without a key', createHmac('sha256', '').update(`${good.header}.${good.payload}`).digest('base64url')],
    [
      'under the master secret itself',
      createHmac('sha256', secret).update(`${good.header}.${good.payload}`).digest('base64url'),
    ],
    [
      'under the key that seals',
      createHmac('sha256', deriveKey(secret, 'signing-key'))
        .update(`${good.header}.${good.payload}`)
        .digest('base64url'),
    ],
    ['its own jti', String(decode(good.payload).jti)],
    ['of lone surrogates', '\ud800'.repeat(good.signature.length)],
    ['of letters that are two bytes each', 'é'.repeat(good.signature.length)],
  ])('%s is refused', (_, signature) => {
    expect(tokens.verify(join({ ...good, signature }))).toBeUndefined()
  })
})
