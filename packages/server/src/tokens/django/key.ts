import { type HmacName, hmacKey } from '../hmac.ts'
import { encodeHeader, type JwtSigner, type Verifiers } from '../jwt.ts'

/** The secret of a Django deployment, which each of its servers knows; it is good until an instant, and then for nothing. */
export interface DjangoKey {
  signer: JwtSigner
  /** tokens that it signed, here or there; none of ours that an asymmetric key signed is among them */
  verifiers: Verifiers
  /** epoch milliseconds */
  until: number
}

export interface DjangoKeyOptions {
  /** Django's SECRET_KEY, or simplejwt's SIGNING_KEY where that is another */
  secret: string
  algorithm: HmacName
  /** epoch milliseconds */
  until: number
}

/**
 * The key that tokens of simplejwt are signed with. It verifies what has one of the two headers that PyJWT has written
 * over the years, byte for byte: neither the algorithm nor the key is ever the token's choice.
 * @see RFC 8725 section 3.1
 */
export function createDjangoKey({ secret, algorithm, until }: DjangoKeyOptions): DjangoKey {
  const made = [
    { alg: algorithm, typ: 'JWT' },
    { typ: 'JWT', alg: algorithm },
  ].map((header) => hmacKey({ algorithm, secret: Buffer.from(secret), header: encodeHeader(header) }))
  const [signer] = made
  if (!signer) throw new Error('there is no header')
  return { signer, verifiers: new Map(made.map((key) => [key.header, key])), until }
}
