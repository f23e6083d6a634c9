import { type Audit, type Origin, requestFields } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import type { RevocationReason } from '../store/port/sessions.ts'
import type { AccessClaims, AccessTokens } from '../tokens/access-token.ts'
import type { RefreshTokens } from '../tokens/refresh-token.ts'
import type { RevokedSessions } from './revocation/revoked.ts'

export interface AuthenticateDeps {
  accessTokens: AccessTokens
  refreshTokens: Pick<RefreshTokens, 'verify'>
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
  if (!claims) throw refused(deps, { error: notOurs(deps, token), origin })
  const reason = deps.revoked.reasonOf(claims.sessionId)
  if (reason) throw refused(deps, { error: revoked(reason), origin, claims })
  return claims
}

function notOurs({ refreshTokens }: AuthenticateDeps, token: string): AuthError {
  return refreshTokens.verify(token)
    ? notValid('refresh_token', 'Token has wrong type')
    : notValid('invalid_or_expired')
}

function revoked(reason: RevocationReason): AuthError {
  if (reason === 'user_disabled') return new AuthError('user_inactive', { reason })
  if (reason === 'user_deleted') return new AuthError('user_not_found', { reason })
  return notValid(reason)
}

function notValid(reason: string, message = 'Token is invalid or expired'): AuthError {
  return new AuthError('access_token_not_valid', { reason, message })
}

/** Tells the operator, and makes the refusal. */
function refused({ audit }: AuthenticateDeps, { error, origin, claims }: Refusal): AuthError {
  const { code, details } = error
  const who = claims && { user_id: claims.userId, session_id: claims.sessionId }
  audit.record('auth.access.refused', {
    ...requestFields(origin),
    ...who,
    code,
    reason: details.reason ?? '',
  })
  return error
}

interface Refusal {
  error: AuthError
  origin: Origin
  /** of a good token whose session has ended */
  claims?: AccessClaims
}
