import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SpendSecretInput } from '../../src/store/port/secrets.ts'
import type { NewUser } from '../../src/store/port/users.ts'
import { queries } from '../../src/store/postgres/compiler.ts'
import { cursorVerbs } from '../../src/store/postgres/cursors.ts'
import { importVerbs } from '../../src/store/postgres/imports.ts'
import { keyVerbs } from '../../src/store/postgres/keys.ts'
import { leaseVerbs } from '../../src/store/postgres/leases.ts'
import { legacyTokenVerbs } from '../../src/store/postgres/legacy-tokens.ts'
import { limitVerbs } from '../../src/store/postgres/limits.ts'
import { mailVerbs } from '../../src/store/postgres/mails.ts'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import { type Connections, openConnections, type Runner } from '../../src/store/postgres/pool/connections.ts'
import { valuesOf } from '../../src/store/postgres/pool/statement.ts'
import { secretVerbs } from '../../src/store/postgres/secrets.ts'
import { sessionVerbs } from '../../src/store/postgres/sessions.ts'
import { trailVerbs } from '../../src/store/postgres/trail.ts'
import { userVerbs } from '../../src/store/postgres/users.ts'
import {
  addSession,
  addUser,
  day,
  digestOf,
  minute,
  rowOf,
  sampleEvent,
  sampleKey,
  sampleMail,
  sampleSecret,
  sampleSession,
  sampleUser,
  t0,
} from '../store/samples.ts'
import { createDatabase, query, type TestDatabase, testLimits } from './database.ts'

let database: TestDatabase
let connections: Connections
beforeAll(async () => {
  database = await createDatabase()
  await (await openPostgresStore({ address: database.address, limits: testLimits, now: t0 })).close()
  connections = openConnections(database.address, testLimits)
})
afterAll(() => connections.close())

/** A step of a plan, as EXPLAIN tells it. */
interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  Plans?: PlanNode[]
}

/** Plans by the name of their statement: with the values at hand, and the one for any values, which is kept. */
type Plans = Map<string, PlanNode[]>

async function explain(text: string, parameters?: readonly unknown[]): Promise<PlanNode[]> {
  const options = parameters ? 'FORMAT JSON' : 'GENERIC_PLAN, FORMAT JSON'
  const sql = `EXPLAIN (${options}) ${text}`
  const [row] = await connections.all<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
    sql,
    parameters: parameters ?? [],
  })
  return (row?.['QUERY PLAN'] ?? []).map(({ Plan }) => Plan)
}

/** Runs what it is asked to, and keeps the plan of each statement. */
function explaining(runner: Runner, plans: Plans): Runner {
  return {
    async rows(statement, input) {
      const { name, text } = statement
      if (!text.startsWith('SET '))
        plans.set(name, [...(await explain(text, valuesOf(statement, input))), ...(await explain(text))])
      return runner.rows(statement, input)
    },
  }
}

/** Tables that grow; of the others a plan may well read the few rows there are. */
const large = ['users', 'sessions', 'one_time_secrets', 'mails', 'legacy_tokens', 'limits', 'audit_events']

function fullScans(node: PlanNode): string[] {
  const below = (node.Plans ?? []).flatMap(fullScans)
  const isFull = node['Node Type'] === 'Seq Scan' && large.includes(node['Relation Name'] ?? '')
  return isFull ? [`${node['Node Type']} on ${node['Relation Name']}`, ...below] : below
}

/** 10 000 users with a session each, one in a hundred revoked; as many of everything else that grows. */
const fill = [
  `INSERT INTO users (id, username, username_canonical, email, email_canonical, password_hash,
                      is_active, is_staff, is_superuser, created_at)
   SELECT 'u' || n, 'n' || n, 'n' || n, 'e' || n, 'e' || n, 'h', 1, 0, 0, ${t0} FROM generate_series(1, 10000) AS n`,
  `INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address,
                         revoked_at, revoked_reason)
   SELECT 's' || n, 'u' || n, 0, ${t0}, ${t0}, ${t0} + n, ${t0} + n, 'd', 'a',
          CASE WHEN n % 100 = 0 THEN ${t0} + n END, CASE WHEN n % 100 = 0 THEN 'logout' END
     FROM generate_series(1, 10000) AS n`,
  `INSERT INTO one_time_secrets (id, user_id, purpose, digest, code_digest, code_attempts, email, created_at, expires_at)
   SELECT 's' || n, 'u' || n, 'verify_email', sha256(n::text::bytea), '', 0, 'e' || n, ${t0}, ${t0} + n
     FROM generate_series(1, 10000) AS n`,
  `INSERT INTO mails (id, user_id, template, recipient, created_at, due_at, attempts, sent_at)
   SELECT 'm' || n, 'u' || n, 'welcome', 'e' || n, ${t0} + n, CASE WHEN n % 100 = 0 THEN ${t0} + n END, 0,
          CASE WHEN n % 100 > 0 THEN ${t0} + n END
     FROM generate_series(1, 10000) AS n`,
  `INSERT INTO legacy_tokens (jti, user_id, expires_at, is_blacklisted)
   SELECT 't' || n, 'u' || n, ${t0} + n, 0 FROM generate_series(1, 10000) AS n`,
  `INSERT INTO limits (key, count, free_at, ends_at)
   SELECT 'k' || n, 1, ${t0}, ${t0} + n FROM generate_series(1, 10000) AS n`,
  `INSERT INTO audit_events (number, id, happened_at, event, result, request_id, user_id, personal, personal_digest, chain)
   SELECT n, 'a' || n, ${t0} + n, 'auth.login.succeeded', 'ok', 'r' || n, 'u' || n, '{}', '', ''
     FROM generate_series(1, 10000) AS n`,
  `UPDATE audit_chain SET last_number = 10000, last_chain = ''`,
  'ANALYZE',
]

/** Those about what accounts live by. */
async function runAccounts(db: Connections, user: NewUser): Promise<void> {
  const [users, secrets, mails, limits] = [userVerbs(db), secretVerbs(db), mailVerbs(db), limitVerbs(db)]
  const [trail, cursors] = [trailVerbs(db), cursorVerbs(db)]
  const effects = {
    verify_email: { kind: 'verify_email' },
    change_email: { kind: 'change_email', emailCanonical: user.email_canonical ?? '' },
    reset_password: { kind: 'set_password', passwordHash: user.password_hash },
  } as const satisfies Record<string, SpendSecretInput['effect']>
  for (const [purpose, effect] of Object.entries(effects)) {
    const secret = sampleSecret(user, { secret: purpose, purpose })
    await secrets.issueSecret({ secret, mails: [sampleMail({ user_id: user.id })] })
    const of = { purpose: secret.purpose as SpendSecretInput['purpose'], now: t0, effect }
    await secrets.findSecret({ digest: secret.digest, now: t0 })
    const wrong = { userId: user.id, codeDigest: digestOf('wrong'), mostAttempts: 3 }
    await secrets.spendSecret({ ...of, shown: wrong })
    expect(await secrets.spendSecret({ ...of, shown: { digest: secret.digest } })).toMatchObject({
      outcome: 'spent',
    })
  }
  await secrets.deleteExpiredSecrets({ now: t0 + 9, limit: 5 })
  await users.findUserByEmail(user.email_canonical ?? '')
  await mails.claimMails({ now: t0 + 900, until: t0 + minute, limit: 5 })
  const mail = sampleMail()
  await mails.addMail(mail)
  await mails.settleMail({ id: mail.id, now: t0, result: { sent: false, error: 'e', retryAt: null } })
  await mails.retryMail({ id: mail.id, now: t0 })
  await mails.settleMail({ id: mail.id, now: t0, result: { sent: true } })
  await mails.findMail(mail.id)
  await mails.deleteOldMails({ before: t0 + 9, limit: 5 })
  const rates = [{ key: 'k1', burst: 5, intervalMs: minute }]
  const backoffs = [{ key: 'new', free: 5, firstMs: minute, mostMs: minute, memoryMs: day }]
  await limits.countAttempt({ now: t0, rates, backoffs })
  await limits.holdsLimit({ key: 'k1', now: t0 })
  await limits.forgetAttempts({ keys: ['k1'] })
  await limits.deleteStaleLimits({ now: t0 + 9, limit: 5 })
  await trail.appendEvents({ events: [sampleEvent({ user_id: user.id })] })
  await trail.readChain()
  await trail.listEventCounts(t0)
  await trail.readEvents({ after: 5_000, limit: 5 })
  await trail.deleteOldEvents({ before: t0 + 9, limit: 5 })
  await cursors.moveCursor({ name: 'a', number: 1 })
  await cursors.readCursor('a')
}

/** Those about what comes from elsewhere. */
async function runImports(db: Connections, user: NewUser): Promise<void> {
  const imports = importVerbs(db)
  const { sessions_ended_at: _, ...row } = rowOf(user)
  const numbered = { ...row, id: '20000', username_canonical: '20000', email_canonical: null }
  await imports.importUsers({
    users: [row, { ...row, first_name: 'New' }, numbered],
    existing: 'update',
    now: t0,
  })
  const state = { generation: 0, rotated_at: t0, revoked_at: null, revoked_reason: null }
  await imports.importSessions([{ ...sampleSession(user.id), ...state, idempotency_digest: null }])
  await imports.importLegacyTokens([{ jti: 'j', user_id: user.id, expires_at: t0, is_blacklisted: 1 }])
  await imports.nextUserNumber()
}

/** Those about tokens of the deployment that the users came from. */
async function runLegacyTokens(db: Connections, user: NewUser): Promise<void> {
  const tokens = legacyTokenVerbs(db)
  const token = { jti: 't1', userId: 'u1', issuedAt: t0, expiresAt: t0 + day }
  const session = sampleSession('u1')
  const input = {
    ...{ token, now: t0, session, idempotencyDigest: null },
    ...{ maxSessionsPerUser: 100, unlisted: 'refused' as const },
  }
  await tokens.exchangeLegacyToken(input)
  await tokens.exchangeLegacyToken(input)
  await tokens.checkLegacyToken(input)
  await tokens.endLegacyToken({ token, now: t0 })
  await tokens.endLegacyToken({ token: { ...token, jti: 't0', userId: user.id }, now: t0 })
  await tokens.deleteExpiredLegacyTokens({ expiredBefore: t0 + 9, limit: 2 })
}

/** Every statement of the store, at least once each. */
async function runAll(db: Connections): Promise<void> {
  const [users, sessions] = [userVerbs(db), sessionVerbs(db)]
  const [keys, leases] = [keyVerbs(db), leaseVerbs(db)]
  const user = sampleUser()
  await users.createUser(user)
  await users.createUser({ ...sampleUser(), username_canonical: user.username_canonical })
  await users.findUserById(user.id)
  await users.findUserByName(user.username_canonical)
  await users.listUsernames([user.id, 'u5'])
  await runAccounts(db, user)
  await runImports(db, user)
  await runLegacyTokens(db, user)
  await users.rehashPassword({ userId: user.id, from: user.password_hash, to: user.password_hash })
  const opened = [sampleSession(user.id), sampleSession(user.id), sampleSession(user.id)]
  for (const session of opened) {
    await sessions.openSession({ session, passwordHash: user.password_hash, maxSessionsPerUser: 3 })
  }
  const [first] = opened
  if (!first) throw new Error('three were opened')
  await sessions.findSession(first.id)
  await sessions.listSessionsOfUser(user.id, t0)
  const rotation = { generation: 0, now: t0 + 1, expiresAt: first.expires_at, idempotencyDigest: null }
  await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      sessions.rotateSession({ ...rotation, sessionId: opened[at % 3]?.id ?? '' }),
    ),
  )
  await sessions.endSession({ sessionId: first.id, now: t0, reason: 'logout' })
  await sessions.endSession({ sessionId: first.id, now: t0, reason: 'logout' })
  await sessions.listRevocations(t0 + 9_000)
  const bounds = { now: t0, expiredBefore: t0 - minute, revokedBefore: t0 - minute }
  await sessions.deleteEndedSessions({ after: 's5', limit: 200, ...bounds })
  await users.updateUser({ userId: user.id, set: {}, keeps: 'another_owner' })
  await users.updateUser({
    userId: user.id,
    set: { is_active: 0 },
    endSessions: { now: t0, reason: 'operator' },
  })
  await users.deleteUser({ userId: user.id, now: t0 })
  const key = sampleKey('next')
  await keys.changeKeys({ now: t0, insert: [key], move: [] })
  await keys.changeKeys({
    now: t0,
    insert: [],
    move: [{ kid: key.kid, from: 'next', set: { state: 'retired' } }],
  })
  await keys.listKeys()
  await leases.holdLease({ name: 'a', holder: 'b', now: t0, expiresAt: t0 })
  await leases.releaseLease({ name: 'a', holder: 'b' })
}

/** The names of the statements in the source that are about a large table. */
function statementNames(): string[] {
  const folder = join(import.meta.dirname, '../../src/store/postgres')
  const source = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
  const found = [...source.join('').matchAll(/\bstatement\(\s*'(\w+)',\s*([`'])(.*?)\2/gs)]
  const isLarge = new RegExp(`\\b(${large.join('|')})\\b`)
  return found.filter(([, , , text = '']) => isLarge.test(text)).map(([, name = '']) => name)
}

describe('with 10 000 users and sessions', () => {
  const plans: Plans = new Map()
  beforeAll(async () => {
    for (const sql of fill) await query(database, sql)
    await runAll({
      ...connections,
      ...explaining(connections, plans),
      transaction: (work) => connections.transaction((runner) => work(explaining(runner, plans))),
    })
    const page = { after: 's5', limit: 50 }
    const newest = { by: 'created_at', direction: 'desc', limit: 50, after: { value: t0, id: 'u5' } } as const
    const byName = { by: 'username_canonical', direction: 'asc', limit: 50, prefix: 'n17' } as const
    for (const [name, list] of [
      ['list_users', queries.listUsers(page)],
      ['list_password_hashes', queries.listPasswordHashes(page)],
      ['list_users_found', queries.listUsers({ ...page, search: 'n17' })],
      ['list_sessions', queries.listSessions(page)],
      ['users_newest', queries.queryUsers({ ...newest, only: {} })],
      ['users_by_name', queries.queryUsers({ ...byName, only: { isVerified: true } })],
      [
        'users_by_address',
        queries.queryUsers({ ...byName, by: 'email_canonical', only: { notNamed: 'n9' } }),
      ],
      [
        'users_of_all_addresses',
        queries.queryUsers({ ...newest, by: 'email_canonical', after: { value: 'e9', id: 'u9' }, only: {} }),
      ],
      ['users_without_address', queries.queryUsers({ ...newest, by: 'id', only: { hasEmail: false } })],
      ['users_disabled', queries.queryUsers({ ...newest, only: { isActive: false } })],
      ['users_staff', queries.queryUsers({ ...newest, only: { isStaff: true } })],
      ['users_with_role', queries.queryUsers({ ...newest, only: { role: 'owner' } })],
      ['end_of_users', queries.endOfUsers({ ...byName, only: {} })],
      ['sessions_of_address', queries.querySessions({ limit: 50, address: 'a', liveAt: t0 })],
      ['events_of_actor', queries.listEvents({ limit: 50, actorId: 'u5' })],
      ['events_of_kind', queries.listEvents({ limit: 50, after: 5_000, before: 6_000, event: 'x' })],
      ['list_mails', queries.listMails({ ...page, after: 'm5' })],
      ['list_events', queries.listEvents({ before: 5_000, limit: 50 })],
      ['list_events_of_user', queries.listEvents({ limit: 50, userId: 'u5' })],
      ['list_events_of_request', queries.listEvents({ limit: 50, requestId: 'r5' })],
    ] as const) {
      plans.set(name, await explain(list.sql, list.parameters))
    }
  })

  test('every statement was looked at', () => {
    expect(statementNames()).toContain('rotate_sessions')
    expect(statementNames().filter((name) => !plans.has(name))).toEqual([])
  })

  test('none reads a large table from end to end, neither with its values nor by the plan that is kept', () => {
    const scans = [...plans].flatMap(([name, both]) =>
      both.flatMap(fullScans).map((scan) => `${name}: ${scan}`),
    )
    expect(scans).toEqual([])
  })
})

interface Writes {
  updates: number
  hot: number
  bytes: number
}

function writesTo(table: string): Promise<Writes[]> {
  const sql = `SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot, pg_relation_size(relid)::int AS bytes
                 FROM pg_stat_user_tables WHERE relname = $1`
  return query<Writes>(database, sql, [table])
}

test('a refresh touches no index and adds no row: 500 rotations of 200 sessions, not vacuumed', async () => {
  for (const sql of ['TRUNCATE sessions', 'ALTER TABLE sessions SET (autovacuum_enabled = false)']) {
    await query(database, sql)
  }
  const store = await openPostgresStore({ address: database.address, limits: testLimits, now: t0 })
  const user = await addUser(store)
  const sessions = await Promise.all(Array.from({ length: 200 }, () => addSession(store, user)))
  const [before] = await writesTo('sessions')
  for (let turn = 0; turn < 500; turn += 20) {
    const batch = Array.from({ length: 20 }, (_, at) => turn + at)
    await Promise.all(
      batch.map(async (at) => {
        const { id = '', expires_at: expiresAt = 0 } = sessions[at % 200] ?? {}
        const rotation = { generation: Math.floor(at / 200), now: t0 + at, expiresAt }
        const { outcome } = await store.rotateSession({ ...rotation, sessionId: id, idempotencyDigest: null })
        expect(outcome).toBe('rotated')
      }),
    )
  }
  await store.close()
  // What a connection counted is told when it ends, or a moment later.
  const after = await vi.waitFor(async () => {
    const [writes] = await writesTo('sessions')
    expect(writes?.updates).toBeGreaterThanOrEqual((before?.updates ?? 0) + 500)
    return writes
  }, 20_000)
  const [updates, hot] = [after?.updates ?? 0, after?.hot ?? 0]
  console.log(
    `${hot} of ${updates} rotations touched no index; ${before?.bytes} bytes became ${after?.bytes}`,
  )
  expect(hot / updates).toBeGreaterThan(0.5)
  const rows = await query<{ count: string }>(database, 'SELECT count(*) FROM sessions')
  expect(Number(rows[0]?.count)).toBe(200)
})
