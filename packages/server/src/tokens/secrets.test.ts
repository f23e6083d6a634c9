import { createHmac, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deriveKey, type MasterSecrets, seal, secretId, unseal } from './secrets.ts'

const secret = 'a secret for tests only of 32 or more characters'
const other = 'another secret for tests of 32 or more characters'

/** RFC 5869 sections 2.2 and 2.3, for one block of output. */
function hkdfByHand(input: Buffer, salt: Buffer, purpose: string): Buffer {
  const pseudorandom = createHmac('sha256', salt).update(input).digest()
  return createHmac('sha256', pseudorandom).update(purpose).update(Buffer.of(1)).digest()
}

describe('derived keys', () => {
  test('the first test case of RFC 5869 comes out of Node and of our own hand', () => {
    const input = Buffer.alloc(22, 0x0b)
    const salt = Buffer.from('000102030405060708090a0b0c', 'hex')
    const purpose = Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex')
    const expected = '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf'
    expect(Buffer.from(hkdfSync('sha256', input, salt, purpose, 32)).toString('hex')).toBe(expected)
    const pseudorandom = createHmac('sha256', salt).update(input).digest()
    const block = createHmac('sha256', pseudorandom).update(purpose).update(Buffer.of(1)).digest('hex')
    expect(block).toBe(expected)
  })

  test.each(['refresh-token', 'signing-key'] as const)('the key for %s is HKDF of the secret', (purpose) => {
    const expected = hkdfByHand(Buffer.from(secret), Buffer.from('countersign'), `${purpose} v1`)
    expect(deriveKey(secret, purpose)).toEqual(expected)
  })

  test('T30: each secret and each purpose has a key of its own', () => {
    const keys = [secret, other].flatMap((one) => [
      deriveKey(one, 'refresh-token'),
      deriveKey(one, 'signing-key'),
    ])
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(4)
    expect(keys.every((key) => key.length === 32)).toBe(true)
  })

  test('the name of a secret tells secrets apart, and is not the secret nor its key', () => {
    expect(secretId(secret)).toMatch(/^[\w-]{8}$/)
    expect(secretId(secret)).not.toBe(secretId(other))
    expect(deriveKey(secret, 'refresh-token').toString('base64url')).not.toContain(secretId(secret))
  })
})

const k = { purpose: 'signing-key', label: 'k' } as const

describe('sealing', () => {
  test('what was sealed opens under the same label, and never twice to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, label) => {
        const plain = Buffer.from(bytes)
        const place = { purpose: 'mail', label } as const
        const sealed = seal(plain, secret, place)
        expect(unseal(sealed, [secret], place)).toEqual({ plain, newest: true })
        expect(seal(plain, secret, place).equals(sealed)).toBe(false)
      }),
      { numRuns: 50 },
    )
  })

  test('of several secrets the one that made it opens it, and says whether it is the newest', () => {
    const plain = Buffer.from('private')
    const secrets: MasterSecrets = [other, secret]
    expect(unseal(seal(plain, other, k), secrets, k)).toEqual({ plain, newest: true })
    expect(unseal(seal(plain, secret, k), secrets, k)).toEqual({ plain, newest: false })
  })

  test('another secret, another label, another purpose, another bit: nothing opens', () => {
    const sealed = seal(Buffer.from('private'), secret, k)
    expect(unseal(sealed, [other], k)).toBeUndefined()
    expect(unseal(sealed, [secret], { ...k, label: 'l' })).toBeUndefined()
    expect(unseal(sealed, [secret], { ...k, purpose: 'mail' })).toBeUndefined()
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(unseal(changed, [secret], k)).toBeUndefined()
    }
  })

  test('a text that was cut opens nowhere: neither in the tag, nor in the nonce, nor to nothing', () => {
    const sealed = seal(Buffer.from('private'), secret, k)
    for (let length = 0; length < sealed.length; length += 1)
      expect(unseal(sealed.subarray(0, length), [secret], k)).toBeUndefined()
  })

  test('the plain text does not show', () => {
    const plain = Buffer.from('a private key that must not be seen')
    expect(seal(plain, secret, k).includes(plain.subarray(0, 8))).toBe(false)
  })
})
