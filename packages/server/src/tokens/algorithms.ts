import { generateKeyPair, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { derFromRaw, rawFromDer } from './ecdsa.ts'

const generate = promisify(generateKeyPair)

/** One asymmetric signature algorithm: how its keys are made and used. The algorithm belongs to the key, never to a token. */
export interface Algorithm {
  generate: () => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>
  sign: (data: Buffer, privateKey: KeyObject) => Buffer
  /** false for whatever is not a good signature; throws for nothing */
  verify: (data: Buffer, signature: Buffer, publicKey: KeyObject) => boolean
  /** the members that make the RFC 7638 thumbprint and the public JWK, in their lexicographic order */
  publicMembers: readonly string[]
}

/**
 * The algorithms a signing key may have.
 * @see RFC 7518 sections 3.3 and 3.4, RFC 8037 section 3.1
 */
export const algorithms = {
  ES256: {
    generate: () => generate('ec', { namedCurve: 'P-256' }),
    // DER with the bare key object costs less than half of `ieee-p1363` in Node's crypto.
    sign: (data, key) => rawFromDer(sign('sha256', data, key)),
    verify(data, signature, key) {
      const der = derFromRaw(signature)
      return der !== undefined && verify('sha256', data, key, der)
    },
    publicMembers: ['crv', 'kty', 'x', 'y'],
  },
  RS256: {
    generate: () => generate('rsa', { modulusLength: 3072 }),
    sign: (data, key) => sign('sha256', data, key),
    verify: (data, signature, key) => verify('sha256', data, key, signature),
    publicMembers: ['e', 'kty', 'n'],
  },
  EdDSA: {
    generate: () => generate('ed25519'),
    sign: (data, key) => sign(null, data, key),
    verify: (data, signature, key) => signature.length === 64 && verify(null, data, key, signature),
    publicMembers: ['crv', 'kty', 'x'],
  },
} as const satisfies Record<string, Algorithm>

export type AlgorithmName = keyof typeof algorithms
