import { createPublicKey } from 'node:crypto'
import fc from 'fast-check'
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import { afterAll, describe, expect, test } from 'vitest'
import { signJwt, verifyJwt } from '../../src/tokens/jwt.ts'
import { headerForgeries, signatureForgeries, spellings } from './forgeries.ts'
import { audience, decode, encode, issuer, newSubject, openWorkshop, partsOf } from './workshop.ts'

/** Values as a claim may hold them: whatever JSON can say. */
const claimValue = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>
const claimName = fc
  .string({ minLength: 1, maxLength: 12 })
  .filter((name) => !['exp', 'nbf', 'iat', '__proto__'].includes(name))
const claimSets = fc.dictionary(claimName, claimValue, { maxKeys: 8, noNullPrototype: true })

describe.each(['ES256', 'RS256', 'EdDSA'] as const)('%s, with jose as the judge', async (algorithm) => {
  const shop = await openWorkshop({ algorithm })
  afterAll(() => shop.close())
  const { jwk, key } = shop.publicKey()
  const keys = createLocalJWKSet({ keys: [...shop.keyRing.published()] })
  const now = () => new Date(shop.clock())

  /** What jose is told is what a careful resource server tells it. */
  const strict = (): JWTVerifyOptions => ({
    ...{ issuer, audience, typ: 'at+jwt', algorithms: [algorithm], currentDate: now() },
    requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti', 'username'],
    maxTokenAge: 900,
    clockTolerance: 0,
  })
  const joseReads = (token: string, options = strict()): Promise<JWTPayload | undefined> =>
    jwtVerify(token, keys, options).then(
      ({ payload }) => payload,
      () => undefined,
    )

  test('jose reads from what we sign what we put into it', async () => {
    await fc.assert(
      fc.asyncProperty(claimSets, async (claims) => {
        const token = signJwt(shop.keyRing.signer(), claims)
        const { payload, protectedHeader } = await jwtVerify(token, key, { currentDate: now() })
        const sent = JSON.parse(JSON.stringify(claims)) as object
        expect(payload).toEqual(sent)
        expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid: jwk.kid })
        expect(verifyJwt(token, shop.keyRing.verifiers())).toEqual(sent)
      }),
      { numRuns: 150 },
    )
  })

  test('jose accepts the access tokens of any user, with the claims that we read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 150 }), async (username) => {
        const token = shop.accessTokens.issue(newSubject(shop.clock(), username), shop.clock()).token
        const ours = shop.verify(token)
        expect(await joseReads(token)).toMatchObject({
          ...{ sub: ours?.userId, sid: ours?.sessionId, username: ours?.username },
          ...{ iat: ours?.issuedAt, exp: ours?.expiresAt, token_type: 'access' },
        })
        expect(ours?.username).toBe(username)
      }),
      { numRuns: 60 },
    )
  })

  /** Claims near the ones that are right: most of what a mistake in the rules would let through. */
  const seconds = shop.clock() / 1000
  const good = decode(partsOf(shop.issue()).payload)
  const instants = fc.oneof(
    fc.integer({ min: -905, max: 905 }).map((offset) => seconds + offset),
    fc.constantFrom(undefined, null, '1', 0, -1, 1.5, 2 ** 53, 1e300, true, [], {}),
  )
  const mostly = <T>(right: T, wrong: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant<unknown>(right) }, { weight: 1, arbitrary: wrong })
  const texts = (right: string) =>
    mostly(right, fc.constantFrom(`${right}x`, right.slice(0, -1), [right], '', null, undefined))
  const nearClaims = fc.record({
    iat: mostly(seconds, instants),
    exp: mostly(seconds + 900, instants),
    nbf: mostly(undefined, instants),
    iss: texts(issuer),
    aud: texts(audience),
  })

  test('whatever we accept jose accepts, and what jose rejects we reject: claims', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(nearClaims, async (near) => {
        const token = shop.signClaims({ ...good, ...near })
        const ours = shop.verify(token)
        if (!ours) return
        accepted += 1
        // Our own clocks are forgiven five seconds; jose is told the same.
        expect(await joseReads(token, { ...strict(), clockTolerance: 5 })).toMatchObject({ sub: ours.userId })
      }),
      { numRuns: 800 },
    )
    expect(accepted, 'the property was not empty').toBeGreaterThan(30)
  })

  test('whatever we accept jose accepts, and what jose rejects we reject: texts', async () => {
    const token = shop.issue()
    const forged = [...headerForgeries(shop), ...signatureForgeries(shop), ...spellings(token)]
    let rejected = 0
    for (const [name, text] of forged) {
      const jose = await joseReads(text)
      if (!jose) rejected += 1
      if (shop.verify(text)) expect(jose, name).toBeDefined()
    }
    expect(rejected).toBeGreaterThan(forged.length / 2)
  })

  test('T17: a kid is the RFC 7638 thumbprint as jose computes it, and the public key is the one of the JWKS', async () => {
    for (const { kid, alg, use, ...members } of shop.keyRing.published()) {
      expect(await calculateJwkThumbprint(members as Parameters<typeof calculateJwkThumbprint>[0])).toBe(kid)
      expect({ alg, use }).toEqual({ alg: algorithm, use: 'sig' })
      expect(createPublicKey({ key: members, format: 'jwk' }).asymmetricKeyType).toBe(
        { ES256: 'ec', RS256: 'rsa', EdDSA: 'ed25519' }[algorithm],
      )
    }
  })

  test('T15: an RSA key has 3072 bits, an elliptic one its curve', () => {
    const { asymmetricKeyDetails } = key
    if (algorithm === 'RS256') expect(asymmetricKeyDetails?.modulusLength).toBe(3072)
    if (algorithm === 'ES256') expect(asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
  })
})

test('jose takes spellings that we refuse: why we do not verify by it', async () => {
  const shop = await openWorkshop()
  const token = shop.issue()
  const claims = decode(partsOf(token).payload)
  const header = { ...decode(partsOf(token).header), extra: 'member' }
  const lenient = shop.signTexts(encode(header), encode(claims))
  const { key } = shop.publicKey()
  await expect(jwtVerify(lenient, key, { currentDate: new Date(shop.clock()) })).resolves.toBeDefined()
  expect(shop.verify(lenient)).toBeUndefined()
  await shop.close()
})
