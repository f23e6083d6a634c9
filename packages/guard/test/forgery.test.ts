import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import {
  headerForgeries,
  lastCharacters,
  signatureForgeries,
  spellings,
} from '../../server/test/tokens/forgeries.ts'
import { createDice, mutate } from '../../server/test/tokens/mutations.ts'
import { decode, encode, join, partsOf } from '../../server/test/tokens/workshop.ts'
import { openInProcess, outcome } from './in-process.ts'

/**
 * Signed by our own key, these say the same to whoever parses JSON: they may be let in, as what they are. Nothing that a
 * header brings along is used or fetched (T05), and there is one parser for header and claims (T23).
 */
const harmless =
  /^T05|^T23: (kid|everything) twice|^T23: alg twice, ours last|^T24|order of members|white space|line break|byte order|in escapes/

describe.each(['ES256', 'RS256', 'EdDSA'] as const)('%s: a guard', async (algorithm) => {
  const world = await openInProcess({ algorithm })
  afterAll(() => world.close())
  const guard = world.guard({ revocation: false })
  const token = world.issue()

  test('control: the good one is good, and a good signature over its texts makes one', async () => {
    const { header, payload } = partsOf(token)
    expect(await outcome(guard, token)).toBe('in: alice')
    expect(await outcome(guard, world.signHeader(decode(header), decode(payload)))).toBe('in: alice')
  })

  test.each(headerForgeries(world))('%s', async (name, forged) => {
    const before = world.asked.length
    expect(['invalid_token', harmless.test(name) ? 'in: alice' : '']).toContain(await outcome(guard, forged))
    expect(world.asked.slice(before).filter((path) => path !== '/jwks.json')).toEqual([])
  })

  test.each([...signatureForgeries(world), ...spellings(token)])('%s', async (_, forged) => {
    expect(await outcome(guard, forged)).toBe('invalid_token')
  })

  test('T21: the last character has one spelling', async () => {
    for (const [name, forged] of lastCharacters(token))
      expect(await outcome(guard, forged), name).toBe('invalid_token')
  })

  test('T02: the key that is published next, with the signature of the current one', async () => {
    const { header, payload } = partsOf(token)
    const next = world.keyRing.rows().find(({ state }) => state === 'next')
    const forged = world.signHeader({ ...decode(header), kid: next?.kid }, decode(payload))
    expect(await outcome(guard, forged)).toBe('invalid_token')
  })

  test('T11: a refresh token, and its claims under a good signature', async () => {
    const refresh = world.issueRefresh()
    expect(await outcome(guard, refresh)).toBe('invalid_token')
    expect(await outcome(guard, world.signClaims(decode(partsOf(refresh).payload)))).toBe('invalid_token')
  })
})

test('T05: a token that brings its own key along, and says where there are more', async () => {
  const world = await openInProcess()
  const guard = world.guard({ revocation: false })
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }
  const { header, payload } = partsOf(world.issue())
  for (const kid of [decode(header).kid, 'theirs']) {
    const [jku, x5u] = ['https://evil.example/jwks.json', 'https://evil.example/cert.pem']
    const input = `${encode({ ...decode(header), kid, jku, x5u, jwk: { ...jwk, kid }, jwks: { keys: [jwk] } })}.${payload}`
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    expect(await outcome(guard, `${input}.${signature.toString('base64url')}`)).toBe('invalid_token')
  }
  expect(world.asked).toEqual(['/.well-known/oauth-authorization-server', '/jwks.json'])
  await world.close()
})

describe('claims under a good signature', async () => {
  const world = await openInProcess()
  afterAll(() => world.close())
  const guard = world.guard({ revocation: false })
  const claims = decode(partsOf(world.issue()).payload)
  const nowSeconds = world.clock() / 1000
  const text = JSON.stringify(claims)

  test.each<[string, object]>([
    ['T10: another issuer', { iss: 'https://evil.example' }],
    ['T10: our issuer as a prefix', { iss: `${claims.iss}/` }],
    ['T10: our issuer in a list', { iss: [claims.iss] }],
    ['T10: another audience', { aud: 'https://other.example' }],
    ['T10: our audience as a prefix', { aud: `${claims.aud}.evil.example` }],
    ['T10: no audience', { aud: undefined }],
    ['T11: the kind of a refresh token', { token_type: 'refresh' }],
    ['T11: of a sliding token', { token_type: 'sliding' }],
    ['T11: no kind', { token_type: undefined }],
    ['T08: no exp', { exp: undefined }],
    ['T08: exp as a text', { exp: String(claims.exp) }],
    ['T08: exp of null', { exp: null }],
    ['T08: a broken exp', { exp: nowSeconds + 0.5 }],
    ['T08: no iat', { iat: undefined }],
    ['T08: iat as a text', { iat: String(claims.iat) }],
    ['T09: iat in the future', { iat: nowSeconds + 6 }],
    ['T09: nbf in the future', { nbf: nowSeconds + 6 }],
    ['T09: nbf as a text', { nbf: 'now' }],
    ['no sub', { sub: undefined }],
    ['sub as a list', { sub: ['root'] }],
    ['no sid', { sid: undefined }],
    ['sid as a number', { sid: 1 }],
    ['no jti', { jti: undefined }],
  ])('%s', async (_, change) => {
    expect(await outcome(guard, world.signClaims({ ...claims, ...change }))).toBe('invalid_token')
  })

  test.each([
    ['T08: an exp without end', text.replace(/"exp":\d+/, '"exp":1e999')],
    ['claims that are a list', `[${text}]`],
    ['claims that are a text', JSON.stringify(text)],
    ['claims of null', 'null'],
    ['no JSON', 'x'],
  ])('%s', async (_, payload) => {
    const { header } = partsOf(world.issue())
    expect(await outcome(guard, world.signTexts(header, encode(payload)))).toBe('invalid_token')
  })

  test('T11: another typ in the header', async () => {
    const { header } = partsOf(world.issue())
    for (const typ of ['rt+jwt', 'revoked+jwt', 'at+jwtx', '', undefined, null, ['at+jwt'], 1])
      expect(await outcome(guard, world.signHeader({ ...decode(header), typ }, claims)), String(typ)).toBe(
        'invalid_token',
      )
  })

  test('T23: a claim twice has one reading, the last, in the answer and in what was checked', async () => {
    const { header } = partsOf(world.issue())
    const twice = (first: string, last: string) =>
      world.signTexts(header, encode(text.replace(/"iss":"[^"]*"/, `"iss":"${first}","iss":"${last}"`)))
    expect(await outcome(guard, twice(String(claims.iss), 'https://evil.example'))).toBe('invalid_token')
    expect(await outcome(guard, twice('https://evil.example', String(claims.iss)))).toBe('in: alice')
  })

  test('T06: no kid, or one that is no text, where the set has a single key that fits', async () => {
    const { jwk } = world.publicKey()
    const alone = world.guard({
      revocation: false,
      answering: (path) =>
        path === '/jwks.json' ? Promise.resolve(Response.json({ keys: [jwk] })) : undefined,
    })
    const header = decode(partsOf(world.issue()).header)
    expect(await outcome(alone, world.signHeader(header, claims))).toBe('in: alice')
    for (const kid of [undefined, null, 0, [], {}, [jwk.kid]])
      expect(await outcome(alone, world.signHeader({ ...header, kid }, claims))).toBe('invalid_token')
  })

  test('names from the prototype do no harm', async () => {
    const { header } = partsOf(world.issue())
    const payload = encode(text.replace('{', '{"__proto__":{"scope":"admin"},"constructor":1,'))
    const { scopes, claims: read } = await guard.verify(world.signTexts(header, payload))
    expect([scopes, Object.getPrototypeOf(read) === Object.prototype]).toEqual([[], true])
  })
})

describe('T24: sizes', async () => {
  const world = await openInProcess()
  afterAll(() => world.close())
  const guard = world.guard({ revocation: false })

  test.each([
    '.',
    'a',
    'a.',
    '.'.repeat(3),
    'é',
    '\0',
    '{',
  ])('garbage of %s, short and long', async (piece) => {
    for (const length of [0, 1, 100, 8_193, 1_000_000])
      expect(await outcome(guard, piece.repeat(length))).toBe('invalid_token')
  })

  test('a good signature under a token of over 8 KiB', async () => {
    const { header, payload } = partsOf(world.issue())
    const claims = { ...decode(payload), padding: 'x'.repeat(8_192) }
    expect(await outcome(guard, world.signHeader(decode(header), claims))).toBe('invalid_token')
  })
})

const rounds = 20_000

test(`T01 T02: none of ${rounds.toLocaleString('en')} mutated tokens is let in, and none is a fault`, async () => {
  const world = await openInProcess()
  const guard = world.guard({ revocation: false })
  const good = ['alice', 'bob', 'carol'].map((name) => world.issue(name))
  for (const token of good) expect(await outcome(guard, token)).toMatch('in: ')
  const dice = createDice(20_260_102)
  const where = ['header', 'payload', 'payload', 'signature', 'signature'] as const
  const told = new Map<string, number>()
  for (let tried = 0; tried < rounds; ) {
    const batch = Array.from({ length: 200 }, () => mutate(good, where, dice)).filter(
      (one) => !good.includes(one),
    )
    tried += batch.length
    for (const said of await Promise.all(batch.map((token) => outcome(guard, token))))
      told.set(said, (told.get(said) ?? 0) + 1)
  }
  expect([...told.keys()]).toEqual(['invalid_token'])
  for (const token of good) expect(await outcome(guard, token)).toMatch('in: ')
  const [one = '', two = ''] = good
  expect(await outcome(guard, join({ ...partsOf(one), payload: partsOf(two).payload }))).toBe('invalid_token')
  await world.close()
})
