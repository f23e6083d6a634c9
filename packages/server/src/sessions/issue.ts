import type { SessionRow } from '../store/schema.ts'
import type { AccessTokens } from '../tokens/access-token.ts'
import type { RefreshTokens } from '../tokens/refresh-token.ts'

export interface IssueDeps {
  accessTokens: AccessTokens
  refreshTokens: RefreshTokens
}

/** Both tokens and how many seconds each still lives. */
export interface TokenPair {
  access: string
  refresh: string
  access_expires_in: number
  refresh_expires_in: number
}

/** The session as a token pair needs it. */
export type IssuedSession = Pick<SessionRow, 'id' | 'generation' | 'rotated_at' | 'expires_at'> & {
  user_id: string
}

/**
 * The session's current refresh token (always the same bytes) and a fresh access token.
 * @param now epoch milliseconds
 */
export function issuePair(deps: IssueDeps, session: IssuedSession, username: string, now: number): TokenPair {
  const access = deps.accessTokens.issue(
    { userId: session.user_id, username, session: { id: session.id, expiresAt: session.expires_at } },
    now,
  )
  return {
    access: access.token,
    refresh: deps.refreshTokens.issue({
      sessionId: session.id,
      userId: session.user_id,
      generation: session.generation,
      rotatedAt: session.rotated_at,
      expiresAt: session.expires_at,
    }),
    access_expires_in: access.expiresInSeconds,
    refresh_expires_in: Math.max(0, Math.floor((session.expires_at - now) / 1000)),
  }
}
