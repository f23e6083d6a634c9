import { type Claims, verifyJwt } from '../jwt.ts'
import type { DjangoKey } from './key.ts'

/** What a refresh token of simplejwt says. Instants are epoch milliseconds. */
export interface DjangoRefreshClaims {
  jti: string
  userId: string
  issuedAt: number
  expiresAt: number
}

/** Their clock may be ahead of ours. */
const skewMs = 60_000

/**
 * The claims of a refresh token that Django signed; whether it is expired or spent is not asked here. Undefined for
 * everything else, and once the key's time is over.
 * @param now epoch milliseconds
 */
export function verifyDjangoRefreshToken(
  key: DjangoKey,
  token: string,
  now: number,
): DjangoRefreshClaims | undefined {
  const claims = now < key.until ? verifyJwt(token, key.verifiers) : undefined
  const parsed = claims && parseClaims(claims)
  return parsed && parsed.issuedAt <= now + skewMs ? parsed : undefined
}

function parseClaims({ token_type, jti, user_id, iat, exp, nbf }: Claims): DjangoRefreshClaims | undefined {
  const userId = typeof user_id === 'number' && Number.isSafeInteger(user_id) ? String(user_id) : user_id
  const [issuedAt, expiresAt] = [Number(iat) * 1000, Number(exp) * 1000]
  if (token_type !== 'refresh' || !isId(jti) || !isId(userId) || nbf !== undefined) return undefined
  if (typeof iat !== 'number' || typeof exp !== 'number') return undefined
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return undefined
  if (!Number.isSafeInteger(issuedAt) || !Number.isSafeInteger(expiresAt)) return undefined
  return { jti, userId, issuedAt, expiresAt }
}

/** A number or a UUID in Django as it comes; whatever it is, it has no white space and is not long. */
function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value)
}
