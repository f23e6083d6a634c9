import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chainOf } from '../../src/store/audit-chain.ts'
import { migrations, pendingMigrations } from '../../src/store/migrate.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { bearer, handClock, openTestServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { schemaOf, withRawDatabase } from './raw-database.ts'
import { addUser, day, digestOf, minute, sampleEvent, t0 } from './samples.ts'

const ids = migrations.map(({ id }) => id)

function newFile(): string {
  return join(temporaryFolder(), 'store.db')
}

async function openAndClose(file: string, now = t0): Promise<void> {
  await (await openSqliteStore({ file, now })).close()
}

function historyOf(file: string): unknown[] {
  return withRawDatabase(file, (db) =>
    db.prepare('SELECT id, applied_at FROM migrations ORDER BY rowid').all(),
  )
}

describe('the history of a database', () => {
  test('names all migrations in order, with the instant of each; opening again adds nothing', async () => {
    const file = newFile()
    await openAndClose(file)
    await openAndClose(file, t0 + 1)
    expect(historyOf(file)).toEqual(ids.map((id) => ({ id, applied_at: t0 })))
  })

  test('of a newer version: the file is refused with a sentence and left as it was', async () => {
    const file = newFile()
    await openAndClose(file)
    withRawDatabase(file, (db) => db.exec(`INSERT INTO migrations VALUES ('9999-of-tomorrow', 1, NULL)`))
    const before = readFileSync(file)
    await expect(openSqliteStore({ file, now: t0 })).rejects.toThrow(
      'The database has migration 9999-of-tomorrow where this program expects none: it was made by a newer',
    )
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('can be looked at without being brought up to date', async () => {
    const store = await openSqliteStore({ file: newFile(), now: t0, migrate: 'off' })
    expect(await store.health()).toEqual({ pendingMigrations: ids, isWritable: true })
    await store.close()
  })

  test('a migration that fails leaves nothing behind, and the next start tries again', async () => {
    const file = newFile()
    withRawDatabase(file, (db) => db.exec('CREATE TABLE signing_keys (in_the_way TEXT)'))
    await expect(openSqliteStore({ file, now: t0 })).rejects.toThrow('signing_keys')
    expect(schemaOf(file)).toHaveLength(1)
    withRawDatabase(file, (db) => db.exec('DROP TABLE signing_keys'))
    await openAndClose(file)
    expect(historyOf(file)).toHaveLength(ids.length)
  })

  test('a new file is its owner’s alone, its -wal too', async () => {
    const file = newFile()
    const store = await openSqliteStore({ file, now: t0 })
    await addUser(store)
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(`${file}${suffix}`).mode & 0o777).toBe(0o600)
    await store.close()
  })
})

describe('processes that open one fresh file at once', () => {
  test.each([1, 2, 3])('8 of them, round %i: each finds the newest schema', async () => {
    const file = newFile()
    const openers = Array.from({ length: 8 }, () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'open-once.ts'), file])
      const said: string[] = []
      const complaints: string[] = []
      const ready = once(child.stdout, 'data')
      child.stdout.on('data', (text: Buffer) => said.push(text.toString()))
      child.stderr.on('data', (text: Buffer) => complaints.push(text.toString()))
      return { child, ready, said, complaints, ended: once(child, 'close') }
    })
    await Promise.all(openers.map(({ ready }) => ready))
    for (const { child } of openers) child.stdin.write('go\n')
    for (const { ended, said, complaints } of openers) {
      const [code] = await ended
      expect(complaints.join('')).toBe('')
      expect(code).toBe(0)
      expect(said.join('')).toBe('ready\n{"pendingMigrations":[],"isWritable":true}\n')
    }
    expect(historyOf(file)).toEqual(ids.map((id) => ({ id, applied_at: t0 })))
  })
})

const fixtures = join(import.meta.dirname, 'fixtures')

interface Expected {
  now: number
  password: string
  pairs: Record<'current' | 'spent' | 'old' | 'ended' | 'disabled' | 'deleted', TokenPair>
}

function restored(id: string): { file: string; expected: Expected } {
  const file = newFile()
  withRawDatabase(file, (db) => db.exec(readFileSync(join(fixtures, `${id}.sql`), 'utf8')))
  return { file, expected: JSON.parse(readFileSync(join(fixtures, `${id}.json`), 'utf8')) as Expected }
}

async function serverOn(id: string) {
  const { file, expected } = restored(id)
  const env = { DATABASE_URL: `sqlite:${file}`, COUNTERSIGN_EMAIL: 'optional' }
  const server = await openTestServer({ env, clock: handClock(expected.now) })
  const { pairs } = expected
  const { post, get, deployment, close } = server
  const refresh = async ({ refresh: token }: TokenPair, headers = {}) =>
    post('/api/token/refresh/', { refresh: token }, headers)
  const login = (username: string) => post('/api/login/', { username, password: expected.password })
  const access = async (pair: TokenPair) => (await get('/api/protected/', bearer(pair.access))).status
  return { pairs, refresh, login, access, store: deployment.store, close }
}

describe('a database with rows in it', () => {
  test('is kept for every schema that there ever was: before a new migration, run write-fixture.ts', () => {
    const kept = readdirSync(fixtures).filter((name) => name.endsWith('.sql'))
    expect(kept.sort()).toEqual(ids.map((id) => `${id}.sql`))
  })

  test.each(ids)('of schema %s becomes what a new one is: released migrations never change', async (id) => {
    const { file } = restored(id)
    const fresh = newFile()
    expect(historyOf(file)).toHaveLength(ids.indexOf(id) + 1)
    expect(pendingMigrations(ids.slice(0, ids.indexOf(id) + 1).map((one) => ({ id: one })))).toEqual(
      migrations.slice(ids.indexOf(id) + 1),
    )
    await openAndClose(file)
    await openAndClose(fresh)
    expect(schemaOf(file)).toEqual(schemaOf(fresh))
    withRawDatabase(file, (db) => {
      expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
      expect(db.pragma('foreign_key_check')).toEqual([])
    })
  })

  test.each(ids)('of schema %s: its users log in, its disabled and deleted ones do not', async (id) => {
    const { login, store, close } = await serverOn(id)
    const statuses: Record<string, number> = {}
    for (const name of ['alice', 'bob', 'carol', 'dave', 'ёлка']) statuses[name] = (await login(name)).status
    expect(statuses).toEqual({ alice: 200, bob: 401, carol: 401, dave: 200, ёлка: 200 })
    expect((await store.findUserByName('dave'))?.password_hash).toMatch(/^\$argon2id\$/)
    await close()
  })

  test.each(ids)('of schema %s: its sessions go on, and what had ended stays ended', async (id) => {
    const { pairs, refresh, access, close } = await serverOn(id)
    expect([await access(pairs.old), await access(pairs.current)]).toEqual([200, 200])
    for (const gone of [pairs.ended, pairs.disabled, pairs.deleted]) {
      expect(await access(gone)).toBe(401)
      expect((await refresh(gone)).status).toBe(401)
    }
    const replayed = await refresh(pairs.spent, { 'idempotency-key': 'a key' })
    expect(replayed.json().refresh).toBe(pairs.current.refresh)
    expect((await refresh(pairs.current)).status).toBe(200)
    expect((await refresh(pairs.old)).status).toBe(200)
    await close()
  })

  test.each(ids)('of schema %s: its trail is one chain, and goes on', async (id) => {
    const store = await openSqliteStore({ file: restored(id).file, now: t0 })
    const { last_number } = await store.readChain()
    expect(last_number > 0).toBe(id >= '0003')
    await store.appendEvents({ events: [sampleEvent()] })
    const rows = await store.readEvents({ after: 0, limit: 1000 })
    expect(rows).toHaveLength(last_number + 1)
    let before: Buffer | null = null
    for (const row of rows) {
      before = chainOf(before, row.number, row)
      expect(row.chain).toEqual(before)
    }
    await store.close()
  })

  const withImports = ids.filter((id) => id >= '0004')
  test.each(withImports)('of schema %s: what users brought along is what it was', async (id) => {
    const store = await openSqliteStore({ file: restored(id).file, now: t0 })
    const names = { first_name: 'Žofie', last_name: 'O’Neil', group_names: '["editors"]' }
    expect(await store.findUserById('17')).toMatchObject(names)
    expect(await store.nextUserNumber()).toBe(18)
    const token = { jti: 'blacklisted', user_id: '17', expires_at: t0, is_blacklisted: 0 }
    expect(await store.importLegacyTokens([token, { ...token, jti: 'live', is_blacklisted: 1 }])).toEqual([
      'unchanged',
      'updated',
    ])
    await store.close()
  })

  const withAccounts = ids.filter((id) => id >= '0003')
  test.each(withAccounts)('of schema %s: its mails, secrets and limits are what they were', async (id) => {
    const { file, expected } = restored(id)
    const { now } = expected
    const store = await openSqliteStore({ file, now })
    const mails = await store.listMails({ after: undefined, limit: 100 })
    expect(mails.map(({ sent_at }) => sent_at !== null).sort()).toEqual([false, true])
    expect(await store.claimMails({ now, until: now + minute, limit: 10 })).toHaveLength(1)
    const rates = [{ key: 'a rate', burst: 1, intervalMs: 365 * day }]
    expect((await store.countAttempt({ now, rates, backoffs: [] })).outcome).toBe('refused')
    const effect = { kind: 'change_email', emailCanonical: 'a@example.org' } as const
    const shown = { digest: digestOf('a secret') }
    const spent = await store.spendSecret({ purpose: 'change_email', shown, now, effect })
    expect(spent).toMatchObject({ outcome: 'spent', email: 'a@example.org' })
    await store.close()
  })
})
