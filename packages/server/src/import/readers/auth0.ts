import type { ForeignRecord } from './rows.ts'
import { instantIn, isTrue, textIn } from './values.ts'

/**
 * A user of Auth0: of the export with hashes that its support makes, or of the export job without.
 * @see https://auth0.com/docs/manage-users/user-migration/bulk-user-exports
 */
export function fromAuth0(row: ForeignRecord): object {
  const id = textIn(row, 'user_id') ?? numbered(row)
  const email = textIn(row, 'email')
  return {
    ...{ id, username: textIn(row, 'username') ?? email ?? id, email },
    email_verified: isTrue(row.email_verified) && email !== undefined,
    is_active: !isTrue(row.blocked),
    ...{ first_name: textIn(row, 'given_name'), last_name: textIn(row, 'family_name') },
    created_at: instantIn(dated(row.created_at)),
    last_login: instantIn(dated(row.last_login)),
    password_hash: textIn(row, 'passwordHash') ?? null,
  }
}

/** The number of the document; in tokens the name of the provider stands before it. */
function numbered(row: ForeignRecord): string | undefined {
  const number = textIn((row._id ?? {}) as ForeignRecord, '$oid') ?? textIn(row, '_id', 'id', 'Id')
  return number === undefined || number.includes('|') ? number : `auth0|${number}`
}

/** As the database of Auth0 writes an instant into JSON. */
function dated(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '$date' in value ? value.$date : value
}
