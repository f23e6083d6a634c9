import { migrations } from '../../src/store/migrate.ts'
import { accountRefusals, accountRows } from './account-refusals.ts'
import { sampleKey, sampleSession, sampleUser, t0 } from './samples.ts'

/** A table's row by column. */
export type Row = Record<string, unknown>

const user: Row = { ...sampleUser(), last_login_at: null }
const session: Row = {
  ...sampleSession(String(user.id)),
  ...{ generation: 0, rotated_at: t0, revoked_at: null, revoked_reason: null, idempotency_digest: null },
}
const key: Row = { ...sampleKey('current') }
const accounts = accountRows(String(user.id))
const lease: Row = { name: 'cleanup', holder: 'a process', expires_at: t0 }

/** What is in the tables before anything is refused, in the order in which it can be inserted. */
export const storedRows: Record<string, Row> = {
  users: user,
  sessions: session,
  signing_keys: key,
  leases: lease,
  ...accounts,
}

const fresh = () => ({ ...user, ...sampleUser() })
const freshSession = () => ({ ...session, id: sampleSession('').id })
const freshKey = () => ({ ...key, ...sampleKey('retired') })

/** A row that the database must not take. */
export interface Refusal {
  /** the constraint or index that refuses it, and more where it has several cases */
  rule: string
  table: string
  row: () => Row
  /** in SQLite's words */
  message: string
}

/** Every rule of the schema, with a row that it refuses once the `storedRows` are there. */
export const refusals: Refusal[] = [
  {
    rule: 'users_pk',
    table: 'users',
    row: () => ({ ...fresh(), id: user.id }),
    message: 'UNIQUE constraint failed: users.id',
  },
  {
    rule: 'users_username_unique',
    table: 'users',
    row: () => ({ ...fresh(), username_canonical: user.username_canonical }),
    message: 'UNIQUE constraint failed: users.username_canonical',
  },
  {
    rule: 'users_email_unique',
    table: 'users',
    row: () => ({ ...fresh(), email_canonical: user.email_canonical }),
    message: 'UNIQUE constraint failed: users.email_canonical',
  },
  ...['is_active', 'is_staff', 'is_superuser'].map((flag) => ({
    rule: `users_flags_check of ${flag}`,
    table: 'users',
    row: () => ({ ...fresh(), [flag]: 2 }),
    message: 'CHECK constraint failed: users_flags_check',
  })),
  {
    rule: 'users_admin_role_check',
    table: 'users',
    row: () => ({ ...fresh(), admin_role: 'root' }),
    message: 'CHECK constraint failed: users_admin_role_check',
  },
  {
    rule: 'users, strictly typed',
    table: 'users',
    row: () => ({ ...fresh(), created_at: 'yesterday' }),
    message: 'cannot store TEXT value in INTEGER column users.created_at',
  },
  {
    rule: 'sessions_pk',
    table: 'sessions',
    row: () => session,
    message: 'UNIQUE constraint failed: sessions.id',
  },
  {
    rule: 'sessions_user_fk',
    table: 'sessions',
    row: () => ({ ...freshSession(), user_id: 'nobody' }),
    message: 'FOREIGN KEY constraint failed',
  },
  {
    rule: 'sessions_generation_check',
    table: 'sessions',
    row: () => ({ ...freshSession(), generation: -1 }),
    message: 'CHECK constraint failed: sessions_generation_check',
  },
  {
    rule: 'sessions_end_check',
    table: 'sessions',
    row: () => ({ ...freshSession(), expires_at: Number(session.ends_at) + 1 }),
    message: 'CHECK constraint failed: sessions_end_check',
  },
  {
    rule: 'sessions_revoked_check, no reason',
    table: 'sessions',
    row: () => ({ ...freshSession(), revoked_at: t0 }),
    message: 'CHECK constraint failed: sessions_revoked_check',
  },
  {
    rule: 'sessions_revoked_check, no instant',
    table: 'sessions',
    row: () => ({ ...freshSession(), revoked_reason: 'logout' }),
    message: 'CHECK constraint failed: sessions_revoked_check',
  },
  {
    rule: 'signing_keys_pk',
    table: 'signing_keys',
    row: () => ({ ...freshKey(), kid: key.kid }),
    message: 'UNIQUE constraint failed: signing_keys.kid',
  },
  {
    rule: 'signing_keys_algorithm_check',
    table: 'signing_keys',
    row: () => ({ ...freshKey(), algorithm: 'HS256' }),
    message: 'CHECK constraint failed: signing_keys_algorithm_check',
  },
  {
    rule: 'signing_keys_state_check',
    table: 'signing_keys',
    row: () => ({ ...freshKey(), state: 'lost' }),
    message: 'CHECK constraint failed: signing_keys_state_check',
  },
  {
    rule: 'signing_keys_one_signer',
    table: 'signing_keys',
    row: () => ({ ...freshKey(), state: 'current' }),
    message: 'UNIQUE constraint failed: signing_keys.state',
  },
  {
    rule: 'leases_pk',
    table: 'leases',
    row: () => lease,
    message: 'UNIQUE constraint failed: leases.name',
  },
  ...accountRefusals(accounts),
  {
    rule: 'migrations_pk',
    table: 'migrations',
    row: () => ({ id: migrations[0]?.id, applied_at: t0 }),
    message: 'UNIQUE constraint failed: migrations.id',
  },
]
