import type { ImportedUser } from '../store/port/imports.ts'
import type { SessionRow, UserRow } from '../store/schema.ts'
import { canonicalEmail } from '../users/email.ts'
import { canonicalName } from '../users/names.ts'
import type { SessionRecord, UserRecord } from './fields.ts'

/** What is stored for a user without a password: Django's sign for it, which nothing matches. */
export const noPassword = '!'

/** What the record does not say is as it is for whoever is there already, or begins now. */
export interface Circumstances {
  same: UserRow | undefined
  /** epoch milliseconds */
  now: number
}

/** A user's record as a row; whether its password and its names will do is not asked here. */
export function toRow(record: UserRecord, { same, now }: Circumstances): ImportedUser {
  const { id, username, email, first_name, last_name } = record
  const created_at = record.created_at ?? same?.created_at ?? now
  return {
    ...{ id, username, email, first_name, last_name, created_at },
    username_canonical: canonicalName(username),
    email_canonical: email === '' || !record.email_claimed ? null : canonicalEmail(email),
    password_hash: record.password_hash || noPassword,
    password_changed_at: record.password_changed_at,
    is_active: record.is_active ? 1 : 0,
    is_staff: record.is_staff ? 1 : 0,
    is_superuser: record.is_superuser ? 1 : 0,
    last_login_at: record.last_login,
    email_verified_at: record.email_verified ? (record.email_verified_at ?? created_at) : null,
    group_names: JSON.stringify([...new Set(record.groups)].sort()),
  }
}

/** More would not fit into an index of every database. */
const mostCanonicalBytes = 2_000

/** What is wrong with a row that no check of its single texts sees; undefined for a good one. */
export function rowFault({ username_canonical, email_canonical, email }: ImportedUser): string | undefined {
  if (username_canonical === '') return 'username: it is empty'
  if (Buffer.byteLength(username_canonical) > mostCanonicalBytes) return 'username: it is too long'
  if (Buffer.byteLength(email_canonical ?? '') > mostCanonicalBytes) return 'email: it is too long'
  if (/\p{Cc}/u.test(email)) return 'email: it has a control character'
  return undefined
}

/** A row as the record from which it can be made again. */
export function toRecord(row: UserRow, sessions: readonly SessionRow[]): UserRecord {
  const { id, username, email, first_name, last_name, created_at } = row
  return {
    ...{ id, username, email, first_name, last_name, created_at },
    email_claimed: email === '' || row.email_canonical !== null,
    email_verified: row.email_verified_at !== null,
    email_verified_at: row.email_verified_at,
    password_hash: row.password_hash,
    password_changed_at: row.password_changed_at,
    is_active: row.is_active === 1,
    is_staff: row.is_staff === 1,
    is_superuser: row.is_superuser === 1,
    last_login: row.last_login_at,
    groups: JSON.parse(row.group_names) as string[],
    sessions: sessions.map(toSessionRecord),
  }
}

/** A live session of the user, as a row. */
export function toSessionRow(session: SessionRecord, userId: string): SessionRow {
  const { idempotency_digest: digest, ...rest } = session
  return {
    ...rest,
    user_id: userId,
    ...{ revoked_at: null, revoked_reason: null },
    idempotency_digest: digest === null ? null : Buffer.from(digest, 'hex'),
  }
}

function toSessionRecord(row: SessionRow): SessionRecord {
  const { id, generation, created_at, rotated_at, expires_at, ends_at, device, address } = row
  const digest = row.idempotency_digest
  return {
    ...{ id, generation, created_at, rotated_at, expires_at, ends_at, device, address },
    idempotency_digest: digest && Buffer.from(digest).toString('hex'),
  }
}
