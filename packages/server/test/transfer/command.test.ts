import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { newId } from '../../src/ids.ts'
import { type Ended, launcher, openShell, type Shell } from '../cli/shell.ts'
import { withClient } from '../postgres/cluster.ts'
import { createDatabase, query, type TestDatabase } from '../postgres/database.ts'
import { withRawDatabase } from '../store/raw-database.ts'
import { openAt } from './open.ts'
import { dump, dumpAll, fill, keys, sessionRow, sessions, userRow, users } from './samples.ts'

let shell: Shell
let database: TestDatabase
/** the source, in the place where the settings look for it */
let file: string

beforeEach(async () => {
  shell = await openShell()
  database = await createDatabase()
  file = join(shell.folder, 'countersign-data/countersign.db')
  onTestFinished(() => shell.stopAll())
})

const copy = (flags = ''): Promise<Ended> => shell.run(`countersign copy --to ${database.url} ${flags}`)

async function expectSame(): Promise<void> {
  expect(await dumpAll(await openAt(database.url))).toEqual(await dumpAll(await openAt(`sqlite:${file}`)))
}

/** Three times as many sessions as users. */
async function fillWith(userCount: number): Promise<void> {
  const source = await openAt(`sqlite:${file}`)
  await fill(source, userCount)
}

interface Copying {
  child: ChildProcess
  ended: Promise<number | NodeJS.Signals>
  /** both of its outputs */
  said: string[]
}

function startCopy(): Copying {
  const args = [launcher, 'copy', '--to', database.url]
  const child = spawn(process.execPath, args, { cwd: shell.folder, env: shell.env, stdio: 'pipe' })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => said.push(text.toString()))
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  return { child, ended, said }
}

const patience = { timeout: 30_000, interval: 20 }

const waiting = `FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'countersign' AND wait_event_type = 'Lock'`

/** Starts a copy, keeps it from writing sessions, and does what is to be done meanwhile. */
async function whileHeld(work: (copying: Copying) => Promise<unknown>): Promise<Copying> {
  await fillWith(20)
  await openAt(database.url)
  return withClient(database.url, async (client) => {
    await client.query('BEGIN')
    await client.query('LOCK TABLE sessions IN SHARE MODE')
    const copying = startCopy()
    await vi.waitFor(
      async () => expect(await query(database, `SELECT pid ${waiting}`)).toHaveLength(1),
      patience,
    )
    await work(copying)
    await client.query('COMMIT')
    return copying
  })
}

/** Waits until the target has so many sessions, or until the copy has ended by itself. */
async function reached(count: number, ended: Promise<unknown>): Promise<'reached' | 'ended'> {
  let over = false
  void ended.then(() => {
    over = true
  })
  while (!over) {
    const rows = await query<{ count: string }>(database, 'SELECT count(*) FROM sessions').catch(() => [])
    if (Number(rows[0]?.count ?? -1) >= count) return 'reached'
    await pause(2)
  }
  return 'ended'
}

describe('interrupted', () => {
  test('by kill -9 at random moments, while rows change: the same command goes on and ends complete', async () => {
    await fillWith(2_000)
    const source = await openAt(`sqlite:${file}`)
    let kills = 0
    for (let round = 0; round < 5; round += 1) {
      const { child, ended } = startCopy()
      const standing = await reached(Math.floor(Math.random() * 5_000), ended)
      if (standing === 'ended') break
      child.kill('SIGKILL')
      expect(await ended).toBe('SIGKILL')
      kills += 1
      const [user, other] = (await dump(source, users)).slice(round * 100, round * 100 + 2)
      const [session] = (await dump(source, sessions)).slice(round * 100)
      await source.remove(users, [String(user?.id)])
      await source.remove(sessions, [String(session?.id)])
      await source.insert(sessions, [
        sessionRow(String(other?.id)),
        { ...session, user_id: null, generation: 9 },
      ])
    }
    expect(kills).toBeGreaterThan(0)
    const { status, stderr } = await copy()
    expect({ status, stderr }).toMatchObject({ status: 0 })
    await expectSame()
    expect((await copy('--json')).status).toBe(0)
  }, 120_000)

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s: it says that it goes on', async (signal) => {
    const { ended, said } = await whileHeld(async ({ child }) => void child.kill(signal))
    expect(await ended).toBe(1)
    expect(said.join('')).toContain('Interrupted. The same command goes on where it stopped.')
    expect(await (await openAt(database.url)).count(keys)).toBe(0)
    expect((await copy()).status).toBe(0)
    await expectSame()
  })

  test('by a lost connection: it says that it goes on', async () => {
    const { ended, said } = await whileHeld(() =>
      query(database, `SELECT pg_terminate_backend(pid) ${waiting}`),
    )
    expect(await ended).toBe(1)
    expect(said.join('')).toMatch(/The database cannot be used: PostgreSQL.*\nThe same command goes on/)
    expect((await copy()).status).toBe(0)
    await expectSame()
  })

  test('by kill -9 with rows on their way, which are stored only when the next one is at work', async () => {
    let next: Promise<Ended> | undefined
    const { ended } = await whileHeld(async ({ child }) => {
      child.kill('SIGKILL')
      next = copy()
      await vi.waitFor(
        async () => expect(await query(database, `SELECT pid ${waiting}`)).toHaveLength(2),
        patience,
      )
    })
    expect(await ended).toBe('SIGKILL')
    expect(await next).toMatchObject({ status: 0 })
    await expectSame()
  })
})

describe('refused', () => {
  test('a text with a NUL, by the row that has it; what came before stays, and it goes on without', async () => {
    const source = await openAt(`sqlite:${file}`)
    await fill(source, 3)
    const row = userRow({ id: newId(4_000_000_000_000), email: 'a\0b' })
    await source.insert(users, [row])
    const { status, stderr } = await copy()
    expect(status).toBe(1)
    expect(stderr).toContain(
      `countersign: The row ${row.id} of users has a NUL character in email: SQLite can hold that, PostgreSQL cannot.`,
    )
    await source.remove(users, [String(row.id)])
    expect((await copy()).status).toBe(0)
    await expectSame()
  })

  test('a source of another version', async () => {
    const fixture = join(import.meta.dirname, '../store/fixtures/0001-users-sessions-keys.sql')
    mkdirSync(dirname(file))
    withRawDatabase(file, (db) => db.exec(readFileSync(fixture, 'utf8')))
    const older = await copy()
    expect(older.status).toBe(1)
    expect(older.stderr).toContain(`The source, ${file}, lacks 0002-leases`)
    expect(older.stderr).toContain(
      'Bring it up to date first: countersign migrate, with DATABASE_URL set to it.',
    )
    expect((await shell.run('countersign migrate')).status).toBe(0)
    expect((await copy()).status).toBe(0)
    withRawDatabase(file, (db) => db.exec("INSERT INTO migrations VALUES ('9999-more', 1, 1)"))
    const newer = await copy('--verify')
    expect(newer.status).toBe(1)
    expect(newer.stderr).toContain('9999-more, which this program does not know')
  })

  test('a target that was never migrated cannot be compared, and one that is older is not touched', async () => {
    await fillWith(1)
    const empty = await copy('--verify')
    expect(empty.stderr).toContain('has no tables of Countersign')
    expect((await copy()).status).toBe(0)
    await query(database, "DELETE FROM migrations WHERE id >= '0002'")
    const older = await copy()
    expect([older.status, older.stderr]).toEqual([1, expect.stringContaining('lacks 0002-leases')])
  })

  test('a database that is away', async () => {
    await fillWith(1)
    const { status, stderr } = await shell.run('countersign copy --to postgres://auth@127.0.0.1:1/auth')
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /The target, postgres:\/\/auth@127\.0\.0\.1:1\/auth: The database cannot be used: PostgreSQL.*ECONNREFUSED/,
    )
  })
})

test('a server on the source: it is seen, and the copy is complete only once it has stopped', async () => {
  const server = await shell.serve('countersign dev')
  await vi.waitFor(
    () => expect(withRawDatabase(file, (db) => db.prepare('SELECT * FROM leases').all())).not.toEqual([]),
    patience,
  )
  const during = await copy()
  expect(during.status).toBe(1)
  expect(during.stderr).toContain('! A server works on the source.')
  expect(during.stderr).toContain('Everything is copied but the signing keys')
  await server.stop()
  expect(await copy()).toMatchObject({ status: 0 })
  await expectSame()
})

test('a password is in no argument and no output', async () => {
  await fillWith(1)
  const secret = 'quagga-okapi-zebra'
  const withPassword = database.url.replace('postgres@', `postgres:${secret}@`)
  writeFileSync(join(shell.folder, 'address'), `${withPassword}\n`)
  const runs = [
    await shell.run('countersign copy --to-file address'),
    await shell.run('countersign copy --to-file address --verify --json'),
    await shell.run(`DATABASE_URL=${withPassword} countersign copy --from sqlite:${file}`),
    await shell.run(`DATABASE_PASSWORD=${secret} countersign copy --to ${database.url}`),
  ]
  expect(runs.map(({ status }) => status)).toEqual([0, 0, 0, 0])
  runs.push(await shell.run(`countersign copy --to ${withPassword}`))
  runs.push(await shell.run(`countersign copy --to ${withPassword.replace(/:\d+\//, ':1/')}?x=1`))
  expect(runs.slice(4).map(({ status }) => status)).toEqual([1, 1])
  expect(JSON.stringify(runs)).not.toContain(secret)
})

describe('how far it is', () => {
  const bar = '\rcopying users  '
  const erased = '\r\u001b[K'
  const onTerminal = () => shell.run(`script -qec 'countersign copy --to ${database.url}' /dev/null`)

  test('is shown at the bottom of a terminal, and taken away before anything else is said', async () => {
    await fillWith(10)
    const { status, stdout } = await onTerminal()
    expect(status).toBe(0)
    expect(stdout).toContain(`${bar}─`)
    expect(stdout).toMatch(/\r\u001b\[Kusers: copied 10 of 10 rows\r\n/)
    expect(stdout).toMatch(/\r\u001b\[KTABLE .*\r\nusers {13}10 /)
    expect(stdout.lastIndexOf(erased)).toBeLessThan(stdout.indexOf('TABLE'))
  })

  test('leaves nothing behind where it fails', async () => {
    await (await openAt(`sqlite:${file}`)).insert(users, [userRow({ email: 'a\0b' })])
    const { status, stdout } = await onTerminal()
    expect(status).toBe(1)
    const [, after = ''] = stdout.split(bar)
    expect(after).toMatch(/^[^\r]*\u001b\[K\r\u001b\[K[^\r]*countersign:[^\r]* The row /)
  })

  test('is a line for each table elsewhere', async () => {
    await fillWith(10)
    const { stdout, stderr } = await copy()
    expect(stdout + stderr).not.toMatch(/[\r\u001b]/)
    expect(stderr.split('\n').slice(2, 14)).toEqual([
      'users: copied 10 of 10 rows',
      'sessions: copied 31 of 31 rows',
      'one_time_secrets: copied 3 of 3 rows',
      'mails: copied 4 of 4 rows',
      'limits: copied 1 of 1 rows',
      'audit_events: copied 5 of 5 rows',
      'audit_chain: copied 1 of 1 rows',
      'event_counts: copied 1 of 1 rows',
      'legacy_tokens: copied 3 of 3 rows',
      'counters: copied 1 of 1 rows',
      'cursors: copied 1 of 1 rows',
      'signing_keys: copied 3 of 3 rows',
    ])
    expect(stdout).toMatch(/^TABLE .*\nusers .*\nsessions .*\n(.*\n){9}signing_keys .*\n$/)
  })
})
