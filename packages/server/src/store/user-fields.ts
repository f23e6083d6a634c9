import type { SpendSecretInput } from './port/secrets.ts'
import type { EndSessionsInput } from './port/sessions.ts'
import type { Conditions, TakenField, UpdateUserInput, UserFields } from './port/users.ts'
import type { UserRow } from './schema.ts'

/** What a user is unique by. */
export type UniqueNames = Pick<UserRow, 'username_canonical' | 'email_canonical'>

/**
 * Which of the names somebody has.
 * @param rows whoever has one of them
 */
export function takenIn(rows: readonly UniqueNames[], names: UniqueNames): TakenField[] {
  const fields: TakenField[] = []
  if (rows.some((row) => row.username_canonical === names.username_canonical)) fields.push('username')
  if (rows.some((row) => names.email_canonical !== null && row.email_canonical === names.email_canonical)) {
    fields.push('email')
  }
  return fields
}

/** The names that a change would give a user; where it gives none, one that nobody can have. */
export function namesIn(set: UserFields): UniqueNames {
  return { username_canonical: set.username_canonical ?? '', email_canonical: set.email_canonical ?? null }
}

const unchanged = {
  ...{
    username: null,
    username_canonical: null,
    email: null,
    email_canonical: null,
    email_verified_at: null,
  },
  ...{ password_hash: null, password_changed_at: null, is_active: null, is_staff: null, is_superuser: null },
  ...{ first_name: null, last_name: null, admin_role: null },
}

/** The parameters of an update: what is null stays, but for what may be null, which has a flag that says it is set. */
export function updateParameters({ userId, set, passwordHash = undefined, ...conditions }: UpdateUserInput) {
  const flags = {
    setsEmail: set.email_canonical === undefined ? 0 : 1,
    setsVerified: set.email_verified_at === undefined ? 0 : 1,
    setsRole: set.admin_role === undefined ? 0 : 1,
  }
  return {
    ...{ ...unchanged, ...set, ...flags, userId, passwordHash: passwordHash ?? null },
    ...conditionParameters(conditions),
  }
}

const unseen = {
  ...{ seenUsername: null, seenEmail: null, seenVerified: null, seenActive: null, seenStaff: null },
  ...{ seenSuperuser: null, seenRole: null, seenPassword: null },
}

/** The parameters of `conditionsSql`, and of its like. */
export function conditionParameters({ seen, keeps }: Conditions) {
  return {
    checksSeen: seen ? 1 : 0,
    keepsOwner: keeps ? 1 : 0,
    ...unseen,
    ...(seen && {
      seenUsername: seen.username,
      seenEmail: seen.email,
      seenVerified: seen.email_verified_at,
      seenActive: seen.is_active,
      seenStaff: seen.is_staff,
      seenSuperuser: seen.is_superuser,
      seenRole: seen.admin_role,
      seenPassword: seen.password_changed_at,
    }),
  }
}

/** Whether secrets that were sent out before must be good for nothing after it. */
export function voidsSecrets({ password_hash, email_canonical }: UserFields): boolean {
  return password_hash !== undefined || email_canonical !== undefined
}

/** Which sessions a spent secret ends, besides what it does. */
export function endsSessions(
  effect: SpendSecretInput['effect'],
): Pick<EndSessionsInput, 'reason' | 'except'> | undefined {
  switch (effect.kind) {
    case 'set_password':
      return { reason: 'password_changed' }
    case 'change_email':
      return { reason: 'email_changed', ...(effect.except && { except: effect.except }) }
    case 'verify_email':
      return undefined
  }
}
