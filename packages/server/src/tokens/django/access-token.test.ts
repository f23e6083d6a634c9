import { createHmac } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { mint } from '../../../test/django/legacy/mint.ts'
import { askSimplejwt, djangoSecret as secret } from '../../../test/django/legacy/simplejwt.ts'
import { findDjango, notInstalled } from '../../../test/django/python.ts'
import { headerForgeries, signatureForgeries, spellings } from '../../../test/tokens/forgeries.ts'
import { decode, encode, join, newSubject, openWorkshop, partsOf } from '../../../test/tokens/workshop.ts'
import { createAccessTokens } from '../access-token.ts'
import { createDjangoKey } from './key.ts'

const day = 86_400_000
const shop = await openWorkshop()
const now = shop.clock()
const until = now + day
const key = createDjangoKey({ secret, algorithm: 'HS256', until })
const signing = createAccessTokens({ ...shop.access, djangoKey: key })
afterAll(() => shop.close())

const issue = (at = now) => signing.issue(newSubject(at), at).token
const claims = () => decode(partsOf(issue()).payload)
const nowSeconds = now / 1000

describe('what is issued while the key signs', () => {
  test('simplejwt’s header, its claims in its order, and ours behind them', () => {
    const { header, payload } = partsOf(issue())
    expect(Buffer.from(header, 'base64url').toString()).toBe('{"alg":"HS256","typ":"JWT"}')
    expect(Object.keys(decode(payload))).toEqual([
      ...['token_type', 'exp', 'iat', 'jti', 'user_id'],
      ...['iss', 'aud', 'sub', 'sid', 'client_id', 'username'],
    ])
    expect(signing.verify(issue(), now)).toMatchObject({ username: 'alice' })
  })

  test.each(['HS384', 'HS512'] as const)('with %s where that is set', (algorithm) => {
    const other = createAccessTokens({
      ...shop.access,
      djangoKey: createDjangoKey({ secret, algorithm, until }),
    })
    const { token } = other.issue(newSubject(now), now)
    expect(decode(partsOf(token).header)).toEqual({ alg: algorithm, typ: 'JWT' })
    expect(other.verify(token, now)).toBeDefined()
    expect(signing.verify(token, now)).toBeUndefined()
  })

  const installed = findDjango()
  test.skipIf(!installed)(
    `a server that has the secret alone reads it (${installed?.versions ?? notInstalled})`,
    async () => {
      if (!installed) return
      // It goes by the real time.
      const at = Date.now()
      const today = createAccessTokens({
        ...shop.access,
        djangoKey: createDjangoKey({ secret, algorithm: 'HS256', until: at + day }),
      })
      const subject = { ...newSubject(at), userId: '7' }
      const [ours, asymmetric, forged] = [
        today.issue(subject, at).token,
        shop.accessTokens.issue(subject, at).token,
        mint(
          { ...claims(), exp: at / 1000 + 600 },
          { secret: 'another secret of 32 or more characters, really' },
        ),
      ]
      const read = askSimplejwt(installed, {
        secret,
        algorithm: 'HS256',
        read: [ours, asymmetric, forged],
      })
      expect(read[0]).toMatchObject({ user_id: '7', claims: { username: 'alice', token_type: 'access' } })
      expect(read.slice(1)).toEqual([{ fault: 'InvalidToken' }, { fault: 'InvalidToken' }])
    },
  )
})

describe('the end of the key', () => {
  test('no token outlives it, and says so', () => {
    const { token, expiresInSeconds } = signing.issue(newSubject(until), until - 90_000)
    expect(expiresInSeconds).toBe(90)
    expect(signing.verify(token, until - 1)).toBeDefined()
    expect(signing.verify(token, until)).toBeUndefined()
  })

  test('from then on the key ring signs again, in the same process', () => {
    expect(decode(partsOf(issue(until - 1)).header)).toEqual({ alg: 'HS256', typ: 'JWT' })
    const token = issue(until)
    expect(decode(partsOf(token).header)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(signing.verify(token, until)).toBeDefined()
  })

  test('T29: what was verified before is not remembered past it, whatever expiry it has', () => {
    const iat = until / 1000 - 60
    const token = mint({ ...claims(), iat, exp: iat + 900 })
    expect(signing.verify(token, until - 1)).toBeDefined()
    expect(signing.verify(token, until)).toBeUndefined()
    expect(signing.findExpired(token, until)).toBeDefined()
    expect(createAccessTokens({ ...shop.access, djangoKey: key }).verify(token, until)).toBeUndefined()
  })
})

describe('before and after it signs', () => {
  test('tokens of the key ring stay good while Django’s key signs, by their kid', () => {
    expect(signing.verify(shop.issue(), now)).toBeDefined()
  })

  test('T02: without it, its tokens are refused', () => {
    expect(shop.accessTokens.verify(issue(), now)).toBeUndefined()
  })
})

describe('what Django itself issued', () => {
  const good = { token_type: 'access', exp: nowSeconds + 300, iat: nowSeconds, jti: 'ab'.repeat(16) }
  test.each([
    ['an access token', { ...good, user_id: 7 }],
    ['T11: a refresh token', { ...good, token_type: 'refresh', user_id: 7 }],
    ['one that names no session of ours, in all else like ours', { ...claims(), sid: undefined }],
  ])('%s opens nothing here', (_, payload) => {
    expect(signing.verify(mint(payload), now)).toBeUndefined()
  })

  test('control: with all of our claims it does, for who has the secret can be us', () => {
    expect(signing.verify(mint(claims()), now)).toBeDefined()
  })
})

/** Every mode there is: no key of Django, one that only reads refresh tokens (so it is not here), one that signs. */
describe.each([
  ['no key of Django', shop.accessTokens],
  ['Django’s key signs', signing],
])('%s: forgeries', (_, verifier) => {
  const asHs256 = (secretText: string | Buffer, header: object) => {
    const input = `${encode(header)}.${partsOf(shop.issue()).payload}`
    return `${input}.${createHmac('sha256', secretText).update(input).digest('base64url')}`
  }
  const { jwk, key: publicKey } = shop.publicKey()
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const publicTexts = [
    ...[pem, pem.trim(), JSON.stringify(jwk), jwk.kid, jwk.x ?? '', ''],
    ...[publicKey.export({ type: 'spki', format: 'der' }), Buffer.from(jwk.x ?? '', 'base64url')],
  ]
  const headers = [
    { alg: 'HS256', typ: 'JWT' },
    { typ: 'JWT', alg: 'HS256' },
    { alg: 'HS256', typ: 'at+jwt', kid: jwk.kid },
    { alg: 'HS256', typ: 'JWT', kid: jwk.kid },
    { alg: 'ES256', typ: 'at+jwt', kid: jwk.kid },
  ]

  test('T02 T04: HMAC with what everybody may read, under every header', () => {
    for (const text of publicTexts)
      for (const header of headers) expect(verifier.verify(asHs256(text, header), now)).toBeUndefined()
  })

  test('T02: the secret under any header but its own', () => {
    for (const header of [
      ...headers.slice(2),
      { alg: 'HS512', typ: 'JWT' },
      { alg: 'hs256', typ: 'JWT' },
      { alg: 'HS256' },
      { alg: 'HS256', typ: 'jwt' },
      { alg: 'HS256', typ: 'JWT', crit: ['exp'] },
    ])
      expect(verifier.verify(mint(claims(), { header }), now), JSON.stringify(header)).toBeUndefined()
  })

  test('T02: the key ring’s signature under the secret’s header', () => {
    const { payload } = partsOf(shop.issue())
    for (const header of headers.slice(0, 2))
      expect(verifier.verify(shop.signTexts(encode(header), payload), now)).toBeUndefined()
  })

  test.each([...headerForgeries(shop), ...signatureForgeries(shop)])('%s', (_name, forged) => {
    expect(verifier.verify(forged, now)).toBeUndefined()
  })
})

describe('T01 T03 T21 T23: forgeries of what the secret signed', () => {
  const token = issue()
  const parts = partsOf(token)
  test.each([
    ...spellings(token),
    ['no signature', join({ ...parts, signature: '' })] as const,
    ['alg none', join({ ...parts, header: encode({ alg: 'none', typ: 'JWT' }) })] as const,
    ['claims edited', join({ ...parts, payload: encode({ ...claims(), username: 'root' }) })] as const,
    ['alg twice', join({ ...parts, header: encode('{"alg":"HS256","typ":"JWT","alg":"none"}') })] as const,
    ['a secret that begins like it', mint(claims(), { secret: secret.slice(0, -1) })] as const,
  ])('%s', (_, forged) => {
    expect(signing.verify(forged, now)).toBeUndefined()
  })

  test.each([
    'exp',
    'iat',
    'iss',
    'aud',
    'sub',
    'sid',
    'jti',
    'username',
    'token_type',
  ])('T08 T10 T27: without %s it is refused', (name) => {
    expect(signing.verify(mint({ ...claims(), [name]: undefined }), now)).toBeUndefined()
  })

  test('T08 T09: instants that are none, and an iat ahead', () => {
    for (const exp of ['1', null, 1.5, Infinity, {}, [nowSeconds + 60]])
      expect(signing.verify(mint({ ...claims(), exp }), now)).toBeUndefined()
    expect(signing.verify(mint({ ...claims(), iat: nowSeconds + 6 }), now)).toBeUndefined()
  })
})
