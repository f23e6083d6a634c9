import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/harness.ts'
import { sampleUser, t0 } from '../../../test/store/samples.ts'
import { AuthError } from '../../errors.ts'
import { runBatch } from './batch.ts'
import { type Connection, openConnection } from './connection.ts'
import { openSqliteStore } from './open.ts'

let file: string
let db: Connection

beforeEach(async () => {
  file = join(temporaryFolder(), 'store.db')
  await (await openSqliteStore({ file, now: t0 })).close()
  db = openConnection(file)
})

const create = (fields: Parameters<typeof sampleUser>[0] = {}) =>
  ({ verb: 'createUser', input: sampleUser(fields) }) as const

const bad = () => create({ is_active: 2 })

function count(): number {
  return db.rows<{ n: number }>('SELECT count(*) AS n FROM users', {})[0]?.n ?? 0
}

/** The same connection, but one statement fails: instead of running, or after it ran. */
function failing(
  sql: string,
  { when, code = 'unavailable' }: { when: 'before' | 'after'; code?: 'unavailable' | 'bug' },
) {
  const fault =
    code === 'bug'
      ? new Error('a bug of ours')
      : new AuthError('unavailable', { reason: 'SQLITE_IOERR: gone' })
  const exec = (text: string) => {
    if (text !== sql) return db.exec(text)
    if (when === 'after') db.exec(text)
    throw fault
  }
  return { ...db, exec }
}

describe('a batch', () => {
  test('is one commit, and each command gets its own result', () => {
    const first = create()
    const again = { ...first, input: { ...sampleUser(), username_canonical: first.input.username_canonical } }
    expect(runBatch(db, [first, again, create()])).toEqual([
      { ok: true, value: { outcome: 'created' } },
      { ok: true, value: { outcome: 'taken', fields: ['username'] } },
      { ok: true, value: { outcome: 'created' } },
    ])
    expect(count()).toBe(2)
  })

  test('a command that fails undoes itself alone', () => {
    const results = runBatch(db, [create(), bad(), create(), bad(), create()])
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true, false, true])
    expect(results[1]).toMatchObject({
      unavailable: false,
      reason: expect.stringContaining('users_flags_check'),
    })
    expect(count()).toBe(3)
  })

  test.each([
    'BEGIN IMMEDIATE',
    'SAVEPOINT command',
    'COMMIT',
  ])('where %s fails, nothing of it is stored', (sql) => {
    const results = runBatch(failing(sql, { when: 'before' }), [create(), create()])
    const told = { ok: false, unavailable: true, reason: 'SQLITE_IOERR: gone' }
    expect(results).toEqual([told, told])
    expect(count()).toBe(0)
    expect(runBatch(db, [create()])).toMatchObject([{ ok: true }])
  })

  test('where the commit is done and its answer is lost, it is unavailable and stored', () => {
    const results = runBatch(failing('COMMIT', { when: 'after' }), [create(), create()])
    expect(results).toMatchObject([{ unavailable: true }, { unavailable: true }])
    expect(count()).toBe(2)
    expect(runBatch(db, [create()])).toMatchObject([{ ok: true }])
  })

  test('a mistake of ours on the way is no fault of the medium', () => {
    const results = runBatch(failing('COMMIT', { when: 'before', code: 'bug' }), [create()])
    expect(results).toMatchObject([
      { ok: false, unavailable: false, reason: expect.stringContaining('a bug') },
    ])
    expect(count()).toBe(0)
  })

  test('a full disk ends the whole transaction, and room again lets the next one through', () => {
    const [{ page_count: pages } = { page_count: 0 }] = db.rows<{ page_count: number }>(
      'PRAGMA page_count',
      {},
    )
    db.rows(`PRAGMA max_page_count = ${pages}`, {})
    const results = runBatch(db, [create(), create({ password_hash: 'x'.repeat(100_000) }), create()])
    for (const result of results) {
      expect(result).toMatchObject({
        ok: false,
        unavailable: true,
        reason: expect.stringMatching(/^SQLITE_FULL/),
      })
    }
    expect(count()).toBe(0)
    db.rows('PRAGMA max_page_count = 1000000', {})
    expect(runBatch(db, [create()])).toMatchObject([{ ok: true }])
  })

  const pragmas: { name: string; on: string; off: string; reason: RegExp }[] = [
    {
      name: 'that may only be read',
      on: 'PRAGMA query_only = ON',
      off: 'PRAGMA query_only = OFF',
      reason: /^SQLITE_READONLY/,
    },
    {
      name: 'that another process keeps locked',
      on: 'PRAGMA busy_timeout = 20',
      off: 'PRAGMA busy_timeout = 5000',
      reason: /^SQLITE_BUSY/,
    },
  ]
  test.each(pragmas)('on a file $name is unavailable; afterwards all is as before', ({ on, off, reason }) => {
    const other = openConnection(file)
    db.rows(on, {})
    other.exec('BEGIN IMMEDIATE')
    expect(runBatch(db, [create(), create()])).toEqual([
      { ok: false, unavailable: true, reason: expect.stringMatching(reason) },
      { ok: false, unavailable: true, reason: expect.stringMatching(reason) },
    ])
    expect(count(), 'a reader is not kept waiting').toBe(0)
    other.exec('COMMIT')
    db.rows(off, {})
    expect(runBatch(db, [create()])).toMatchObject([{ ok: true }])
    other.close()
  })
})
