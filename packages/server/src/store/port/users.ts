import type { AdminRole, UserRow } from '../schema.ts'
import type { NewMail } from './mails.ts'
import type { NewSecret } from './secrets.ts'
import type { EndSessionsInput } from './sessions.ts'

/** What a user is not born with; an import brings it along. */
type LaterFields =
  | 'last_login_at'
  | 'email_verified_at'
  | 'password_changed_at'
  | 'first_name'
  | 'last_name'
  | 'group_names'
  | 'sessions_ended_at'
  | 'admin_role'

export type NewUser = Omit<UserRow, LaterFields> & { admin_role?: AdminRole | null }

/** What goes out with a change, in the transaction that makes it; a secret, and mails with it, only to an active user. */
export interface WithMail {
  secret?: NewSecret
  mails?: readonly NewMail[]
}

export type TakenField = 'username' | 'email'

export type CreateUserOutcome =
  | { outcome: 'created' }
  | { outcome: 'taken'; fields: TakenField[] }
  /** an import brought somebody with that id meanwhile */
  | { outcome: 'id_taken' }

/** What may be set of a user; what is absent stays. */
export type UserFields = Partial<
  Pick<
    UserRow,
    | 'username'
    | 'username_canonical'
    | 'email'
    | 'email_canonical'
    | 'email_verified_at'
    | 'password_hash'
    | 'password_changed_at'
    | 'is_active'
    | 'is_staff'
    | 'is_superuser'
    | 'first_name'
    | 'last_name'
  >
> & { admin_role?: AdminRole | null }

/** What an administrator saw of a user before he changed it. */
export type SeenUser = Pick<
  UserRow,
  | 'username'
  | 'email'
  | 'email_verified_at'
  | 'is_active'
  | 'is_staff'
  | 'is_superuser'
  | 'admin_role'
  | 'password_changed_at'
>

/** A change that is made only if it leaves what must stay. */
export interface Conditions {
  /** only while the user is as he was seen */
  seen?: SeenUser
  /** only while there is an active owner beside him */
  keeps?: 'another_owner'
}

/**
 * Sets the user's fields and ends his sessions in the same transaction, where `endSessions` says so. A new password or
 * address voids the secrets that were sent to him before, but for proofs of an address.
 */
export interface UpdateUserInput extends WithMail, Conditions {
  userId: string
  set: UserFields
  /** only while this is his password still */
  passwordHash?: string
  endSessions?: Omit<EndSessionsInput, 'userId'>
}

export type UpdateUserOutcome =
  | { outcome: 'updated'; ended: string[] }
  /** no such user, or another password by now, or one of the conditions does not hold */
  | { outcome: 'missing' }
  | { outcome: 'taken'; fields: TakenField[] }

export type DeleteUserOutcome = Exclude<UpdateUserOutcome, { outcome: 'taken' }>

export interface RehashPasswordInput {
  userId: string
  /** replaced only while it is still this one */
  from: string
  to: string
}

export interface DeleteUserInput extends Conditions {
  userId: string
  now: number
  /** the last ones to him; their rows name no user */
  mails?: readonly NewMail[]
}
