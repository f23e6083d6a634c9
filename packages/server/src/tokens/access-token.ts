import { randomBytes } from 'node:crypto'
import { isUuid } from '../ids.ts'
import { accessSigner, verifyDjangoSigned } from './django/access-token.ts'
import type { DjangoKey } from './django/key.ts'
import { type Claims, signJwt, verifyJwt } from './jwt.ts'
import type { KeyRing } from './key-ring.ts'

/** `sliding` ones are simplejwt's: they keep their `jti` when they are made anew, and say until when they may be. */
export type AccessTokenKind = 'access' | 'sliding'

export interface AccessTokenOptions {
  issuer: string
  audience: string
  /** RFC 9068 `client_id` of the first-party client */
  clientId: string
  ttlSeconds: number
  keyRing: KeyRing
  /** signs in the place of the key ring until its time is over: for resource servers that know no other key */
  djangoKey?: DjangoKey | undefined
  /** what is believed; the first is what is issued. `access` alone unless told */
  kinds?: readonly [AccessTokenKind, ...AccessTokenKind[]]
  /** how the claim `user_id` says an id; as it is unless told */
  userIdClaim?: ((userId: string) => string | number) | undefined
}

export interface AccessClaims {
  userId: string
  username: string
  sessionId: string
  jti: string
  /** epoch seconds */
  issuedAt: number
  /** epoch seconds */
  expiresAt: number
  /** epoch seconds; of a sliding token, until when it is made anew */
  refreshExpiresAt?: number
}

export interface AccessTokens {
  /**
   * @param now epoch milliseconds
   * @param session its end, in epoch milliseconds, bounds the token's
   * @param jti of the token that this one takes the place of; a new one unless told
   */
  issue(
    subject: { userId: string; username: string; session: { id: string; expiresAt: number }; jti?: string },
    now: number,
  ): {
    token: string
    expiresInSeconds: number
  }
  /** undefined unless it is an unexpired access token of ours; whether its session has ended is not asked here */
  verify(token: string, now: number): AccessClaims | undefined
  /** what stands in a token of ours whose time is over: for the words of a refusal, never to let anybody in */
  findExpired(token: string, now: number): AccessClaims | undefined
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
  const { keyRing, djangoKey } = options
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

  function verifySignature(token: string, now: number): AccessClaims | undefined {
    // A header is of one key or of the other, byte for byte: neither ever sees what belongs to the other.
    const claims = verifyJwt(token, keyRing.verifiers()) ?? verifyDjangoSigned(djangoKey, token, now)
    const parsed = claims && parseAccessClaims(claims, options)
    return parsed && remember(token, parsed)
  }

  // Keyed by the whole token, and its times are looked at each time: the signature is all that is remembered.
  const claimsOf = (token: string, now: number) => verified.get(token) ?? verifySignature(token, now)

  return {
    issue: (subject, now) => issueAccessToken(options, subject, now),
    verify(token, now) {
      const claims = claimsOf(token, now)
      return claims && isCurrent(claims, Math.floor(now / 1000), options.ttlSeconds) ? claims : undefined
    },
    findExpired(token, now) {
      const claims = claimsOf(token, now)
      return claims && isPast(claims, Math.floor(now / 1000), options.ttlSeconds) ? claims : undefined
    },
  }
}

function issueAccessToken(
  options: AccessTokenOptions,
  { userId, username, session, jti }: Parameters<AccessTokens['issue']>[0],
  now: number,
): ReturnType<AccessTokens['issue']> {
  const iat = Math.floor(now / 1000)
  const { signer, until, arrange } = accessSigner(options.djangoKey, now, options.keyRing.signer)
  const exp = Math.min(iat + options.ttlSeconds, Math.floor(Math.min(session.expiresAt, until) / 1000))
  const { kinds: [kind] = ['access'], userIdClaim = asItIs } = options
  const isSliding = kind === 'sliding'
  const claims = {
    token_type: kind,
    iss: options.issuer,
    aud: options.audience,
    sub: userId,
    exp,
    iat,
    jti: jti ?? randomBytes(16).toString(isSliding ? 'hex' : 'base64url'),
    ...(isSliding && { refresh_exp: Math.floor(session.expiresAt / 1000) }),
    sid: session.id,
    client_id: options.clientId,
    user_id: userIdClaim(userId),
    username,
  }
  const token = signJwt(signer, arrange(claims))
  return { token, expiresInSeconds: exp - iat }
}

function asItIs(userId: string): string {
  return userId
}

/** A token older than today's lifetime is refused too, so the revoked set never has to remember longer than that. */
function isCurrent(claims: AccessClaims, nowSeconds: number, ttlSeconds: number): boolean {
  return !isPast(claims, nowSeconds, ttlSeconds) && claims.issuedAt <= nowSeconds + skewSeconds
}

function isPast({ expiresAt, issuedAt }: AccessClaims, nowSeconds: number, ttlSeconds: number): boolean {
  return expiresAt <= nowSeconds || issuedAt + ttlSeconds <= nowSeconds
}

function parseAccessClaims(claims: Claims, options: AccessTokenOptions): AccessClaims | undefined {
  const { iss, aud, token_type, sub, sid, jti, username, iat, exp, nbf, refresh_exp } = claims
  if (iss !== options.issuer || aud !== options.audience) return undefined
  if (!(options.kinds ?? ['access']).some((kind) => kind === token_type)) return undefined
  if (typeof sub !== 'string' || typeof username !== 'string') return undefined
  if (typeof sid !== 'string' || !isUuid(sid) || typeof jti !== 'string') return undefined
  if (nbf !== undefined) return undefined
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return undefined
  return {
    ...{ userId: sub, username, sessionId: sid, jti, issuedAt: Number(iat), expiresAt: Number(exp) },
    ...(token_type === 'sliding' && { refreshExpiresAt: Number(refresh_exp) }),
  }
}
