import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  audience,
  decode,
  encode,
  issuer,
  newSubject,
  openWorkshop,
  partsOf,
  type Workshop,
} from '../../test/tokens/workshop.ts'
import { createAccessTokens } from './access-token.ts'

let shop: Workshop
let good: Record<string, unknown>
let nowSeconds: number

beforeAll(async () => {
  shop = await openWorkshop()
  good = decode(partsOf(shop.issue()).payload)
  nowSeconds = shop.clock() / 1000
})

afterAll(() => shop.close())

describe('what is issued', () => {
  test('T27: header and claims are these and no others', () => {
    const token = shop.issue('alice')
    const { header, payload } = partsOf(token)
    const { kid } = shop.publicKey().jwk
    expect(decode(header)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid })
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(decode(payload)).toEqual({
      ...{ iss: issuer, aud: audience, sub: uuid, user_id: uuid, sid: uuid, username: 'alice' },
      ...{ iat: nowSeconds, exp: nowSeconds + 900, jti: expect.stringMatching(/^[\w-]{22}$/) },
      ...{ client_id: 'countersign', token_type: 'access' },
    })
    expect(decode(payload).user_id).toBe(decode(payload).sub)
  })

  test('T12: it lives 900 seconds, and says so', () => {
    const { token, expiresInSeconds } = shop.accessTokens.issue(newSubject(shop.clock()), shop.clock())
    expect(expiresInSeconds).toBe(900)
    expect(shop.accessTokens.verify(token, shop.clock() + 899_999)).toBeDefined()
    expect(shop.accessTokens.verify(token, shop.clock() + 900_000)).toBeUndefined()
  })

  test('it does not outlive its session', () => {
    const now = shop.clock()
    const subject = newSubject(now)
    subject.session.expiresAt = now + 90_500
    const { token, expiresInSeconds } = shop.accessTokens.issue(subject, now)
    expect(expiresInSeconds).toBe(90)
    expect(shop.accessTokens.verify(token, now + 90_000)).toBeUndefined()
  })

  test('its instants are rounded down: a verifier without tolerance accepts it at once', () => {
    const { token } = shop.accessTokens.issue(newSubject(shop.clock()), shop.clock() + 999)
    expect(decode(partsOf(token).payload).iat).toBe(nowSeconds)
  })

  test('T13: no two have the same jti', () => {
    const ids = Array.from({ length: 100 }, () => decode(partsOf(shop.issue()).payload).jti)
    expect(new Set(ids).size).toBe(100)
  })

  test('a user name of any letters comes back as it was', () => {
    for (const username of ['ÄÖÜ', '名前', '🙂', 'a"b\\c', '\u0000'])
      expect(shop.verify(shop.issue(username))?.username).toBe(username)
  })
})

describe('claims, under a good signature of our own key', () => {
  const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))

  test('control: the claims as they were issued are accepted', () => {
    expect(shop.verify(shop.signClaims(good))).toMatchObject({ username: 'alice', userId: good.sub })
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
  ])('T08 T10 T27: a token without %s is refused, not waved through', (name) => {
    expect(shop.verify(shop.signClaims(without(name)))).toBeUndefined()
  })

  const notInstants = [
    '1800000900',
    1_800_000_900.5,
    null,
    true,
    [1_800_000_900],
    {},
    '',
    2 ** 53,
    1e300,
    Infinity,
  ]

  test.each(notInstants)('T08: exp %j is refused', (exp) => {
    expect(shop.verify(shop.signClaims({ ...good, exp }))).toBeUndefined()
  })

  test.each(notInstants)('T08: iat %j is refused', (iat) => {
    expect(shop.verify(shop.signClaims({ ...good, iat }))).toBeUndefined()
  })

  test.each([
    ['exp in the past', { exp: -1 }],
    ['exp now', { exp: 1_800_000_000 }],
    ['exp zero', { exp: 0 }],
    ['exp minus the largest integer', { exp: -(2 ** 53 - 1) }],
    ['T09: iat six seconds ahead', { iat: 1_800_000_006 }],
    ['T09: iat in milliseconds', { iat: 1_800_000_000_000, exp: 1_900_000_000_000 }],
    ['T09: iat the largest integer', { iat: 2 ** 53 - 1, exp: 2 ** 53 - 1 }],
    ['iat minus one', { iat: -1 }],
    ['T09: nbf, which we never write', { nbf: 1 }],
    ['T09: nbf null', { nbf: null }],
    ["older than today's lifetime, though it has long to live", { iat: 1_799_999_100, exp: 1_900_000_000 }],
    ['T10: iss with a slash more', { iss: `${issuer}/` }],
    ['T10: iss that begins like ours', { iss: `${issuer}.evil.example` }],
    ['T10: iss that ours begins with', { iss: 'https://auth' }],
    ['T10: iss in other case', { iss: issuer.toUpperCase() }],
    ['T10: iss in a list', { iss: [issuer] }],
    ['T10: iss as an object', { iss: { toString: issuer } }],
    ['T10: aud in a list', { aud: [audience] }],
    ['T10: aud in a list with others', { aud: ['https://other.example', audience] }],
    ['T10: aud that begins like ours', { aud: `${audience}/x` }],
    ['T10: aud empty', { aud: '' }],
    ['T11: the kind refresh', { token_type: 'refresh' }],
    ['T11: the kind Access', { token_type: 'Access' }],
    ['T11: the kind in a list', { token_type: ['access'] }],
    ['sub a number', { sub: 1 }],
    ['sub null', { sub: null }],
    ['sid in capitals', { sid: '018F3A1C-0000-7000-8000-00000000000A' }],
    ['sid a list', { sid: ['x'] }],
    ['sid with a line break', { sid: '018f3a1c-0000-7000-8000-00000000000a\n' }],
    ['username an object', { username: {} }],
    ['jti a number', { jti: 1 }],
  ])('%s is refused', (_, change) => {
    expect(shop.verify(shop.signClaims({ ...good, ...change }))).toBeUndefined()
  })

  test('T09: a clock five seconds ahead is forgiven, at each end exactly', () => {
    expect(shop.verify(shop.signClaims({ ...good, iat: nowSeconds + 5 }))).toBeDefined()
    expect(shop.verify(shop.signClaims({ ...good, iat: nowSeconds + 6 }))).toBeUndefined()
    expect(shop.verify(shop.signClaims({ ...good, iat: nowSeconds - 899 }))).toBeDefined()
    expect(shop.verify(shop.signClaims({ ...good, iat: nowSeconds - 900 }))).toBeUndefined()
  })

  test.each([
    ['NaN', '"exp":NaN'],
    ['Infinity', '"exp":Infinity'],
    ['an exponent past all numbers', '"exp":1e999'],
    ['a hexadecimal number', '"exp":0x7fffffff'],
    ['a number with a plus', '"exp":+1800000900'],
    ['nothing', '"exp":'],
  ])('T08: exp as the raw text of %s is refused', (_, text) => {
    const payload = JSON.stringify(good).replace(/"exp":\d+/, text)
    expect(payload).toContain(text)
    expect(shop.verify(shop.signTexts(shop.keyRing.signer().header, encode(payload)))).toBeUndefined()
  })

  test('T14: neither e-mail, hash nor secret is in a token', () => {
    expect(Object.keys(good).sort()).toEqual(
      'aud client_id exp iat iss jti sid sub token_type user_id username'.split(' '),
    )
  })
})

describe("the lifetime is today's", () => {
  test('a shorter one ends tokens that were issued under a longer one', async () => {
    const now = shop.clock()
    const token = shop.issue()
    const shorter = createAccessTokens({ ...shop.access, ttlSeconds: 60 })
    expect(shorter.verify(token, now + 59_000)).toBeDefined()
    expect(shorter.verify(token, now + 60_000)).toBeUndefined()
    expect(shop.accessTokens.verify(token, now + 60_000)).toBeDefined()
  })

  test('a longer one does not lengthen them', () => {
    const token = shop.issue()
    const longer = createAccessTokens({ ...shop.access, ttlSeconds: 86_400 })
    expect(longer.verify(token, shop.clock() + 900_000)).toBeUndefined()
  })
})

describe('typ', () => {
  test('T11: whichever of the two is written, both are read, and nothing else', async () => {
    const other = await openWorkshop({ typ: 'JWT' })
    expect(decode(partsOf(other.issue()).header).typ).toBe('JWT')
    const claims = decode(partsOf(other.issue()).payload)
    const header = decode(partsOf(other.issue()).header)
    for (const typ of ['JWT', 'at+jwt'])
      expect(other.verify(other.signHeader({ ...header, typ }, claims)), typ).toBeDefined()
    for (const typ of [
      'rt+jwt',
      'jwt',
      'AT+JWT',
      'application/at+jwt',
      'dpop+jwt',
      '',
      null,
      ['JWT'],
      undefined,
    ])
      expect(other.verify(other.signHeader({ ...header, typ }, claims)), String(typ)).toBeUndefined()
    await other.close()
  })
})
