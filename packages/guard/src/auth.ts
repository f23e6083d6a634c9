import type { JWTPayload } from 'jose'

/** Who has shown an access token. */
export interface Auth {
  userId: string
  username: string
  sessionId: string
  /** epoch seconds */
  expiresAt: number
  scopes: readonly string[]
  /** all claims, verified */
  claims: JWTPayload
}
