import { isUuid } from '../ids.ts'
import { hmacKey } from './hmac.ts'
import { type Claims, encodeHeader, type JwtSigner, type JwtVerifier, signJwt, verifyJwt } from './jwt.ts'
import { deriveKey, type MasterSecrets, secretId } from './secrets.ts'

interface RefreshTokenOptions {
  issuer: string
  secrets: MasterSecrets
  /** how a claim `user_id` says whose token it is; without it the token has no such claim */
  userIdClaim?: ((userId: string) => string | number) | undefined
}

/** What a session's current refresh token is made of; the same values give the same bytes. */
export interface RefreshTokenSource {
  sessionId: string
  userId: string
  generation: number
  /** epoch milliseconds */
  rotatedAt: number
  /** epoch milliseconds */
  expiresAt: number
}

export interface RefreshClaims {
  sessionId: string
  userId: string
  generation: number
  /** epoch milliseconds */
  expiresAt: number
}

export interface RefreshTokens {
  issue(source: RefreshTokenSource): string
  /** undefined unless we made it; whether it is expired, revoked or spent is for the session to say */
  verify(token: string): RefreshClaims | undefined
}

/**
 * Refresh tokens: JWTs under an HMAC key that serves nothing else. Deterministic, so that a successor can be handed
 * out again without being stored; a forged one dies here without a database read.
 */
export function createRefreshTokens(options: RefreshTokenOptions): RefreshTokens {
  const { issuer, secrets } = options
  const made = secrets.map(keyOf)
  const signer = made[0] ?? keyOf(secrets[0])
  const verifiers = new Map(made.map((key) => [key.header, key]))
  return {
    issue: (source) => signJwt(signer, claimsOf(source, options, signer)),
    verify(token) {
      const claims = verifyJwt(token, verifiers)
      return claims && parseRefreshClaims(claims, issuer)
    },
  }
}

function claimsOf(
  source: RefreshTokenSource,
  { issuer, userIdClaim }: RefreshTokenOptions,
  signer: JwtSigner,
): Claims {
  const { sessionId, userId, generation, rotatedAt, expiresAt } = source
  return {
    token_type: 'refresh',
    iss: issuer,
    sub: userId,
    sid: sessionId,
    gen: generation,
    iat: Math.floor(rotatedAt / 1000),
    exp: Math.floor(expiresAt / 1000),
    jti: signer.sign(`jti ${sessionId} ${generation} ${rotatedAt}`),
    ...(userIdClaim && { user_id: userIdClaim(userId) }),
  }
}

function keyOf(secret: string): JwtSigner & JwtVerifier {
  const header = encodeHeader({ alg: 'HS256', typ: 'rt+jwt', kid: secretId(secret) })
  return hmacKey({ algorithm: 'HS256', secret: deriveKey(secret, 'refresh-token'), header })
}

function parseRefreshClaims(claims: Claims, issuer: string): RefreshClaims | undefined {
  const { iss, token_type, sub, sid, gen, exp } = claims
  if (iss !== issuer || token_type !== 'refresh') return undefined
  if (typeof sub !== 'string' || typeof sid !== 'string' || !isUuid(sid)) return undefined
  if (!Number.isSafeInteger(gen) || !Number.isSafeInteger(exp)) return undefined
  return { sessionId: sid, userId: sub, generation: Number(gen), expiresAt: Number(exp) * 1000 }
}
