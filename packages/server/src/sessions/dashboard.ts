import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import type { SessionRow, Store } from '../store/store.ts'
import type { AccessClaims } from '../tokens/access-token.ts'

export interface DashboardDeps {
  store: Pick<Store, 'findUserById' | 'listSessionsOfUser'>
  clock: Clock
}

/** What a user sees of himself. Instants are RFC 3339 texts. */
export interface Dashboard {
  message: string
  user: { id: string; username: string; email: string; is_staff: boolean; date_joined: string }
  sessions: DashboardSession[]
  last_login: string | null
}

export interface DashboardSession {
  id: string
  device: string
  address: string
  created_at: string
  last_used_at: string
  expires_at: string
  /** the one that asks */
  current: boolean
}

/** @throws AuthError `user_not_found` where the user was deleted a moment ago */
export async function dashboard(deps: DashboardDeps, claims: AccessClaims): Promise<Dashboard> {
  const user = await deps.store.findUserById(claims.userId)
  if (!user) throw new AuthError('user_not_found')
  const sessions = await deps.store.listSessionsOfUser(user.id, deps.clock())
  return {
    message: `Welcome ${user.username}, this is your dashboard!`,
    user: {
      id: user.id,
      username: user.username,
      email: user.email,
      is_staff: user.is_staff === 1,
      date_joined: instant(user.created_at),
    },
    sessions: sessions.map((session) => shown(session, claims.sessionId)),
    last_login: user.last_login_at === null ? null : instant(user.last_login_at),
  }
}

function shown(session: SessionRow, currentId: string): DashboardSession {
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
