import { createPrivateKey, createPublicKey } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, test } from 'vitest'
import { AuthError } from '../errors.ts'
import type { SigningKeyRow } from '../store/schema.ts'
import type { MasterSecrets } from './secrets.ts'
import { unseal } from './secrets.ts'
import { headerOf, newSigningKey, parsePublicJwk, resealed, signerOf, verifierOf } from './signing-key.ts'

const secret = 'a secret for tests only of 32 or more characters'
const other = 'another secret for tests of 32 or more characters'
const now = 1_800_000_000_000
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

function refusal(work: () => unknown): AuthError {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof AuthError) return thrown
  }
  throw new Error('expected a refusal')
}

describe.each([
  ['ES256', ['crv', 'kty', 'x', 'y']],
  ['RS256', ['e', 'kty', 'n']],
  ['EdDSA', ['crv', 'kty', 'x']],
] as const)('a new %s key', async (algorithm, members) => {
  const row = await newSigningKey(algorithm, [secret], now)

  test('is stored as the next one', () => {
    expect(row).toMatchObject({
      algorithm,
      state: 'next',
      created_at: now,
      activated_at: null,
      retires_at: null,
    })
  })

  test('T16 T17: shows its public members, kid, alg and use, and nothing else', async () => {
    const jwk = parsePublicJwk(row)
    expect(Object.keys(jwk).sort()).toEqual([...members, 'alg', 'kid', 'use'].sort())
    for (const name of privateMembers) expect(jwk).not.toHaveProperty(name)
    expect(jwk).toMatchObject({ alg: algorithm, use: 'sig', kid: row.kid })
    expect(await calculateJwkThumbprint(jwk)).toBe(row.kid)
  })

  test('T19: its private part is sealed: nothing of it can be read from the row', () => {
    const plain = unseal(row.private_sealed ?? Buffer.of(), [secret], {
      purpose: 'signing-key',
      label: row.kid,
    })?.plain
    expect(plain && createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' }).type).toBe('private')
    const stored = Buffer.from(row.private_sealed ?? Buffer.of())
    for (let at = 0; plain && at + 16 <= plain.length; at += 16)
      expect(stored.includes(plain.subarray(at, at + 16))).toBe(false)
    expect(row.public_jwk).not.toContain(plain?.toString('base64url').slice(-20))
  })

  test('its signer and its verifier belong together', () => {
    const signer = signerOf(row, [secret], 'at+jwt')
    expect(signer.header).toBe(headerOf(row, 'at+jwt'))
    expect(verifierOf(row).verify('input', signer.sign('input'))).toBe(true)
    expect(verifierOf(row).verify('other', signer.sign('input'))).toBe(false)
  })

  test('the verifier needs the public part alone', () => {
    const signature = signerOf(row, [secret], 'JWT').sign('input')
    expect(verifierOf({ ...row, private_sealed: null }).verify('input', signature)).toBe(true)
    expect(createPublicKey({ key: parsePublicJwk(row), format: 'jwk' }).type).toBe('public')
  })
})

describe('the master secret', async () => {
  const row = await newSigningKey('ES256', [secret], now)
  const both: MasterSecrets = [other, secret]

  test('a wrong one is told in a sentence with the remedy, and neither secret is in it', () => {
    const { code, details, message } = refusal(() => signerOf(row, [other], 'at+jwt'))
    expect(code).toBe('unavailable')
    expect(details.reason).toBe(
      `The signing key ${row.kid} does not open with COUNTERSIGN_SECRET. Give the secret it was made under, ` +
        'or a list "new,old" that holds it.',
    )
    expect(`${details.reason} ${message}`).not.toContain(other)
  })

  test('one key does not stand in for another: the sealed text is bound to its kid', async () => {
    const thief: SigningKeyRow = {
      ...(await newSigningKey('ES256', [secret], now)),
      private_sealed: row.private_sealed,
    }
    expect(refusal(() => signerOf(thief, [secret], 'at+jwt')).code).toBe('unavailable')
  })

  test('a key whose private part is gone signs nothing', () => {
    expect(refusal(() => signerOf({ ...row, private_sealed: null }, [secret], 'at+jwt')).code).toBe(
      'unavailable',
    )
  })

  test('is replaced: the private part is sealed anew under the newest, once', () => {
    expect(resealed(row, [secret])).toBeUndefined()
    const moved = resealed(row, both)
    expect(moved && unseal(moved, [other], { purpose: 'signing-key', label: row.kid })).toMatchObject({
      newest: true,
    })
    expect(resealed({ ...row, private_sealed: moved ?? null }, both)).toBeUndefined()
    const again = signerOf({ ...row, private_sealed: moved ?? null }, [other], 'at+jwt')
    expect(verifierOf(row).verify('input', again.sign('input'))).toBe(true)
  })
})
