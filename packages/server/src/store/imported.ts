import type { ImportedUser, ImportUserOutcome, ImportUsersInput, UserNames } from './port/imports.ts'
import type { UserRow } from './schema.ts'

/** Every column of a user, in the order in which an import writes them. */
export const userColumns = [
  ...(['id', 'username', 'username_canonical', 'email', 'email_canonical', 'password_hash'] as const),
  ...(['is_active', 'is_staff', 'is_superuser', 'created_at', 'last_login_at'] as const),
  ...(['email_verified_at', 'password_changed_at', 'first_name', 'last_name', 'group_names'] as const),
] as const satisfies readonly (keyof ImportedUser)[]

/** What is to be done with a row: it can be inserted, it takes the place of what is there, or that is all. */
export type Judgement = 'insert' | 'update' | ImportUserOutcome

/**
 * Judges a row by everybody who has its id, its name or its e-mail.
 * @param alike may hold others as well
 */
export function judge(
  row: ImportedUser,
  alike: readonly UserRow[],
  existing: ImportUsersInput['existing'],
): Judgement {
  const same = alike.find(({ id }) => id === row.id)
  if (same && !isKin(row, same)) return { outcome: 'taken', holders: { id: same.id } }
  if (same && userColumns.every((column) => same[column] === row[column])) return { outcome: 'unchanged' }
  if (same && existing === 'keep') return { outcome: 'differs' }
  const holders = holdersOf(row, alike)
  if (Object.keys(holders).length > 0) return { outcome: 'taken', holders }
  return same ? 'update' : 'insert'
}

/** An id that is a number may be somebody else's here; he was not born at the same instant, nor has he the same name. */
export function isKin(row: ImportedUser, same: UserRow): boolean {
  const isNumber = numberOf(row) > 0
  return !isNumber || row.created_at === same.created_at || row.username_canonical === same.username_canonical
}

function holdersOf(row: UserNames, alike: readonly UserRow[]): { username?: string; email?: string } {
  const others = alike.filter(({ id }) => id !== row.id)
  const named = others.find((other) => other.username_canonical === row.username_canonical)
  const mailed = others.find(
    (other) => row.email_canonical !== null && other.email_canonical === row.email_canonical,
  )
  return { ...(named && { username: named.id }), ...(mailed && { email: mailed.id }) }
}

/** The user's id where it is a whole number as a database counts them; else 0. */
export function numberOf({ id }: Pick<UserRow, 'id'>): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0
}

/** Why the update of a user ends his sessions; undefined where it does not. */
export function endReason(
  before: ImportedUser,
  after: ImportedUser,
): 'user_disabled' | 'password_changed' | undefined {
  if (before.is_active === 1 && after.is_active === 0) return 'user_disabled'
  return before.password_hash === after.password_hash ? undefined : 'password_changed'
}
