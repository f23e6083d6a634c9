import { randomBytes } from 'node:crypto'
import { isUuid } from '../ids.ts'
import { type Claims, signJwt, verifyJwt } from './jwt.ts'
import type { KeyRing } from './key-ring.ts'

export interface AccessTokenOptions {
  issuer: string
  audience: string
  /** RFC 9068 `client_id` of the first-party client */
  clientId: string
  ttlSeconds: number
  keyRing: KeyRing
}

export interface AccessClaims {
  userId: string
  username: string
  sessionId: string
  /** epoch seconds */
  issuedAt: number
  /** epoch seconds */
  expiresAt: number
}

export interface AccessTokens {
  /**
   * @param now epoch milliseconds
   * @param session its end, in epoch milliseconds, bounds the token's
   */
  issue(
    subject: { userId: string; username: string; session: { id: string; expiresAt: number } },
    now: number,
  ): {
    token: string
    expiresInSeconds: number
  }
  /** undefined unless it is an unexpired access token of ours; whether its session has ended is not asked here */
  verify(token: string, now: number): AccessClaims | undefined
}

/** Our own clock may step back a little between two processes. */
const skewSeconds = 5

/** Verified tokens kept, so that a client's second request costs a look-up and no signature. */
const maxVerified = 4096

/**
 * Access tokens: what resource servers verify.
 * @see RFC 9068 section 2, RFC 8725 section 3
 */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { keyRing } = options
  const verified = new Map<string, AccessClaims>()
  keyRing.onChange(() => verified.clear())

  function remember(token: string, claims: AccessClaims): AccessClaims {
    if (verified.size >= maxVerified) {
      const [oldest] = verified.keys()
      if (oldest !== undefined) verified.delete(oldest)
    }
    verified.set(token, claims)
    return claims
  }

  function verifySignature(token: string): AccessClaims | undefined {
    const claims = verifyJwt(token, keyRing.verifiers())
    const parsed = claims && parseAccessClaims(claims, options)
    return parsed && remember(token, parsed)
  }

  return {
    issue: (subject, now) => issueAccessToken(options, subject, now),
    verify(token, now) {
      // Keyed by the whole token, and its times are looked at each time: the signature is all that is remembered.
      const claims = verified.get(token) ?? verifySignature(token)
      return claims && isCurrent(claims, Math.floor(now / 1000), options.ttlSeconds) ? claims : undefined
    },
  }
}

function issueAccessToken(
  options: AccessTokenOptions,
  { userId, username, session }: Parameters<AccessTokens['issue']>[0],
  now: number,
): ReturnType<AccessTokens['issue']> {
  const iat = Math.floor(now / 1000)
  const exp = Math.min(iat + options.ttlSeconds, Math.floor(session.expiresAt / 1000))
  const token = signJwt(options.keyRing.signer(), {
    token_type: 'access',
    iss: options.issuer,
    aud: options.audience,
    sub: userId,
    exp,
    iat,
    jti: randomBytes(16).toString('base64url'),
    sid: session.id,
    client_id: options.clientId,
    user_id: userId,
    username,
  })
  return { token, expiresInSeconds: exp - iat }
}

/** A token older than today's lifetime is refused too, so the revoked set never has to remember longer than that. */
function isCurrent(claims: AccessClaims, nowSeconds: number, ttlSeconds: number): boolean {
  return (
    claims.expiresAt > nowSeconds &&
    claims.issuedAt <= nowSeconds + skewSeconds &&
    claims.issuedAt + ttlSeconds > nowSeconds
  )
}

function parseAccessClaims(claims: Claims, options: AccessTokenOptions): AccessClaims | undefined {
  const { iss, aud, token_type, sub, sid, jti, username, iat, exp, nbf } = claims
  if (iss !== options.issuer || aud !== options.audience || token_type !== 'access') return undefined
  if (typeof sub !== 'string' || typeof username !== 'string') return undefined
  if (typeof sid !== 'string' || !isUuid(sid) || typeof jti !== 'string') return undefined
  if (nbf !== undefined) return undefined
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return undefined
  return { userId: sub, username, sessionId: sid, issuedAt: Number(iat), expiresAt: Number(exp) }
}
