import type { AdminRole, UserRow } from '../store/schema.ts'

/** Who may do what. Whatever is not here nobody may; a test asks every route as every role. */
export const permissions = {
  'home.read': ['owner', 'admin', 'support', 'auditor'],
  'users.read': ['owner', 'admin', 'support', 'auditor'],
  /** name, address, whether he may log in */
  'users.change': ['owner', 'admin'],
  /** mail him a link to a new password, lift a delay, end his sessions */
  'users.assist': ['owner', 'admin', 'support'],
  /** take his password away, so that he must choose another */
  'users.require_reset': ['owner', 'admin'],
  'users.delete': ['owner', 'admin'],
  'users.export': ['owner', 'admin'],
  'users.import': ['owner'],
  /** roles, and the flags that stand for them in Django */
  'users.roles': ['owner'],
  'sessions.read': ['owner', 'admin', 'support', 'auditor'],
  'sessions.revoke': ['owner', 'admin', 'support'],
  'keys.read': ['owner', 'admin', 'support', 'auditor'],
  'keys.change': ['owner', 'admin'],
  'audit.read': ['owner', 'admin', 'support', 'auditor'],
  'audit.export': ['owner', 'admin', 'auditor'],
  'mail.read': ['owner', 'admin', 'support', 'auditor'],
  'mail.retry': ['owner', 'admin', 'support'],
  'mail.test': ['owner', 'admin'],
  'webhooks.read': ['owner', 'admin', 'auditor'],
  'webhooks.send': ['owner', 'admin'],
  'settings.read': ['owner', 'admin', 'auditor'],
  'system.read': ['owner', 'admin', 'support', 'auditor'],
  /** what the doctor finds, which names files and hosts as the settings do */
  'system.examine': ['owner', 'admin', 'auditor'],
  /** his own sign-in */
  self: ['owner', 'admin', 'support', 'auditor'],
} as const satisfies Readonly<Record<string, readonly AdminRole[]>>

export type Permission = keyof typeof permissions

export function isAllowed(role: AdminRole, permission: Permission): boolean {
  return (permissions[permission] as readonly AdminRole[]).includes(role)
}

/** All that a role may do, for whoever shows it. */
export function permissionsOf(role: AdminRole): Permission[] {
  return (Object.keys(permissions) as Permission[]).filter((one) => isAllowed(role, one))
}

const ranks: Readonly<Record<AdminRole, number>> = { auditor: 1, support: 2, admin: 3, owner: 4 }

function rankOf({ admin_role }: Pick<UserRow, 'admin_role'>): number {
  return admin_role === null ? 0 : ranks[admin_role]
}

/**
 * Whether an administrator may do something to a user who may have a role himself: whoever could change the address of an
 * owner could become one. An owner may do it to all, everybody to himself, others to whoever is below them.
 */
export function mayTouch(admin: UserRow, user: UserRow): boolean {
  return admin.admin_role === 'owner' || admin.id === user.id || rankOf(admin) > rankOf(user)
}
