import { pbkdf2Sync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrations } from '../../src/store/migrate.ts'
import { rotateKeys } from '../../src/tokens/key-schedule.ts'
import { openTestServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { dumpSql } from './raw-database.ts'
import { day, minute, rowOf, sampleEvent, sampleMail, sampleSecret, sampleUser } from './samples.ts'

/*
 * Writes a database with rows in it, as this version makes it, for the versions to come. Run by hand (node
 * write-fixture.ts) before a migration is added, and committed; a released one is never written again.
 */
const file = join(temporaryFolder(), 'fixture.db')
const server = await openTestServer({
  env: { DATABASE_URL: `sqlite:${file}`, COUNTERSIGN_EMAIL: 'optional' },
})
const { clock, deployment, post } = server
const { store } = deployment
const password = 'correct horse battery'

async function login(username: string): Promise<TokenPair> {
  return (await post('/api/login/', { username, password })).json()
}

async function idOf(username: string): Promise<string> {
  return (await store.findUserByName(username))?.id ?? ''
}

for (const username of ['alice', 'bob', 'carol', 'dave']) {
  await post('/api/register/', { username, email: `${username}@example.com`, password })
}
await post('/api/register/', { username: 'Ёлка', password })
const ended = await login('alice')
await post('/api/logout/', { refresh: ended.refresh })
const disabled = await login('bob')
const endSessions = { now: clock(), reason: 'user_disabled' } as const
await store.updateUser({ userId: await idOf('bob'), set: { is_active: 0 }, endSessions })
const deleted = await login('carol')
await store.deleteUser({ userId: await idOf('carol'), now: clock() })
const digest = pbkdf2Sync(password, 'salt', 1000, 32, 'sha256').toString('base64')
const password_hash = `pbkdf2_sha256$1000$salt$${digest}`
await store.updateUser({ userId: await idOf('dave'), set: { password_hash, is_staff: 1 } })
const old = await login('alice')
clock.advance(10 * minute)
await rotateKeys(deployment.keyDeps, clock())
const spent = await login('alice')
clock.advance(minute)
const current = await post('/api/token/refresh/', { refresh: spent.refresh }, { 'idempotency-key': 'a key' })
// What accounts live by, past the rooms and their habits.
const alice = await store.findUserByName('alice')
if (!alice) throw new Error('alice was registered')
const secret = sampleSecret(alice, { secret: 'a secret', purpose: 'change_email', email: 'a@example.org' })
const [waiting, sent] = [sampleMail({ user_id: alice.id }), sampleMail()]
await store.issueSecret({ secret, mails: [waiting, sent] })
await store.settleMail({ id: sent.id, now: clock(), result: { sent: true } })
const rates = [{ key: 'a rate', burst: 1, intervalMs: 365 * day }]
const backoffs = [{ key: 'a backoff', free: 0, firstMs: minute, mostMs: minute, memoryMs: day }]
await store.countAttempt({ now: clock(), rates, backoffs })
await store.appendEvents({ events: [sampleEvent({ user_id: alice.id }), sampleEvent()] })
await store.moveCursor({ name: 'a reader', number: 1 })
// What users bring along from elsewhere.
const { sessions_ended_at: _, ...guest } = rowOf(sampleUser({ id: '17', password_hash }))
const named = { ...guest, first_name: 'Žofie', last_name: 'O’Neil', group_names: '["editors"]' }
await store.importUsers({ users: [named], existing: 'keep', now: clock() })
const tokens = ['live', 'blacklisted'].map((jti, at) => ({ jti, is_blacklisted: at, user_id: '17' }))
await store.importLegacyTokens(tokens.map((token) => ({ ...token, expires_at: clock() + day })))
await server.close()

const target = join(import.meta.dirname, 'fixtures', migrations.at(-1)?.id ?? '')
writeFileSync(`${target}.sql`, dumpSql(file))
const pairs = { current: current.json(), spent, old, ended, disabled, deleted }
writeFileSync(`${target}.json`, `${JSON.stringify({ now: clock(), password, pairs }, null, 2)}\n`)
