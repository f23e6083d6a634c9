import { AuthError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { AccessClaims } from '../tokens/access-token.ts'
import { type ListDeps, listOwnSessions, type OwnSession } from './own/list.ts'

export interface DashboardDeps extends ListDeps {
  store: ListDeps['store'] & Pick<Store, 'findUserById'>
}

/** What a user sees of himself. Instants are RFC 3339 texts. */
export interface Dashboard {
  message: string
  user: { id: string; username: string; email: string; is_staff: boolean; date_joined: string }
  sessions: OwnSession[]
  last_login: string | null
}

/** @throws AuthError `user_not_found` where the user was deleted a moment ago */
export async function dashboard(deps: DashboardDeps, claims: AccessClaims): Promise<Dashboard> {
  const user = await deps.store.findUserById(claims.userId)
  if (!user) throw new AuthError('user_not_found')
  return {
    message: `Welcome ${user.username}, this is your dashboard!`,
    user: {
      id: user.id,
      username: user.username,
      email: user.email,
      is_staff: user.is_staff === 1,
      date_joined: instant(user.created_at),
    },
    sessions: await listOwnSessions(deps, claims),
    last_login: user.last_login_at === null ? null : instant(user.last_login_at),
  }
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
