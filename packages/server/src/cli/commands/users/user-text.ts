import type { UserRow } from '../../../store/schema.ts'
import { instantText, isoText } from '../../../times.ts'
import { pairsText, tableText } from '../../terminal/table.ts'

/** A user as `--json` prints him; names and instants as in the API's answers. */
export function userJson(user: UserRow) {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    is_active: user.is_active === 1,
    is_staff: user.is_staff === 1,
    is_superuser: user.is_superuser === 1,
    role: user.admin_role,
    date_joined: isoText(user.created_at),
    last_login: user.last_login_at === null ? null : isoText(user.last_login_at),
  }
}

/** Users one a line. */
export function usersTable(users: readonly UserRow[]): string {
  const rows = users.map((user) => [
    user.id,
    user.username,
    user.email || '-',
    stateText(user),
    lastLoginText(user),
  ])
  return tableText([['ID', 'USERNAME', 'EMAIL', 'STATE', 'LAST LOGIN'], ...rows])
}

/** Everything about one user but his password's hash. */
export function userText(user: UserRow): string {
  return pairsText([
    ['Username', user.username],
    ['ID', user.id],
    ['Email', user.email || '-'],
    ['State', stateText(user)],
    ['Role', user.admin_role ?? '-'],
    ['Joined', instantText(user.created_at)],
    ['Last login', lastLoginText(user)],
  ])
}

function stateText(user: UserRow): string {
  const roles = [user.is_staff === 1 && 'staff', user.is_superuser === 1 && 'superuser'].filter(Boolean)
  return [user.is_active === 1 ? 'active' : 'disabled', ...roles].join(', ')
}

function lastLoginText({ last_login_at }: UserRow): string {
  return last_login_at === null ? 'never' : instantText(last_login_at)
}
