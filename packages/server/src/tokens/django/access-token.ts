import { type Claims, type JwtSigner, verifyJwt } from '../jwt.ts'
import type { DjangoKey } from './key.ts'

/** A key in whose time we are; undefined where there is none, and once its time is over. */
function currentKey(key: DjangoKey | undefined, now: number): DjangoKey | undefined {
  return key && now < key.until ? key : undefined
}

/**
 * The claims of a token that the key signed, ours or not. They end with the key at the latest, whatever expiry somebody
 * wrote who has the secret too.
 * @param now epoch milliseconds
 */
export function verifyDjangoSigned(
  key: DjangoKey | undefined,
  token: string,
  now: number,
): Claims | undefined {
  const current = currentKey(key, now)
  const claims = current && verifyJwt(token, current.verifiers)
  if (!claims || typeof claims.exp !== 'number') return claims
  return { ...claims, exp: Math.min(claims.exp, Math.floor(current.until / 1000)) }
}

/** What signs an access token, until when at the latest, and the claims as its reader expects them. */
export interface AccessSigner {
  signer: JwtSigner
  /** epoch milliseconds */
  until: number
  arrange: (claims: Claims) => Claims
}

/**
 * Django's key in its time, else what the deployment signs with otherwise.
 * @param now epoch milliseconds
 */
export function accessSigner(
  key: DjangoKey | undefined,
  now: number,
  otherwise: () => JwtSigner,
): AccessSigner {
  const current = currentKey(key, now)
  if (current) return { signer: current.signer, until: current.until, arrange: simplejwtFirst }
  return { signer: otherwise(), until: Number.POSITIVE_INFINITY, arrange: (claims) => claims }
}

/** In simplejwt's order, and behind it what is ours. */
function simplejwtFirst(claims: Claims): Claims {
  const { token_type, exp, iat, jti, user_id } = claims
  return { token_type, exp, iat, jti, user_id, ...claims }
}
