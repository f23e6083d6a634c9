import type { AdminUser } from '../../api/answers.ts'
import { text } from '../../text/en.ts'
import { Badge } from '../../ui/badge.tsx'

/** What is to be known of a user at a glance. */
export function Flags({
  user,
}: {
  user: Pick<AdminUser, 'is_active' | 'email' | 'email_verified' | 'role' | 'is_staff'>
}) {
  return (
    <span class="inline-flex flex-wrap gap-1">
      {user.is_active ? (
        <Badge tone="good">{text.users.active}</Badge>
      ) : (
        <Badge tone="bad">{text.users.disabled}</Badge>
      )}
      {user.email && !user.email_verified && <Badge tone="warn">{text.users.unverified}</Badge>}
      {user.role && <Badge>{text.roles[user.role]}</Badge>}
      {user.is_staff && !user.role && <Badge>{text.users.staff}</Badge>}
    </span>
  )
}
