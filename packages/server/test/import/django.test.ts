import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { readColumnMap } from '../../src/import/django/columns.ts'
import { hasTokens, importTokens } from '../../src/import/django/import-tokens.ts'
import { type DjangoUsers, readDjangoUsers } from '../../src/import/django/read-users.ts'
import { createDryRun } from '../../src/import/dry-run.ts'
import { readRecords } from '../../src/import/read-records.ts'
import { toRecord } from '../../src/import/user-row.ts'
import { recordLine } from '../../src/import/write-record.ts'
import type { ForeignDatabase } from '../../src/store/foreign/foreign.ts'
import { openForeignSqlite } from '../../src/store/foreign/sqlite.ts'
import type { UserRow } from '../../src/store/schema.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { openTestServer } from '../harness.ts'
import { t0 } from '../store/samples.ts'
import { openProject, type Project, projectFile, projectPassword } from './projects.ts'
import { bytesOf, runImport } from './run.ts'

const never = new AbortController().signal

async function usersOf(db: ForeignDatabase, wishes: Partial<DjangoUsers> & { columns?: string } = {}) {
  const { table = 'auth_user', columns = '', verified = 'as_told' } = wishes
  const read = readColumnMap(columns, await db.columnsOf(table))
  if ('fault' in read) throw new Error(read.fault)
  return readDjangoUsers(db, { table, map: read.map, verified })
}

/** A line of our own format for the same user. */
function changedFrom(user: UserRow | undefined): object {
  if (!user) throw new Error('he was imported')
  return JSON.parse(recordLine(toRecord(user, []))) as object
}

const people = {
  table: 'people',
  columns:
    'username=login,email=mail,first_name=none,last_name=none,is_staff=none,is_superuser=none,date_joined=none',
}

describe.each(['SQLite', 'PostgreSQL'] as const)('the users of a Django project on %s', (kind) => {
  let store: Store
  beforeEach(async () => {
    store = await openSqliteStore({ file: ':memory:', now: t0 })
    return () => store.close()
  })
  const open = async (project: Project) => {
    const db = await openProject[kind](project)
    onTestFinished(() => db.close())
    return db
  }

  test('come with ids, flags, names, groups, dates, and with their hashes as they stand', async () => {
    const db = await open('usual')
    const { tally } = await runImport(store, await usersOf(db))
    expect(tally).toEqual({ created: 7, password_none: 1, refused: 7, weak_hash: 5, taken: 2 })
    const alice = await store.findUserById('1')
    expect(alice).toEqual({
      ...{ id: '1', username: 'alice', username_canonical: 'alice' },
      ...{ email: 'alice@example.com', email_canonical: 'alice@example.com' },
      password_hash: expect.stringMatching(/^pbkdf2_sha256\$260000\$.*=$/),
      ...{ is_active: 1, is_staff: 1, is_superuser: 1, first_name: 'Alice', last_name: 'Liddell' },
      created_at: Date.parse('2020-02-29T12:30:15.678Z'),
      last_login_at: Date.parse('2021-04-04T12:30:15.678Z'),
      email_verified_at: Date.parse('2020-02-29T12:30:15.678Z'),
      ...{ password_changed_at: null, sessions_ended_at: null, admin_role: null },
      group_names: JSON.stringify(['editors', 'Ünïcode, “quoted”']),
    })
    expect(await store.findUserById('2')).toMatchObject({
      ...{ username: 'Žofie', last_login_at: null, email_verified_at: null, group_names: '["editors"]' },
      password_hash: expect.stringMatching(/^argon2\$argon2id\$/),
    })
    expect(await store.findUserById('6')).toMatchObject({ password_hash: expect.stringMatching(/^!.{40}$/) })
    expect(await store.findUserById('7')).toMatchObject({ is_active: 0, email_verified_at: null })
  })

  test('are refused where a name or an address is somebody’s, with whose it is', async () => {
    const { reports } = await runImport(store, await usersOf(await open('usual')))
    const told = Object.fromEntries(reports.map((one) => [one.row, one]))
    expect(told['13']).toEqual({
      ...{ row: '13', id: '13', username: 'ALICE', outcome: 'refused', reason: 'taken' },
      ...{ detail: 'the name is that of user 1', holders: { username: '1' } },
    })
    expect(told['14']).toMatchObject({ reason: 'taken', holders: { email: '1' } })
    expect(told['8']).toMatchObject({ reason: 'weak_hash', detail: 'password_hash: md5 is guessed quickly' })
    expect(reports).toHaveLength(14)
  })

  test('come without a claim to a taken address where that is allowed; again, nothing changes', async () => {
    const db = await open('usual')
    const manner = { takenEmails: 'unclaimed', weak: 'wrap' } as const
    const first = await runImport(store, await usersOf(db), manner)
    expect(first.tally).toMatchObject({ created: 13, refused: 1, email_unclaimed: 1, password_wrapped: 5 })
    expect(await store.findUserById('14')).toMatchObject({
      email: 'ALICE@example.com',
      email_canonical: null,
    })
    const again = await runImport(store, await usersOf(db), manner)
    expect(again.tally).toMatchObject({ unchanged: 13, refused: 1 })
    expect(again.tally.created).toBeUndefined()
    // A password that was wrapped is known again, so that no session ends without need.
    const updated = await runImport(store, await usersOf(db), { ...manner, existing: 'update' })
    expect(updated.tally).toEqual(again.tally)
    const md5 = await store.findUserById('8')
    const another = `md5$8cej1LW761xZDou5cm41L4$${'0'.repeat(32)}`
    const changed = readRecords(bytesOf(JSON.stringify({ ...changedFrom(md5), password_hash: another })))
    expect((await runImport(store, changed, { ...manner, existing: 'update' })).tally).toEqual({
      ...{ updated: 1, password_wrapped: 1 },
    })
  })

  test('may all be taken for verified', async () => {
    await runImport(store, await usersOf(await open('usual'), { verified: 'all' }))
    expect((await store.findUserById('2'))?.email_verified_at).not.toBeNull()
    expect((await store.findUserById('3'))?.email_verified_at).toBeNull()
  })

  test('of a model of their own keep the UUIDs that their tokens have', async () => {
    const { tally } = await runImport(store, await usersOf(await open('custom'), people))
    expect(tally).toEqual({ created: 2 })
    expect(await store.findUserById('0198f5a0-0000-4000-8000-000000000001')).toMatchObject({
      ...{ username: 'person1@example.com', email: 'Person1@Example.com', group_names: '["editors"]' },
      ...{ is_active: 1, is_staff: 0, created_at: t0 },
    })
    const again = await runImport(store, await usersOf(await open('custom'), people))
    expect(again.tally).toEqual({ unchanged: 2 })
  })

  test('bring what is known of their live refresh tokens, and not the tokens', async () => {
    for (const [project, wishes, counted] of [
      ['usual', {}, { tokens_created: 2 }],
      ['custom', people, { tokens_created: 2 }],
    ] as const) {
      const db = await open(project)
      expect(await hasTokens(db)).toBe(true)
      await runImport(store, await usersOf(db, wishes))
      expect(await importTokens(store, db, { now: t0, signal: never })).toEqual(counted)
      const again = await importTokens(store, db, { now: t0, signal: never })
      expect(again).toEqual({ tokens_unchanged: 2 })
    }
    const known = { user_id: '1', expires_at: t0, is_blacklisted: 1 }
    const noted = ['live', 'blacklisted'].map((jti) => ({ ...known, jti }))
    expect(await store.importLegacyTokens(noted)).toEqual(['updated', 'unchanged'])
  })

  test('a dry run says the same as the import, and writes nothing', async () => {
    const db = await open('usual')
    const manner = { takenEmails: 'unclaimed', weak: 'wrap' } as const
    const dry = await runImport(createDryRun(store), await usersOf(db), manner)
    expect(await importTokens(createDryRun(store), db, { now: t0, signal: never })).toEqual({
      tokens_missing: 2,
    })
    expect(await store.listUsers({ after: undefined, limit: 10 })).toEqual([])
    const real = await runImport(store, await usersOf(db), manner)
    expect(dry).toEqual(real)
    const second = await runImport(createDryRun(store), await usersOf(db), manner)
    expect(second).toEqual(await runImport(store, await usersOf(db), manner))
  })
})

test('whoever was imported logs in with his old password, also with a weak one that was wrapped', async () => {
  const server = await openTestServer()
  onTestFinished(() => server.close())
  const { store } = server.deployment
  const db = openForeignSqlite(projectFile('usual'))
  onTestFinished(() => db.close())
  await runImport(store, await usersOf(db), { weak: 'wrap', takenEmails: 'unclaimed' })
  const statuses: Record<string, number> = {}
  for (const { username } of await store.listUsers({ after: undefined, limit: 50 })) {
    const { status } = await server.post('/api/login/', { username, password: projectPassword })
    const wrong = await server.post('/api/login/', { username, password: `${projectPassword} ` })
    expect(wrong.status).toBe(401)
    statuses[username] = status
  }
  const refused = { 'nobody.yet': 401, disabled: 401 }
  expect(statuses).toEqual({
    ...Object.fromEntries(Object.keys(statuses).map((name) => [name, 200])),
    ...refused,
  })
  expect(Object.keys(statuses)).toHaveLength(13)
  const hashes = (await store.listUsers({ after: undefined, limit: 50 })).map((user) => user.password_hash)
  expect(hashes.filter((hash) => hash.startsWith('$argon2id$'))).toHaveLength(11)
})

test('the source is only read', async () => {
  const file = projectFile('usual')
  const before = readFileSync(file)
  const db = openForeignSqlite(file)
  const store = await openSqliteStore({ file: ':memory:', now: t0 })
  await runImport(store, await usersOf(db))
  await db.close()
  await store.close()
  expect(readFileSync(file).equals(before)).toBe(true)
})

describe('where the columns are', () => {
  const found = ['pk', 'login', 'password', 'email']
  const rest =
    'first_name=none,last_name=none,is_active=none,is_staff=none,is_superuser=none,date_joined=none,last_login=none'

  test.each([
    ['id=pk,username=login', /^the table has no column first_name, .*--columns first_name=none,/],
    [`id=pk,username=none,${rest}`, /^username cannot be none/],
    ['surname=pk', /^surname is none of id, username,/],
    ['id=', /^id has no column: say id=COLUMN, or id=none/],
  ])('%s is refused', (text, told) => {
    expect(readColumnMap(text, found)).toEqual({ fault: expect.stringMatching(told) })
  })

  test('what is missing is told by name', () => {
    expect(readColumnMap(`id=pk, username=login, ${rest}`, found)).toEqual({
      map: { id: 'pk', username: 'login', email: 'email', password: 'password' },
    })
  })

  test('a name with a quote in it is a name', async () => {
    const db = openForeignSqlite(projectFile('usual'))
    onTestFinished(() => db.close())
    expect(await db.columnsOf('auth_user"; DROP TABLE auth_user; --')).toEqual([])
    await expect(db.count('auth_user"; DROP TABLE auth_user; --')).rejects.toThrow()
    expect(await db.count('auth_user')).toBe(14)
  })
})
