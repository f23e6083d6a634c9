import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { JwtSigner, JwtVerifier } from './jwt.ts'

/** What each HMAC algorithm of JWS hashes with. @see RFC 7518 section 3.2 */
export const hmacHashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const

export type HmacName = keyof typeof hmacHashes

/**
 * Signs and verifies under one secret with one algorithm.
 * @param header encoded; whoever verifies looks the key up by it
 */
export function hmacKey(options: {
  algorithm: HmacName
  secret: Buffer
  header: string
}): JwtSigner & JwtVerifier {
  const { algorithm, secret, header } = options
  const key = createSecretKey(secret)
  const sign = (input: string) => createHmac(hmacHashes[algorithm], key).update(input).digest('base64url')
  return {
    header,
    sign,
    // Comparing texts, not decoded bytes, leaves one spelling per signature.
    verify: (input, signature) => equalTexts(sign(input), signature),
  }
}

function equalTexts(expected: string, given: string): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}
