import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import type { AccessClaims, AccessTokens } from '../../tokens/access-token.ts'
import type { RefreshClaims, RefreshTokens } from '../../tokens/refresh-token.ts'
import type { RevokedSessions } from '../revocation/revoked.ts'

export interface IntrospectDeps {
  store: Pick<Store, 'findSession'>
  accessTokens: Pick<AccessTokens, 'verify'>
  refreshTokens: Pick<RefreshTokens, 'verify'>
  revoked: RevokedSessions
  clock: Clock
}

/** What is said of a token; of one that is not good nothing but that. Instants are epoch seconds. */
export type Introspection =
  | { active: false }
  | {
      active: true
      token_type: 'Bearer' | 'refresh_token'
      sub: string
      sid: string
      exp: number
      iat?: number
      username?: string
    }

/**
 * Whether a token is good now: for an access token as our own routes would say it, for a refresh token whether it is
 * the current one of a live session. Looking at it changes nothing.
 * @see RFC 7662 section 2.2
 */
export async function introspect(deps: IntrospectDeps, token: string): Promise<Introspection> {
  const access = deps.accessTokens.verify(token, deps.clock())
  if (access) return describeAccess(deps, access)
  const refresh = deps.refreshTokens.verify(token)
  return refresh ? describeRefresh(deps, refresh) : { active: false }
}

function describeAccess({ revoked }: IntrospectDeps, claims: AccessClaims): Introspection {
  const { userId: sub, sessionId: sid, username, issuedAt: iat, expiresAt: exp } = claims
  if (revoked.reasonOf(sid)) return { active: false }
  return { active: true, token_type: 'Bearer', sub, sid, username, iat, exp }
}

async function describeRefresh(
  { store, clock }: IntrospectDeps,
  claims: RefreshClaims,
): Promise<Introspection> {
  const { sessionId: sid, userId: sub, generation, expiresAt } = claims
  const session = await store.findSession(sid)
  const isLive = session?.revoked_at === null && session.expires_at > clock() && expiresAt > clock()
  if (!isLive || session.generation !== generation) return { active: false }
  return { active: true, token_type: 'refresh_token', sub, sid, exp: Math.floor(expiresAt / 1000) }
}
