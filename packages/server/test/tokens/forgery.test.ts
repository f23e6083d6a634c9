import { sign } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { algorithms } from '../../src/tokens/algorithms.ts'
import { derFromRaw } from '../../src/tokens/ecdsa.ts'
import { headerForgeries, lastCharacters, signatureForgeries, spellings } from './forgeries.ts'
import { order, rawSignature } from './p256.ts'
import { decode, join, openWorkshop, partsOf } from './workshop.ts'

describe.each(['ES256', 'RS256', 'EdDSA'] as const)('%s access tokens', async (algorithm) => {
  const shop = await openWorkshop({ algorithm })
  afterAll(() => shop.close())
  const token = shop.issue()

  test('control: the good one is good, and a good signature over its texts makes one', () => {
    expect(shop.verify(token)).toBeDefined()
    const { header, payload } = partsOf(token)
    expect(shop.verify(shop.signTexts(header, payload))).toBeDefined()
    expect(shop.verify(shop.signHeader(decode(header), decode(payload)))).toBeDefined()
  })

  test.each(headerForgeries(shop))('%s', (_, forged) => {
    expect(shop.verify(forged)).toBeUndefined()
  })

  test.each(signatureForgeries(shop))('%s', (_, forged) => {
    expect(shop.verify(forged)).toBeUndefined()
  })

  test.each(spellings(token))('T21: %s', (_, forged) => {
    expect(shop.verify(forged)).toBeUndefined()
  })

  test('T21: the last character has one spelling', () => {
    for (const [name, forged] of lastCharacters(token)) expect(shop.verify(forged), name).toBeUndefined()
  })

  test('T02: the key that is published next has signed nothing: its name with the signature of the current one', () => {
    const { header, payload } = partsOf(token)
    const next = shop.keyRing.rows().find(({ state }) => state === 'next')
    const forged = shop.signHeader({ ...decode(header), kid: next?.kid }, decode(payload))
    expect(next?.kid).toBeDefined()
    expect(shop.verify(forged)).toBeUndefined()
  })

  test('T11 T30: a refresh token is no access token, and the other way about', () => {
    expect(shop.refreshTokens.verify(token)).toBeUndefined()
    expect(shop.verify(shop.issueRefresh())).toBeUndefined()
    const access = partsOf(token)
    const refresh = partsOf(shop.issueRefresh())
    for (const header of [access.header, refresh.header])
      for (const payload of [access.payload, refresh.payload])
        for (const signature of [access.signature, refresh.signature]) {
          const mixed = join({ header, payload, signature })
          if (mixed !== token) expect(shop.verify(mixed)).toBeUndefined()
          if (mixed !== join(refresh)) expect(shop.refreshTokens.verify(mixed)).toBeUndefined()
        }
  })

  test('T11: claims of a refresh token under a good access signature', () => {
    expect(shop.verify(shop.signClaims(decode(partsOf(shop.issueRefresh()).payload)))).toBeUndefined()
  })
})

describe('ES256 signatures in other clothes', async () => {
  const shop = await openWorkshop()
  afterAll(() => shop.close())
  const good = partsOf(shop.issue())
  const raw = Buffer.from(good.signature, 'base64url')
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)].map((half) => BigInt(`0x${half.toString('hex')}`))
  const withSignature = (bytes: Buffer | undefined) =>
    shop.verify(join({ ...good, signature: bytes?.toString('base64url') ?? '' }))

  test('T20: DER, of the same numbers and of fresh ones', () => {
    expect(withSignature(derFromRaw(raw))).toBeUndefined()
    const fresh = algorithms.ES256.sign(Buffer.from(`${good.header}.${good.payload}`), foreign)
    expect(withSignature(derFromRaw(fresh))).toBeUndefined()
  })

  test('T20: zero, the order, and the order more', () => {
    for (const [a, b] of [
      [0n, 0n],
      [0n, s],
      [r, 0n],
      [order, s],
      [r, order],
      [order, order],
      [order - 1n, 1n],
      [1n, 1n],
    ] as const)
      expect(withSignature(rawSignature(a ?? 0n, b ?? 0n))).toBeUndefined()
  })

  test('T22: the mirrored signature is good too, so neither revocation nor memory may rest on it', () => {
    const mirrored = join({
      ...good,
      signature: rawSignature(r ?? 0n, order - (s ?? 0n)).toString('base64url'),
    })
    expect(shop.verify(join(good))?.sessionId).toBe(decode(good.payload).sid)
    expect(shop.verify(mirrored)?.sessionId).toBe(decode(good.payload).sid)
  })

  test('control: DER is what Node signs to', () => {
    expect(sign('sha256', Buffer.from('x'), foreign)[0]).toBe(0x30)
  })
})

const { privateKey: foreign } = await algorithms.ES256.generate()

describe('refresh tokens', async () => {
  const shop = await openWorkshop()
  afterAll(() => shop.close())
  const token = shop.issueRefresh()

  test('control', () => {
    expect(shop.refreshTokens.verify(token)).toBeDefined()
  })

  test.each([...spellings(token), ...lastCharacters(token)])('T21: %s', (_, forged) => {
    expect(shop.refreshTokens.verify(forged)).toBeUndefined()
  })

  test.each(headerForgeries(shop))('%s, brought as a refresh token', (_, forged) => {
    expect(shop.refreshTokens.verify(forged)).toBeUndefined()
  })
})
