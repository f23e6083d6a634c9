import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { AuthError } from '../errors.ts'
import type { SigningKeyRow } from '../store/schema.ts'
import { type AlgorithmName, algorithms } from './algorithms.ts'
import { decodeStrictly, encodeHeader, type JwtSigner, type JwtVerifier } from './jwt.ts'
import { type MasterSecrets, seal, unseal } from './secrets.ts'

/** A public key as resource servers read it: public members only. */
export type PublicJwk = Readonly<Record<string, string>> & { kid: string; alg: string; use: 'sig' }

/**
 * A fresh key pair in the form in which it is stored, its private part sealed under the newest master secret.
 * @param now epoch milliseconds
 */
export async function newSigningKey(
  algorithm: AlgorithmName,
  secrets: MasterSecrets,
  now: number,
): Promise<SigningKeyRow> {
  const { publicKey, privateKey } = await algorithms[algorithm].generate()
  const jwk = publicJwk(publicKey, algorithm)
  return {
    kid: jwk.kid,
    algorithm,
    state: 'next',
    public_jwk: JSON.stringify(jwk),
    private_sealed: seal(privateKey.export({ type: 'pkcs8', format: 'der' }), secrets[0], placeOf(jwk.kid)),
    created_at: now,
    activated_at: null,
    retires_at: null,
  }
}

/** @see RFC 7517 section 4, RFC 7638 */
function publicJwk(key: KeyObject, algorithm: AlgorithmName): PublicJwk {
  const exported = key.export({ format: 'jwk' }) as Record<string, string>
  const members = Object.fromEntries(
    algorithms[algorithm].publicMembers.map((name) => [name, exported[name] ?? '']),
  )
  const kid = createHash('sha256').update(JSON.stringify(members)).digest('base64url')
  return { ...members, kid, alg: algorithm, use: 'sig' }
}

export function parsePublicJwk(row: SigningKeyRow): PublicJwk {
  return JSON.parse(row.public_jwk) as PublicJwk
}

/** The private part under the newest secret, or undefined where it is already. */
export function resealed(row: SigningKeyRow, secrets: MasterSecrets): Buffer | undefined {
  const opened = open(row, secrets)
  return opened.newest ? undefined : seal(opened.plain, secrets[0], placeOf(row.kid))
}

function placeOf(kid: string) {
  return { purpose: 'signing-key', label: kid } as const
}

function open(row: SigningKeyRow, secrets: MasterSecrets) {
  const opened = row.private_sealed && unseal(row.private_sealed, secrets, placeOf(row.kid))
  if (opened) return opened
  throw new AuthError('unavailable', {
    reason:
      `The signing key ${row.kid} does not open with COUNTERSIGN_SECRET. Give the secret it was made under, ` +
      'or a list "new,old" that holds it.',
  })
}

/** @throws AuthError `unavailable` if none of the master secrets opens the private part */
export function signerOf(row: SigningKeyRow, secrets: MasterSecrets, typ: string): JwtSigner {
  const key = createPrivateKey({ key: open(row, secrets).plain, format: 'der', type: 'pkcs8' })
  const { sign } = algorithms[row.algorithm as AlgorithmName]
  return {
    header: headerOf(row, typ),
    sign: (input) => sign(Buffer.from(input), key).toString('base64url'),
  }
}

export function verifierOf(row: SigningKeyRow): JwtVerifier {
  const key = createPublicKey({ key: parsePublicJwk(row), format: 'jwk' })
  const { verify } = algorithms[row.algorithm as AlgorithmName]
  return {
    verify(input, signature) {
      const bytes = decodeStrictly(signature)
      return bytes !== undefined && verify(Buffer.from(input), bytes, key)
    },
  }
}

/** The protected header of the access tokens that this key signs. */
export function headerOf(row: SigningKeyRow, typ: string): string {
  return encodeHeader({ alg: row.algorithm, typ, kid: row.kid })
}
