import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { exportUsers } from '../../src/import/export-users.ts'
import { readRecords } from '../../src/import/read-records.ts'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { bearer, handClock, openTestServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { createDatabase, testLimits } from '../postgres/database.ts'
import { t0 } from '../store/samples.ts'
import { bytesOf, collected, runImport } from './run.ts'

const openStore = {
  SQLite: () => openSqliteStore({ file: join(temporaryFolder(), 'store.db'), now: t0 }),
  PostgreSQL: async () =>
    openPostgresStore({ address: (await createDatabase()).address, limits: testLimits, now: t0 }),
}

async function exported(store: Store, now: number): Promise<string> {
  const manner = {
    sessions: 'with',
    now,
    onUser: () => undefined,
    signal: new AbortController().signal,
  } as const
  return (await collected(exportUsers({ store }, manner))).join('')
}

const password = 'correct horse battery'

/** A deployment with users in every state. */
async function lived(store: Store) {
  const server = await openTestServer({
    store,
    env: { COUNTERSIGN_EMAIL: 'optional' },
    clock: handClock(Date.now()),
  })
  const { post, clock, deployment } = server
  for (const username of ['alice', 'bob', 'carol', 'Žofie']) {
    await post('/api/register/', {
      username,
      ...(username !== 'bob' && {
        email: `${username.length}${username.at(0)}@example.com`.replace('Ž', 'z'),
      }),
      password,
    })
  }
  const login = async (username: string) =>
    (await post('/api/login/', { username, password })).json() as TokenPair
  const ended = await login('alice')
  await post('/api/logout/', { refresh: ended.refresh })
  const first = await login('alice')
  clock.advance(60_000)
  const live = (
    await post('/api/token/refresh/', { refresh: first.refresh }, { 'idempotency-key': 'k' })
  ).json() as TokenPair
  const carol = await store.findUserByName('carol')
  await login('carol')
  const userId = carol?.id ?? ''
  const endSessions = { now: deployment.clock(), reason: 'user_disabled' } as const
  await store.updateUser({
    userId,
    set: { is_active: 0, email_verified_at: t0, password_changed_at: t0 + 1 },
    endSessions,
  })
  await runImport(store, readRecords(bytesOf(imported)), { takenEmails: 'unclaimed' })
  return { live, first, ended, now: deployment.clock() }
}

const imported = [
  {
    id: '17',
    username: 'From Django',
    password_hash: `pbkdf2_sha256$1000$salt$${'A'.repeat(43)}=`,
    groups: ['b', 'a'],
  },
  {
    id: '18',
    username: 'unclaimed',
    email: '5a@example.com',
    first_name: 'Ü',
    last_name: '"x"\n',
    is_staff: true,
  },
  {
    id: '19',
    username: 'no password',
    created_at: '1999-12-31T23:59:59.999Z',
    last_login: '2000-01-01T00:00:00Z',
  },
]
  .map((one) => `${JSON.stringify(one)}\n`)
  .join('')

describe.each([
  ['SQLite', 'PostgreSQL'],
  ['PostgreSQL', 'SQLite'],
] as const)('from %s to %s', (source, target) => {
  test('users and live sessions are the same in the export of the other database', async () => {
    const from = await openStore[source]()
    const to = await openStore[target]()
    onTestFinished(() => Promise.all([from.close(), to.close()]).then(() => undefined))
    const { live, first, ended, now } = await lived(from)
    const text = await exported(from, now)
    expect(text.split('\n')).toHaveLength(8)
    const manner = { sessions: 'with', now } as const
    const { tally } = await runImport(to, readRecords(bytesOf(text, 4_096)), manner)
    expect(tally).toEqual({ created: 7, password_none: 2, email_unclaimed: 1, sessions_created: 1 })
    expect(await exported(to, now)).toBe(text)
    const again = await runImport(to, readRecords(bytesOf(text, 4_096)), manner)
    expect(again.tally).toEqual({ unchanged: 7, password_none: 2, email_unclaimed: 1, sessions_unchanged: 1 })

    // A server on the other database goes on with the live session, and with nothing that had ended.
    const server = await openTestServer({
      store: to,
      env: { COUNTERSIGN_EMAIL: 'optional' },
      clock: handClock(now),
    })
    const refresh = ({ refresh: token }: TokenPair, headers = {}) =>
      server.post('/api/token/refresh/', { refresh: token }, headers)
    expect((await refresh(ended)).status).toBe(401)
    expect((await refresh(first, { 'idempotency-key': 'k' })).json().refresh).toBe(live.refresh)
    const next = await refresh(live)
    expect(next.status).toBe(200)
    expect((await server.get('/api/protected/', bearer(next.json().access))).status).toBe(200)
    expect((await server.post('/api/login/', { username: 'bob', password })).status).toBe(200)
    expect((await server.post('/api/login/', { username: 'carol', password })).status).toBe(401)
  })
})
