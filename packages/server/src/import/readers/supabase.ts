import type { ForeignRecord } from './rows.ts'
import { instantIn, textIn } from './values.ts'

/**
 * A row of Supabase’s `auth.users`. There are no names to log in by: the address is one, or the telephone, or the id.
 * @param now epoch milliseconds: who is banned until later is not active
 * @see github.com/supabase/auth, its migrations
 */
export function fromSupabase(row: ForeignRecord, now: number): object {
  const id = textIn(row, 'id')
  const email = textIn(row, 'email')
  const bannedUntil = Date.parse(instantIn(row.banned_until) ?? '')
  return {
    ...{ id, username: email ?? textIn(row, 'phone') ?? id, email },
    email_verified: email !== undefined && textIn(row, 'email_confirmed_at') !== undefined,
    email_verified_at: email === undefined ? null : instantIn(row.email_confirmed_at),
    is_active: textIn(row, 'deleted_at') === undefined && !(bannedUntil > now),
    created_at: instantIn(row.created_at),
    last_login: instantIn(row.last_sign_in_at),
    password_hash: textIn(row, 'encrypted_password') ?? null,
  }
}
