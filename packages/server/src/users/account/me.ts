import type { UserRow } from '../../store/schema.ts'

/** What a user sees of his own account. Instants are RFC 3339 texts. */
export interface Me {
  id: string
  username: string
  email: string
  email_verified: boolean
  is_staff: boolean
  date_joined: string
  last_login: string | null
}

export function describeMe(user: UserRow): Me {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    email_verified: user.email_verified_at !== null,
    is_staff: user.is_staff === 1,
    date_joined: instant(user.created_at),
    last_login: user.last_login_at === null ? null : instant(user.last_login_at),
  }
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
