import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import type { RevocationReason } from '../store/store.ts'
import type { AccessClaims, AccessTokens } from '../tokens/access-token.ts'
import type { RefreshTokens } from '../tokens/refresh-token.ts'
import type { RevokedSessions } from './revoked.ts'

export interface AuthenticateDeps {
  accessTokens: AccessTokens
  refreshTokens: RefreshTokens
  revoked: RevokedSessions
  clock: Clock
}

/**
 * Who shows this access token. No database is asked: the signature and the set of revoked sessions decide.
 * @throws AuthError `access_token_not_valid`, or `user_inactive` / `user_not_found` where that is why its session ended
 */
export function authenticate(deps: AuthenticateDeps, token: string): AccessClaims {
  const claims = deps.accessTokens.verify(token, deps.clock())
  if (!claims) throw notValid(deps.refreshTokens.verify(token) ? wrongType : invalid)
  const reason = deps.revoked.reasonOf(claims.sessionId)
  if (reason) throw revokedAnswer(reason)
  return claims
}

const invalid = 'Token is invalid or expired'
const wrongType = 'Token has wrong type'

/** @param reason the sentence that the answer's `messages` carries */
function notValid(reason: string): AuthError {
  return new AuthError('access_token_not_valid', { reason })
}

function revokedAnswer(reason: RevocationReason): AuthError {
  if (reason === 'user_disabled') return new AuthError('user_inactive')
  if (reason === 'user_deleted') return new AuthError('user_not_found')
  return notValid(invalid)
}
