import { pbkdf2Sync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bearer, openTestServer, type TokenPair } from '../../test/harness.ts'
import { login } from './login.ts'

const password = 'correct horse battery'
const origin = { requestId: 'a request', address: '192.0.2.7', userAgent: 'curl/8' }
const credentials = { username: 'alice', password }

/** As Django stores it, with few rounds. */
function djangoHash(): string {
  return `pbkdf2_sha256$1000$salt$${pbkdf2Sync(password, 'salt', 1000, 32, 'sha256').toString('base64')}`
}

async function openWithAlice(env: Record<string, string> = {}) {
  const server = await openTestServer({ env })
  await server.session('alice', password)
  const user = await server.deployment.store.findUserByName('alice')
  if (!user) throw new Error('alice was not stored')
  return { server, store: server.deployment.store, user }
}

describe('login', () => {
  test('of a user who came from Django, in several tabs at once: all are let in', async () => {
    const { server, store, user } = await openWithAlice()
    await store.updateUser({ userId: user.id, set: { password_hash: djangoHash() } })
    const tabs = Array.from({ length: 6 }, () => server.post('/api/login/', credentials))
    expect((await Promise.all(tabs)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect((await store.findUserById(user.id))?.password_hash).toMatch(/^\$argon2id\$/)
    await server.close()
  })

  test.each([
    { name: 'disabled', set: { is_active: 0 } },
    { name: 'given another password', set: { password_hash: '!' } },
  ])('of a user who is $name while the password is hashed: refused, and no session is left', async ({
    set,
  }) => {
    const { server, store, user } = await openWithAlice()
    const { passwords } = server.deployment
    const verify: typeof passwords.verify = async (...shown) => {
      const verdict = await passwords.verify(...shown)
      await store.updateUser({ userId: user.id, set, endSessions: { now: 1, reason: 'operator' } })
      return verdict
    }
    const deps = { ...server.deployment, passwords: { ...passwords, verify } }
    await expect(login(deps, { ...credentials, origin })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(await store.listSessionsOfUser(user.id, 2)).toEqual([])
    await server.close()
  })

  test('makes a new session each time, and the oldest goes when there is one too many', async () => {
    const { server, store, user } = await openWithAlice({ COUNTERSIGN_MAX_SESSIONS: '2' })
    const pairs: TokenPair[] = []
    for (let tab = 0; tab < 3; tab += 1) {
      server.clock.advance(1000)
      pairs.push((await server.post('/api/login/', credentials)).json())
    }
    const statuses = await Promise.all(
      pairs.map(async ({ access }) => (await server.get('/api/protected/', bearer(access))).status),
    )
    expect(statuses).toEqual([401, 200, 200])
    expect(await store.listSessionsOfUser(user.id, server.clock())).toHaveLength(2)
    await server.close()
  })
})
