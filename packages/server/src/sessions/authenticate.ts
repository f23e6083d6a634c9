import { type Audit, type Origin, requestFields } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import type { RevocationReason } from '../store/store.ts'
import type { AccessClaims, AccessTokens } from '../tokens/access-token.ts'
import type { RefreshTokens } from '../tokens/refresh-token.ts'
import type { RevokedSessions } from './revocation/revoked.ts'

export interface AuthenticateDeps {
  accessTokens: AccessTokens
  refreshTokens: RefreshTokens
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
}

export interface Credentials {
  /** as the client sent it */
  token: string
  origin: Origin
}

/**
 * Who shows this access token. No database is asked: the signature and the set of revoked sessions decide.
 * @throws AuthError `access_token_not_valid`, or `user_inactive` / `user_not_found` where that is why its session ended
 */
export function authenticate(deps: AuthenticateDeps, { token, origin }: Credentials): AccessClaims {
  const claims = deps.accessTokens.verify(token, deps.clock())
  if (!claims) throw refused(deps, origin, { refusal: notOurs(deps, token) })
  const reason = deps.revoked.reasonOf(claims.sessionId)
  if (reason) throw refused(deps, origin, { refusal: revoked(reason), claims })
  return claims
}

/** A refusal, and the reason that the operator reads. */
interface Refusal {
  error: AuthError
  reason: string
}

const invalid = 'Token is invalid or expired'

function notOurs({ refreshTokens }: AuthenticateDeps, token: string): Refusal {
  if (refreshTokens.verify(token)) return { error: notValid('Token has wrong type'), reason: 'refresh_token' }
  return { error: notValid(invalid), reason: 'invalid_or_expired' }
}

function revoked(reason: RevocationReason): Refusal {
  if (reason === 'user_disabled') return { error: new AuthError('user_inactive'), reason }
  if (reason === 'user_deleted') return { error: new AuthError('user_not_found'), reason }
  return { error: notValid(invalid), reason }
}

/** @param reason the sentence that the answer's `messages` carries */
function notValid(reason: string): AuthError {
  return new AuthError('access_token_not_valid', { reason })
}

function refused(
  { audit }: AuthenticateDeps,
  origin: Origin,
  { refusal, claims }: { refusal: Refusal; claims?: AccessClaims },
): AuthError {
  const { error, reason } = refusal
  const who = claims && { user_id: claims.userId, session_id: claims.sessionId }
  audit.record('auth.access.refused', { ...requestFields(origin), ...who, code: error.code, reason })
  return error
}
