/** Longer texts are no tokens of ours and are not looked at. */
export const maxTokenLength = 8192

export type Claims = Readonly<Record<string, unknown>>

/** What signs: the whole protected header, encoded once, and the key behind it. */
export interface JwtSigner {
  readonly header: string
  /** the signature over the signing input, base64url */
  sign(signingInput: string): string
}

/** What verifies the tokens that carry one certain protected header. */
export interface JwtVerifier {
  verify(signingInput: string, signature: string): boolean
}

/**
 * Encoded protected header -> its verifier. We verify only what we signed, so a token's header must be, byte for byte,
 * one that we write. Algorithm, key, type and critical members are thereby ours, never the token's: `alg:none`, a
 * foreign `kid`, an embedded `jwk`, `crit` or a doubled member is simply a header that is not in this map.
 */
export type Verifiers = ReadonlyMap<string, JwtVerifier>

/** The encoded form of a protected header, as it stands at the front of a token. */
export function encodeHeader(header: { alg: string; typ: string; kid?: string }): string {
  return encode(JSON.stringify(header))
}

/**
 * A compact JWS over the claims.
 * @see RFC 7515 section 5.1, RFC 7519 section 7.1
 */
export function signJwt(signer: JwtSigner, claims: Claims): string {
  const signingInput = `${signer.header}.${encode(JSON.stringify(claims))}`
  return `${signingInput}.${signer.sign(signingInput)}`
}

/**
 * The claims of a token that one of the verifiers answers for; undefined for everything else. The one function that
 * verifies, for every kind of token: nothing of a claim is read before the signature has been checked.
 * @see RFC 7515 section 5.2, RFC 8725 sections 2 and 3
 */
export function verifyJwt(token: string, verifiers: Verifiers): Claims | undefined {
  if (token.length > maxTokenLength) return undefined
  const headerEnd = token.indexOf('.')
  const payloadEnd = token.indexOf('.', headerEnd + 1)
  if (headerEnd < 0 || payloadEnd < 0) return undefined
  const verifier = verifiers.get(token.slice(0, headerEnd))
  if (!verifier?.verify(token.slice(0, payloadEnd), token.slice(payloadEnd + 1))) return undefined
  return parseClaims(token.slice(headerEnd + 1, payloadEnd))
}

/** The bytes of strict base64url text: no padding, no white space, no foreign character, no loose last bits. */
export function decodeStrictly(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

function parseClaims(payload: string): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Claims)
      : undefined
  } catch {
    return undefined
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}
