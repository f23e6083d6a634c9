import type { ForeignRecord } from './rows.ts'
import { instantIn, isTrue, textIn } from './values.ts'

/**
 * A row of the table of users of a Rails application with Devise, under its usual names.
 * @param hashes `peppered` where Devise has a pepper: the settings have the same one then
 * @see Devise’s schema
 */
export function fromDevise(row: ForeignRecord, hashes: 'peppered' | 'plain'): object {
  const email = textIn(row, 'email')
  const hash = textIn(row, 'encrypted_password')
  return {
    ...{ id: textIn(row, 'id'), username: textIn(row, 'username') ?? email, email },
    email_verified: email !== undefined && textIn(row, 'confirmed_at') !== undefined,
    email_verified_at: email === undefined ? null : instantIn(row.confirmed_at),
    ...{ first_name: textIn(row, 'first_name'), last_name: textIn(row, 'last_name') },
    is_staff: isTrue(row.admin),
    created_at: instantIn(row.created_at),
    last_login: instantIn(textIn(row, 'current_sign_in_at', 'last_sign_in_at')),
    password_hash: hash === undefined ? null : hashes === 'peppered' ? `devise$${hash}` : hash,
  }
}
