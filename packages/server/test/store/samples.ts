import { createHash } from 'node:crypto'
import { newId } from '../../src/ids.ts'
import type { NewMail } from '../../src/store/port/mails.ts'
import type { NewSecret } from '../../src/store/port/secrets.ts'
import type { NewSession } from '../../src/store/port/sessions.ts'
import type { NewAuditEvent } from '../../src/store/port/trail.ts'
import type { NewUser } from '../../src/store/port/users.ts'
import type { SigningKeyRow, UserRow } from '../../src/store/schema.ts'
import type { Store } from '../../src/store/store.ts'

/** When the tests of the stores play: an instant that does not fit into 32 bits. */
export const t0 = 1_800_000_000_000
export const minute = 60_000
export const day = 86_400_000

let made = 0

/** A user whom nobody else is like. */
export function sampleUser(fields: Partial<NewUser> = {}): NewUser {
  made += 1
  return {
    id: newId(t0 + made),
    username: `User${made}`,
    username_canonical: `user${made}`,
    email: `User${made}@Example.com`,
    email_canonical: `user${made}@example.com`,
    password_hash: `hash ${made}`,
    is_active: 1,
    is_staff: 0,
    is_superuser: 0,
    created_at: t0,
    ...fields,
  }
}

/** His row before anything has happened to him. */
export function rowOf(user: NewUser): UserRow {
  const later = { last_login_at: null, email_verified_at: null, password_changed_at: null }
  const brought = { first_name: '', last_name: '', group_names: '[]', sessions_ended_at: null }
  return { admin_role: null, ...user, ...later, ...brought }
}

/** @param userId whose it is; it begins at `created_at`, by default `t0` */
export function sampleSession(userId: string, fields: Partial<NewSession> = {}): NewSession {
  const created_at = fields.created_at ?? t0
  return {
    id: newId(created_at),
    user_id: userId,
    created_at,
    expires_at: created_at + 7 * day,
    ends_at: created_at + 90 * day,
    device: 'Firefox 150, Linux',
    address: '192.0.2.7',
    ...fields,
  }
}

export function sampleKey(state: string, fields: Partial<SigningKeyRow> = {}): SigningKeyRow {
  made += 1
  return {
    kid: `kid-${made}`,
    algorithm: 'ES256',
    state,
    public_jwk: `{"kid":"kid-${made}"}`,
    private_sealed: Buffer.from(`sealed ${made}`),
    created_at: t0 + made,
    activated_at: null,
    retires_at: null,
    ...fields,
  }
}

/** What stands for a secret, or for anything else that nobody must know. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** A secret that resets a password, good for an hour; shown by the digest of `secret`, or of `code`. */
export function sampleSecret(
  user: NewUser,
  { secret, code = 'code', ...fields }: Partial<NewSecret> & { secret: string; code?: string },
): NewSecret {
  return {
    id: newId(t0),
    user_id: user.id,
    purpose: 'reset_password',
    digest: digestOf(secret),
    code_digest: digestOf(code),
    email: user.email,
    created_at: t0,
    expires_at: t0 + 60 * minute,
    ...fields,
  }
}

export function sampleMail(fields: Partial<NewMail> = {}): NewMail {
  made += 1
  return {
    id: newId(fields.created_at ?? t0),
    user_id: null,
    template: 'welcome',
    recipient: `user${made}@example.com`,
    sealed: Buffer.from(`sealed ${made}`),
    created_at: t0,
    ...fields,
  }
}

export function sampleEvent(fields: Partial<NewAuditEvent> = {}): NewAuditEvent {
  const [personal, personal_salt] = ['{"address":"192.0.2.7"}', Buffer.from('salt')]
  return {
    id: newId(t0),
    happened_at: t0,
    event: 'auth.login.succeeded',
    result: 'ok',
    code: null,
    request_id: null,
    actor_id: null,
    user_id: null,
    session_id: null,
    details: '{"a":"ü\\n"}',
    personal,
    personal_salt,
    personal_digest: digestOf(`${personal_salt}${personal}`),
    ...fields,
  }
}

/** The row with its bytes as one kind of array, whatever the driver makes of them. */
export function plain(row: object | undefined): object | undefined {
  const kinds = Object.entries(row ?? {}).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value) : value,
  ])
  return row && Object.fromEntries(kinds)
}

/** Stores a user. */
export async function addUser(store: Store, fields: Partial<NewUser> = {}): Promise<NewUser> {
  const user = sampleUser(fields)
  const { outcome } = await store.createUser(user)
  if (outcome !== 'created') throw new Error('the sample user has a name that somebody has')
  return user
}

/** Stores a session of his. */
export async function addSession(
  store: Store,
  user: NewUser,
  fields: Partial<NewSession> = {},
): Promise<NewSession> {
  const session = sampleSession(user.id, fields)
  const input = { session, passwordHash: user.password_hash, maxSessionsPerUser: 1000 }
  const { outcome } = await store.openSession(input)
  if (outcome !== 'opened') throw new Error('the sample session was refused')
  return session
}

/** Ids in the order in which the store must list them. */
export function newestFirst(rows: readonly { id: string }[]): string[] {
  return rows
    .map((row) => row.id)
    .sort()
    .reverse()
}
