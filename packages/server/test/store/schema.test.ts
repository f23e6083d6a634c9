import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { temporaryFolder } from '../harness.ts'
import { withRawDatabase } from './raw-database.ts'
import { sampleKey, sampleSession, sampleUser, t0 } from './samples.ts'

const file = join(temporaryFolder(), 'store.db')

/** A table's rows by column. */
type Row = Record<string, unknown>

const user: Row = { ...sampleUser(), last_login_at: null }
const session: Row = {
  ...sampleSession(String(user.id)),
  ...{ generation: 0, rotated_at: t0, revoked_at: null, revoked_reason: null, idempotency_digest: null },
}
const key: Row = { ...sampleKey('current') }

function insert(table: string, row: Row): void {
  const columns = Object.keys(row)
  const sql = `INSERT INTO ${table} (${columns}) VALUES (${columns.map((name) => `@${name}`)})`
  withRawDatabase(file, (db) => db.prepare(sql).run(row))
}

beforeAll(async () => {
  await (await openSqliteStore({ file, now: t0 })).close()
  insert('users', user)
  insert('sessions', session)
  insert('signing_keys', key)
})

describe('the schema', () => {
  test('names every constraint and every index', () => {
    const objects = withRawDatabase(file, (db) =>
      db.prepare<[], { name: string; sql: string | null }>('SELECT name, sql FROM sqlite_schema').all(),
    )
    for (const { name, sql } of objects) {
      const lines = (sql ?? '')
        .split('\n')
        .filter((line) => /PRIMARY KEY|UNIQUE \(|FOREIGN KEY|CHECK \(/.test(line))
      for (const line of lines) expect(line, name).toMatch(/CONSTRAINT [a-z_]+_(pk|unique|fk|check) /)
      expect(sql ?? 'STRICT', name).toMatch(/STRICT$|^CREATE (UNIQUE )?INDEX/)
    }
  })

  const fresh = () => ({ ...user, ...sampleUser() })
  const freshSession = () => ({ ...session, id: sampleSession('').id })
  const freshKey = () => ({ ...key, ...sampleKey('retired') })
  const refusals: { rule: string; table: string; row: () => Row; message: string }[] = [
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
  ]
  test.each(refusals)('$rule refuses', ({ table, row, message }) => {
    expect(() => insert(table, row())).toThrow(message)
  })

  test('reads by an index what is read per request or per second', () => {
    const plans = [
      'SELECT * FROM users WHERE username_canonical = 1',
      'SELECT * FROM users WHERE email_canonical = 1',
      'SELECT id FROM sessions WHERE revoked_at >= 1',
      'SELECT id FROM sessions WHERE user_id = 1',
      'SELECT id FROM sessions WHERE id > 1 ORDER BY id LIMIT 1',
    ]
    for (const sql of plans) {
      const plan = withRawDatabase(file, (db) => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
      expect(JSON.stringify(plan), sql).toMatch(/SEARCH \w+ USING (COVERING )?INDEX/)
    }
  })
})
