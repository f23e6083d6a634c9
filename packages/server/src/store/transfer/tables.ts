import type { Database } from '../schema.ts'

/** What belongs to one database and its processes; a copy leaves it behind. */
type Machinery = 'leases' | 'migrations'
type DataTable = Exclude<keyof Database, Machinery>

type ColumnType = 'text' | 'integer' | 'bytes'
type TypeOf<V> = NonNullable<V> extends string ? 'text' : NonNullable<V> extends number ? 'integer' : 'bytes'

interface Shape<T> {
  /** of text, and unique; no key is empty */
  key: keyof T & string
  columns: { readonly [Column in keyof T]: TypeOf<T[Column]> }
}

/**
 * Every table that holds data, with every column. One that is missing here does not compile, and a test compares this
 * with the schema of each kind of database. A table stands behind those that its rows refer to. The last one makes a
 * copy complete: the signing keys, without which no server has ever worked on a database.
 */
const shapes = {
  users: {
    key: 'id',
    columns: {
      id: 'text',
      username: 'text',
      username_canonical: 'text',
      email: 'text',
      email_canonical: 'text',
      password_hash: 'text',
      is_active: 'integer',
      is_staff: 'integer',
      is_superuser: 'integer',
      created_at: 'integer',
      last_login_at: 'integer',
      email_verified_at: 'integer',
      password_changed_at: 'integer',
      admin_role: 'text',
      first_name: 'text',
      last_name: 'text',
      group_names: 'text',
      sessions_ended_at: 'integer',
    },
  },
  sessions: {
    key: 'id',
    columns: {
      id: 'text',
      user_id: 'text',
      generation: 'integer',
      created_at: 'integer',
      rotated_at: 'integer',
      expires_at: 'integer',
      ends_at: 'integer',
      device: 'text',
      address: 'text',
      revoked_at: 'integer',
      revoked_reason: 'text',
      idempotency_digest: 'bytes',
    },
  },
  one_time_secrets: {
    key: 'id',
    columns: {
      id: 'text',
      user_id: 'text',
      purpose: 'text',
      digest: 'bytes',
      code_digest: 'bytes',
      code_attempts: 'integer',
      email: 'text',
      created_at: 'integer',
      expires_at: 'integer',
    },
  },
  mails: {
    key: 'id',
    columns: {
      id: 'text',
      user_id: 'text',
      template: 'text',
      recipient: 'text',
      sealed: 'bytes',
      created_at: 'integer',
      due_at: 'integer',
      attempts: 'integer',
      sent_at: 'integer',
      failed_at: 'integer',
      last_error: 'text',
    },
  },
  limits: {
    key: 'key',
    columns: { key: 'text', count: 'integer', free_at: 'integer', ends_at: 'integer' },
  },
  audit_events: {
    key: 'id',
    columns: {
      number: 'integer',
      id: 'text',
      happened_at: 'integer',
      event: 'text',
      result: 'text',
      code: 'text',
      request_id: 'text',
      actor_id: 'text',
      user_id: 'text',
      session_id: 'text',
      details: 'text',
      personal: 'text',
      personal_salt: 'bytes',
      personal_digest: 'bytes',
      chain: 'bytes',
    },
  },
  audit_chain: {
    key: 'id',
    columns: {
      id: 'text',
      last_number: 'integer',
      last_chain: 'bytes',
      kept_after: 'integer',
      kept_chain: 'bytes',
    },
  },
  event_counts: {
    key: 'id',
    columns: { id: 'text', hour: 'integer', event: 'text', count: 'integer' },
  },
  legacy_tokens: {
    key: 'jti',
    columns: {
      jti: 'text',
      user_id: 'text',
      expires_at: 'integer',
      is_blacklisted: 'integer',
      session_id: 'text',
      exchanged_at: 'integer',
    },
  },
  counters: {
    key: 'name',
    columns: { name: 'text', value: 'integer' },
  },
  cursors: {
    key: 'name',
    columns: { name: 'text', number: 'integer' },
  },
  signing_keys: {
    key: 'kid',
    columns: {
      kid: 'text',
      algorithm: 'text',
      state: 'text',
      public_jwk: 'text',
      private_sealed: 'bytes',
      created_at: 'integer',
      activated_at: 'integer',
      retires_at: 'integer',
    },
  },
} as const satisfies { [T in DataTable]: Shape<Database[T]> }

interface Column {
  name: string
  type: ColumnType
}

export interface Table {
  name: DataTable
  /** a column whose texts are unique */
  key: string
  columns: readonly Column[]
}

/** All tables that are copied, in the order in which they are. */
export const tables: readonly Table[] = Object.entries(shapes).map(([name, { key, columns }]) => ({
  name: name as DataTable,
  key,
  columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
}))
