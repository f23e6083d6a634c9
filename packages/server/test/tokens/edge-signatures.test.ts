import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import fc from 'fast-check'
import { compactVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { algorithms } from '../../src/tokens/algorithms.ts'
import { bytes32, keyThatSigned, order, prime, rawSignature } from './p256.ts'
import { encode } from './workshop.ts'

/** A compact JWS, so that jose can be asked about the same bytes. */
const input = `${encode({ alg: 'ES256' })}.${encode('message')}`
const message = Buffer.from(input)

async function joseAccepts(signature: Buffer, key: KeyObject): Promise<boolean> {
  return compactVerify(`${input}.${signature.toString('base64url')}`, key, {
    algorithms: ['ES256', 'EdDSA'],
  }).then(
    () => true,
    () => false,
  )
}

/** The first `r` from here upwards (or downwards) that belongs to a point. */
function signatureNear(from: bigint, s: bigint, step = 1n) {
  for (let r = from; ; r += step) {
    const key = keyThatSigned(message, { r, s, x: r })
    if (key) return { r, s, key }
  }
}

describe('ES256: signatures of our choosing, each good under the key computed for it', () => {
  const anyS = 0x1234_5678_9abc_def0n ** 3n
  const cases = [
    ['r is as small as can be', signatureNear(1n, anyS)],
    ['r has one byte', signatureNear(0x80n, anyS)],
    ['r has a leading zero byte and a high bit', signatureNear(0x80n << 240n, anyS)],
    ['r is just under the order', signatureNear(order - 1n, anyS, -1n)],
    ['s is one', signatureNear(anyS, 1n)],
    ['s has one byte with a high bit', signatureNear(anyS, 0x80n)],
    ['s has 31 bytes', signatureNear(anyS, (1n << 247n) + 5n)],
    ['s is one less than the order', signatureNear(anyS, order - 1n)],
    ['r and s are both small', signatureNear(2n, 3n)],
    ['r and s are both just under the order', signatureNear(order - 1n, order - 2n, -1n)],
  ] as const

  test.each(cases)('%s: accepted', async (_, { r, s, key }) => {
    const signature = rawSignature(r, s)
    expect(algorithms.ES256.verify(message, signature, key)).toBe(true)
    expect(await joseAccepts(signature, key)).toBe(true)
  })

  test.each(cases)('T20: %s: nothing else is, though it be the same modulo the order', (_, { r, s, key }) => {
    const most = 1n << 256n
    const others = [
      [r + order, s],
      [r, s + order],
      [r + order, s + order],
      [s, r],
      [0n, s],
      [r, 0n],
      [order, s],
      [r, order],
      [r + 1n, s],
      [r, s + 1n],
    ] as const
    for (const [a, b] of others.filter(
      (pair) => pair.every((one) => one < most) && (pair[0] !== r || pair[1] !== s),
    ))
      expect(algorithms.ES256.verify(message, rawSignature(a, b), key), `${a} ${b}`).toBe(false)
  })

  test('T20: the point lies beyond the order: r is what is left of its coordinate, and the whole one is refused', () => {
    const found = []
    for (let r = 1n; found.length < 3; r += 1n) {
      const key = keyThatSigned(message, { r, s: anyS, x: r + order })
      if (key) found.push({ r, key })
    }
    for (const { r, key } of found) {
      expect(r + order).toBeLessThan(prime)
      expect(algorithms.ES256.verify(message, rawSignature(r, anyS), key)).toBe(true)
      expect(algorithms.ES256.verify(message, rawSignature(r + order, anyS), key)).toBe(false)
    }
  })

  test.each([
    ['a byte less', (good: Buffer) => good.subarray(0, 63)],
    ['a byte more', (good: Buffer) => Buffer.concat([good, Buffer.of(0)])],
    ['a zero in front', (good: Buffer) => Buffer.concat([Buffer.of(0), good])],
    ['zeros cut from r', (good: Buffer) => Buffer.concat([good.subarray(1, 32), good.subarray(32)])],
    ['48-byte coordinates', (good: Buffer) => wider(good, 48)],
    ['66-byte coordinates', (good: Buffer) => wider(good, 66)],
    ['the DER form', () => sign('sha256', message, privateKey)],
    ['the DER form of zeros', () => Buffer.from('3006020100020100', 'hex')],
    ['nothing', () => Buffer.alloc(0)],
    ['64 zeros', () => Buffer.alloc(64)],
    ['64 bytes of ones', () => Buffer.alloc(64, 0xff)],
  ])('T20: %s is refused', (_, change) => {
    const good = algorithms.ES256.sign(message, privateKey)
    expect(algorithms.ES256.verify(message, good, publicKey)).toBe(true)
    expect(algorithms.ES256.verify(message, change(good), publicKey)).toBe(false)
  })
})

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

function wider(good: Buffer, bytes: number): Buffer {
  const pad = Buffer.alloc(bytes - 32)
  return Buffer.concat([pad, good.subarray(0, 32), pad, good.subarray(32)])
}

describe('EdDSA: what Ed25519 leaves room for', () => {
  /** The order of the base point; a signature with `s` and this more would be a second one for the same message. */
  const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n
  const pair = generateKeyPairSync('ed25519')
  const good = algorithms.EdDSA.sign(message, pair.privateKey)

  function little(bytes: Buffer): bigint {
    return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
  }

  test('a signature is refused with the group order added to its scalar', () => {
    const scalar = little(good.subarray(32))
    expect(algorithms.EdDSA.verify(message, good, pair.publicKey)).toBe(true)
    for (let more = scalar + groupOrder; more < 2n ** 256n; more += groupOrder) {
      const other = Buffer.concat([good.subarray(0, 32), bytes32(more).reverse()])
      expect(algorithms.EdDSA.verify(message, other, pair.publicKey)).toBe(false)
    }
  })

  test.each([0, 1, 32, 63, 65, 128])('%i bytes are refused', (length) => {
    const wrong = Buffer.concat([good, Buffer.alloc(64)]).subarray(0, length)
    expect(algorithms.EdDSA.verify(message, wrong, pair.publicKey)).toBe(false)
  })

  test('points of small order and scalars of zero are refused under an honest key', () => {
    const points = [
      '01',
      '00',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'ee',
      'ed',
    ]
    for (const point of points) {
      const zeros = Buffer.concat([Buffer.from(point.padEnd(64, '0'), 'hex'), Buffer.alloc(32)])
      expect(algorithms.EdDSA.verify(message, zeros, pair.publicKey)).toBe(false)
    }
  })
})

describe.each(['ES256', 'RS256', 'EdDSA'] as const)('%s', (name) => {
  const { sign: signWith, verify } = algorithms[name]
  const generated = algorithms[name].generate()

  test('accepts what it signed, under the public key read back from its JWK', async () => {
    const { privateKey: own, publicKey: shown } = await generated
    const key = createPublicKey({ key: shown.export({ format: 'jwk' }), format: 'jwk' })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(verify(Buffer.from(bytes), signWith(Buffer.from(bytes), own), key)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('throws for nothing: any bytes are answered with no', async () => {
    const { publicKey: key } = await generated
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => {
        expect(verify(message, Buffer.from(bytes), key)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  test('one bit of the message, one bit of the signature, another key: no', async () => {
    const { privateKey: own, publicKey: key } = await generated
    const signature = signWith(message, own)
    const flip = (bytes: Buffer, at: number) => {
      const changed = Buffer.from(bytes)
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7))
      return changed
    }
    for (let bit = 0; bit < signature.length * 8; bit += name === 'RS256' ? 7 : 1)
      expect(verify(message, flip(signature, bit), key)).toBe(false)
    for (let bit = 0; bit < message.length * 8; bit += 3)
      expect(verify(flip(message, bit), signature, key)).toBe(false)
    expect(verify(message, signature, (await algorithms[name].generate()).publicKey)).toBe(false)
  })
})
