import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { derFromRaw, rawFromDer } from './ecdsa.ts'

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

function bytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
}

function raw(r: bigint, s: bigint): Buffer {
  return Buffer.concat([bytes(r), bytes(s)])
}

/** Coordinates of every length, with and without the high bit that DER pads. */
const coordinate = fc
  .tuple(fc.integer({ min: 1, max: 32 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.boolean())
  .map(([length, random, high]) => {
    const digits = Buffer.from(random).subarray(0, length)
    digits[0] = high ? (digits[0] ?? 0) | 0x80 : (digits[0] ?? 0) & 0x7f || 1
    return Buffer.concat([Buffer.alloc(32 - length), digits])
  })

describe('raw and DER', () => {
  test('the way there and back changes nothing, whatever zeros lead and bits are high', () => {
    fc.assert(
      fc.property(coordinate, coordinate, (r, s) => {
        const one = Buffer.concat([r, s])
        const der = derFromRaw(one)
        expect(der && rawFromDer(der)).toEqual(one)
      }),
      { numRuns: 2000 },
    )
  })

  test('the DER is the one of Node: OpenSSL reads it as it reads the raw form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (message) => {
        const der = sign('sha256', message, privateKey)
        const signature = rawFromDer(der)
        expect(signature).toHaveLength(64)
        expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
        expect(derFromRaw(signature)).toEqual(der)
      }),
      { numRuns: 600 },
    )
  })

  test.each([
    ['the smallest', 1n, 1n, '3006020101020101'],
    ['a high bit, which gets a zero in front', 0x80n, 0x7fn, '3007020200800201' + '7f'],
    ['a leading zero, which goes', 0x00ffn, 0x0100n, '3008020200ff02020100'],
  ])('%s', (_, r, s, der) => {
    expect(derFromRaw(raw(r, s))?.toString('hex')).toBe(der)
    expect(rawFromDer(Buffer.from(der, 'hex'))).toEqual(raw(r, s))
  })

  test.each([0, 1, 32, 63, 65, 70, 71, 72, 96, 128])('T20: %i bytes are no signature', (length) => {
    expect(derFromRaw(Buffer.alloc(length, 1))).toBeUndefined()
  })

  test('T20: a zero coordinate is no signature', () => {
    for (const [r, s] of [
      [0n, 0n],
      [0n, 1n],
      [1n, 0n],
      [0n, order],
    ] as const)
      expect(derFromRaw(raw(r, s))).toBeUndefined()
  })
})

describe('T20: coordinates out of range', () => {
  const message = Buffer.from('message')
  const good = rawFromDer(sign('sha256', message, privateKey))
  const r = BigInt(`0x${good.subarray(0, 32).toString('hex')}`)
  const s = BigInt(`0x${good.subarray(32).toString('hex')}`)
  const most = 2n ** 256n - 1n

  function accepts(signature: Buffer, key: KeyObject = publicKey): boolean {
    const der = derFromRaw(signature)
    return der !== undefined && verify('sha256', message, key, der)
  }

  test('control: the good one is good, and so is its mirror image, which is why nothing may be keyed by a signature', () => {
    expect(accepts(good)).toBe(true)
    expect(accepts(raw(r, order - s))).toBe(true)
  })

  test.each([
    ['r is the order', order, s],
    ['s is the order', r, order],
    ['both are', order, order],
    ['r is one more than the order', order + 1n, s],
    ['r is one less than the order', order - 1n, s],
    ['r is all ones', most, s],
    ['s is all ones', r, most],
    ['r and s are swapped', s, r],
    ['r is negated', order - r, s],
  ])('%s', (_, a, b) => {
    expect(accepts(raw(a, b))).toBe(false)
  })

  test('another key', () => {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    expect(accepts(good, createPublicKey({ key: jwk, format: 'jwk' }))).toBe(false)
  })
})
