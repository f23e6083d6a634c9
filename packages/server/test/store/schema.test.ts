import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { temporaryFolder } from '../harness.ts'
import { withRawDatabase } from './raw-database.ts'
import { type Row, refusals, storedRows } from './refusals.ts'
import { t0 } from './samples.ts'

const file = join(temporaryFolder(), 'store.db')

function insert(table: string, row: Row): void {
  const columns = Object.keys(row)
  const sql = `INSERT INTO ${table} (${columns}) VALUES (${columns.map((name) => `@${name}`)})`
  withRawDatabase(file, (db) => db.prepare(sql).run(row))
}

beforeAll(async () => {
  await (await openSqliteStore({ file, now: t0 })).close()
  for (const [table, row] of Object.entries(storedRows)) insert(table, row)
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
      'SELECT id FROM one_time_secrets WHERE digest = ?',
      'SELECT id FROM one_time_secrets WHERE user_id = ?',
      'SELECT id FROM one_time_secrets WHERE expires_at <= ? LIMIT 1',
      'SELECT key FROM limits WHERE key = ?',
      'SELECT key FROM limits WHERE ends_at <= ? LIMIT 1',
      'SELECT id FROM mails WHERE due_at <= ? ORDER BY due_at, id LIMIT 1',
      'SELECT id FROM mails WHERE due_at IS NULL AND created_at < ? LIMIT 1',
      'SELECT id FROM mails WHERE user_id = ?',
      'SELECT id FROM audit_events WHERE id = ?',
      'SELECT id FROM audit_events WHERE request_id = ? ORDER BY number DESC LIMIT 1',
      'SELECT id FROM audit_events WHERE user_id = ? ORDER BY number DESC LIMIT 1',
    ]
    for (const sql of plans) {
      const parameters = [...sql.matchAll(/\?/g)].map(() => 1)
      const plan = withRawDatabase(file, (db) => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters))
      expect(JSON.stringify(plan), sql).toMatch(/SEARCH \w+ USING (COVERING )?INDEX/)
    }
  })
})
