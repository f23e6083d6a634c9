import { newId } from '../../src/ids.ts'
import { batchesOf, type Row, type RowAccess } from '../../src/store/transfer/rows.ts'
import { type Table, tables } from '../../src/store/transfer/tables.ts'
import { day, sampleEvent, sampleMail, sampleSecret, sampleUser, t0 } from '../store/samples.ts'

/** A table by its name. */
function tableOf(name: string): Table {
  const table = tables.find((one) => one.name === name)
  if (!table) throw new Error(`there is no table ${name}`)
  return table
}

export const [users, sessions, keys] = [tableOf('users'), tableOf('sessions'), tableOf('signing_keys')]

let made = 0

/** A user whom nobody else is like. */
export function userRow(fields: Row = {}): Row {
  made += 1
  return {
    ...{ id: newId(t0 + made), username: `User${made}`, username_canonical: `user${made}` },
    ...{ email: `User${made}@Example.com`, email_canonical: `user${made}@example.com` },
    ...{ password_hash: `$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$${made}`, is_active: 1, is_staff: 0 },
    ...{ is_superuser: 0, created_at: t0 + made, last_login_at: null },
    ...{ email_verified_at: null, password_changed_at: null, sessions_ended_at: null, admin_role: null },
    ...{ first_name: 'Ada', last_name: '', group_names: '["staff"]' },
    ...fields,
  }
}

export function sessionRow(userId: string | null, fields: Row = {}): Row {
  made += 1
  const created_at = t0 + made
  return {
    ...{ id: newId(created_at), user_id: userId, generation: 0, created_at, rotated_at: created_at },
    ...{ expires_at: created_at + 7 * day, ends_at: created_at + 90 * day },
    ...{ device: 'Firefox 150, Linux', address: '192.0.2.7' },
    ...{ revoked_at: null, revoked_reason: null, idempotency_digest: null },
    ...fields,
  }
}

export function keyRow(state: string, fields: Row = {}): Row {
  made += 1
  return {
    ...{ kid: `kid-${made}`, algorithm: 'ES256', state, public_jwk: `{"kid":"kid-${made}"}` },
    ...{ private_sealed: Buffer.from(`sealed ${made}`), created_at: t0 + made },
    ...{ activated_at: null, retires_at: null },
    ...fields,
  }
}

/** Texts that a careless encoding would change, each good for any column of text. */
export const hostileTexts = [
  `'; DROP TABLE users; --`,
  '{"a","b"}',
  '{a,b}',
  'NULL',
  'null',
  '"',
  '\\',
  '\\x41',
  '\\N',
  ',',
  '{}',
  ' ',
  '@id $1 :id ?1',
  'line\nbreak\ttab\r\u0001\u007f',
  '名前 😀𝒜 \ufffe \u{10ffff}',
  'e\u0301 é',
  'x'.repeat(3_000),
]

const never = new AbortController().signal

/** All that a table holds, in the order of its keys; bytes as plain arrays, whatever the driver gave. */
export async function dump(access: RowAccess, table: Table): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of batchesOf(access, table, never)) rows.push(...batch)
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [
        name,
        cell instanceof Uint8Array ? Uint8Array.from(cell) : cell,
      ]),
    ),
  )
}

/** Everything that a database holds, by table. */
export async function dumpAll(access: RowAccess): Promise<Record<string, Row[]>> {
  const dumped: Record<string, Row[]> = {}
  for (const table of tables) dumped[table.name] = await dump(access, table)
  return dumped
}

/** What accounts live by: so many rows of everything that the tables before have not. */
async function fillAccounts(access: RowAccess, owners: readonly Row[]): Promise<void> {
  const secrets = owners.slice(0, 3).map((owner, at) => ({
    ...sampleSecret({ ...sampleUser(), id: String(owner.id) }, { secret: String(owner.id) }),
    code_attempts: at,
  }))
  const mails = owners.slice(0, 4).map((owner, at) => ({
    ...sampleMail({
      user_id: at % 2 ? String(owner.id) : null,
      sealed: at % 2 ? Buffer.from([at, 0]) : null,
    }),
    ...{ due_at: at % 2 ? t0 : null, attempts: at, sent_at: at % 2 ? null : t0, failed_at: null },
    last_error: at % 2 ? 'refused' : null,
  }))
  const events = owners.slice(0, 5).map((owner, at) => ({
    ...sampleEvent({ user_id: String(owner.id), ...(at % 2 && { personal: null, personal_salt: null }) }),
    ...{ number: at + 1, chain: Buffer.from(`chain ${at}`) },
  }))
  const chain = {
    last_number: events.length,
    last_chain: Buffer.from('last'),
    kept_after: 0,
    kept_chain: null,
  }
  await access.insert(tableOf('one_time_secrets'), secrets)
  await access.insert(tableOf('mails'), mails)
  await access.insert(tableOf('limits'), [{ key: 'a', count: 3, free_at: t0, ends_at: t0 + day }])
  await access.insert(tableOf('audit_events'), events)
  await access.remove(tableOf('audit_chain'), ['chain'])
  await access.insert(tableOf('audit_chain'), [{ id: 'chain', ...chain }])
  const counted = { id: `${t0} auth.login.succeeded`, hour: t0, event: 'auth.login.succeeded', count: 5 }
  await access.insert(tableOf('event_counts'), [counted])
  const tokens = owners.slice(0, 3).map((owner, at) => ({
    ...{ jti: `jti ${at}`, user_id: String(owner.id), expires_at: t0 + day, is_blacklisted: at % 2 },
    ...(at === 2 ? { session_id: newId(t0), exchanged_at: t0 } : { session_id: null, exchanged_at: null }),
  }))
  await access.insert(tableOf('legacy_tokens'), tokens)
  await access.insert(tableOf('counters'), [{ name: 'users', value: 7 }])
  await access.insert(tableOf('cursors'), [{ name: 'webhooks', number: 1 }])
}

/** A deployment of so many users, each with a few sessions. */
export async function fill(access: RowAccess, count: number): Promise<{ users: Row[]; sessions: Row[] }> {
  const made = Array.from({ length: count }, (_, at) => userRow({ last_login_at: at % 2 ? t0 + at : null }))
  const opened = made.flatMap((user, at) =>
    [{}, { generation: at, idempotency_digest: Buffer.alloc(16, at) }, ended].map((fields) =>
      sessionRow(String(user.id), fields),
    ),
  )
  await access.insert(users, made)
  await access.insert(sessions, [...opened, sessionRow(null, ended)])
  await fillAccounts(access, made)
  await access.insert(keys, [keyRow('current'), keyRow('next'), keyRow('retired', { private_sealed: null })])
  return { users: made, sessions: opened }
}

const ended = { revoked_at: t0, revoked_reason: 'logout' }
