import { createHash } from 'node:crypto'
import type { DescribeHash } from '../../passwords/describe.ts'
import type { SeenUser } from '../../store/port/users.ts'
import type { UserRow } from '../../store/schema.ts'
import { isoText } from '../../times.ts'
import { instantOrNull } from '../acting.ts'
import type { AdminUser, AdminUserDetail } from '../answers.ts'

export function describeUser(user: UserRow): AdminUser {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    email_verified: user.email_verified_at !== null,
    is_active: user.is_active === 1,
    is_staff: user.is_staff === 1,
    is_superuser: user.is_superuser === 1,
    role: user.admin_role,
    created_at: isoText(user.created_at),
    last_login_at: instantOrNull(user.last_login_at),
  }
}

/** What nobody can log in with. */
const useless: readonly string[] = ['unusable', 'unknown', 'refused', 'locked']

export function describePassword(
  describeHash: DescribeHash,
  { password_hash, password_changed_at }: UserRow,
): AdminUserDetail['password'] {
  const { format, state } = describeHash(password_hash)
  return {
    algorithm: useless.includes(state) ? null : format,
    changed_at: instantOrNull(password_changed_at),
  }
}

/** What of a user an administrator sees and may change. */
export function seenOf(user: UserRow): SeenUser {
  const { username, email, email_verified_at, is_active, is_staff, is_superuser } = user
  const { admin_role, password_changed_at } = user
  return {
    ...{ username, email, email_verified_at, is_active, is_staff, is_superuser },
    ...{ admin_role, password_changed_at },
  }
}

/** Changes with whatever of him an administrator may change; strong, though the answer also has what moves by itself. */
export function etagOf(user: UserRow): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([user.id, seenOf(user)]))
    .digest('base64url')
  return `"${digest.slice(0, 22)}"`
}
