import type { Clock } from '../../clock.ts'
import type { SessionRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import type { AccessClaims } from '../../tokens/access-token.ts'

export interface ListDeps {
  store: Pick<Store, 'listSessionsOfUser'>
  clock: Clock
}

/** A session as its user sees it. Instants are RFC 3339 texts; the id opens nothing. */
export interface OwnSession {
  id: string
  device: string
  address: string
  created_at: string
  last_used_at: string
  expires_at: string
  /** the one that asks */
  current: boolean
}

/** The live sessions of the user whose access token was shown, newest first. */
export async function listOwnSessions(deps: ListDeps, claims: AccessClaims): Promise<OwnSession[]> {
  const sessions = await deps.store.listSessionsOfUser(claims.userId, deps.clock())
  return sessions.map((session) => shown(session, claims.sessionId))
}

function shown(session: SessionRow, currentId: string): OwnSession {
  return {
    id: session.id,
    device: session.device,
    address: session.address,
    created_at: instant(session.created_at),
    last_used_at: instant(session.rotated_at),
    expires_at: instant(session.expires_at),
    current: session.id === currentId,
  }
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
