import type { LegacyTokenRow, UserRow } from '../schema.ts'
import type { TakenField } from './users.ts'

/** What an import is unique by. */
export type UserNames = Pick<UserRow, 'id' | 'username_canonical' | 'email_canonical'>

/** A user as he comes from elsewhere. */
export type ImportedUser = Omit<UserRow, 'sessions_ended_at' | 'admin_role'>

export interface ImportUsersInput {
  users: readonly ImportedUser[]
  /** what becomes of one who is there already and is not as his row says */
  existing: 'keep' | 'update'
  /** when the sessions end that an update ends, in epoch milliseconds */
  now: number
}

export type ImportUserOutcome =
  /** `unchanged`: he is there as his row says; `differs`: he is there otherwise, and stays so */
  | { outcome: 'created' | 'unchanged' | 'differs' | 'updated' }
  /** somebody else has his id, his name or his e-mail; nothing of the row is stored */
  | { outcome: 'taken'; holders: Partial<Record<'id' | TakenField, string>> }

/** `refused`: there is no such active user. */
export type ImportSessionOutcome = 'created' | 'unchanged' | 'refused'

/** A refresh token of the deployment that the users came from. */
export type NewLegacyToken = Omit<LegacyTokenRow, 'session_id' | 'exchanged_at'>

/** `updated`: it was blacklisted since it was imported; `missing`: there is no such user. */
export type ImportTokenOutcome = 'created' | 'unchanged' | 'updated' | 'missing'
