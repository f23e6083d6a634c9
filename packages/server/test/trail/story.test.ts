import { expect, test } from 'vitest'
import { events } from '../../src/audit/events.ts'
import { verifyChain } from '../../src/audit/trail/verify.ts'
import { deleteUser } from '../../src/users/manage.ts'
import { bearer, openTestServer, type TokenPair } from '../harness.ts'

const password = 'correct horse battery'
const typed = 'somebody who mistyped his password as his name'

/** Everything that happens to a user in his life; what he showed on the way. */
async function live() {
  const server = await openTestServer()
  const post = server.post
  const pair = await server.session('alice', password)
  const headers = { 'user-agent': 'kitchen-tablet/1.0' }
  const other = (await post('/api/login/', { username: 'alice', password }, headers)).json() as TokenPair
  const next = (await post('/api/token/refresh/', { refresh: pair.refresh })).json() as TokenPair
  await post('/api/login/', { username: typed, password: 'hunter2' })
  await post('/api/login/', { username: 'alice', password: 'hunter2' })
  await post('/api/register/', { username: 'alice', email: 'alice@example.com', password })
  await post('/api/token/refresh/', { refresh: `${pair.refresh.slice(0, -2)}AA` })
  server.clock.advance(11_000)
  await post('/api/token/refresh/', { refresh: pair.refresh })
  await server.get('/api/protected/', bearer(next.access))
  await post('/api/logout/', { refresh: other.access })
  await post('/api/logout/', { all: true }, bearer(other.access))
  await server.deployment.trail.flush()
  const rows = await server.deployment.store.readEvents({ after: 0, limit: 1_000 })
  return { server, rows, shown: [pair, other, next].flatMap(({ access, refresh }) => [access, refresh]) }
}

test('H17: the trail tells the story, and holds no password, token, typed name, user name or e-mail', async () => {
  const { server, rows, shown } = await live()
  expect(rows.map(({ event }) => event)).toEqual([
    ...['auth.register.succeeded', 'auth.login.succeeded', 'auth.login.succeeded', 'auth.login.failed'],
    ...['auth.login.failed', 'auth.register.failed', 'auth.refresh.failed', 'auth.refresh.reuse_detected'],
    ...['auth.refresh.failed', 'auth.access.refused', 'auth.logout.failed', 'auth.logout.succeeded'],
  ])
  const everything = JSON.stringify(rows)
  const secrets = [password, 'hunter2', typed, 'alice', 'example.com', 'eyJ', 'argon2', ...shown]
  for (const secret of secrets) expect(everything).not.toContain(secret)
  expect(everything).toContain('kitchen-tablet/1.0')
  await server.close()
})

test('H18: what a user did, from where and when, is found by his id and by the id of each request', async () => {
  const { server, rows } = await live()
  const userId = rows[0]?.user_id ?? ''
  const ofUser = await server.deployment.store.listEvents({ userId, limit: 100 })
  expect(ofUser).toHaveLength(8)
  for (const row of rows) {
    expect(row.request_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.parse(row.personal ?? '{}')).toMatchObject({ client_ip: '127.0.0.1' })
    expect(events[row.event as keyof typeof events].trail).not.toBe('log')
  }
  await server.close()
})

test('a user who is deleted takes his addresses and devices with him, and the chain is whole', async () => {
  const { server, rows, shown } = await live()
  const { store, trail } = server.deployment
  const userId = rows[0]?.user_id ?? ''
  const user = await store.findUserById(userId)
  if (!user) throw new Error('the story begins with him')
  await deleteUser(server.deployment, user)
  // A device of his that comes once more says nothing of itself either.
  await server.post('/api/token/refresh/', { refresh: shown[5] })
  await trail.flush()
  const ofUser = await store.listEvents({ userId, limit: 100 })
  expect(ofUser.map(({ event }) => event).slice(0, 2)).toEqual(['auth.refresh.failed', 'user.deleted'])
  expect(ofUser.map(({ personal, personal_salt }) => personal ?? personal_salt)).toEqual(
    ofUser.map(() => null),
  )
  expect(await verifyChain(store)).toMatchObject({ outcome: 'whole', last: rows.length + 2 })
  await server.close()
})
