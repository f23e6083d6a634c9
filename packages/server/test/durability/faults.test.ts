import { describe, expect, test } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { type Answer, bearer, openTestServer } from '../harness.ts'
import { faultsBefore, openFaultyStore } from './faulty-store.ts'

const minute = 60_000
const password = 'correct horse battery'

async function open() {
  const { store, fail } = await openFaultyStore()
  const server = await openTestServer({ store })
  const pair = await server.session('alice', password)
  const { post, get, clock } = server
  return {
    ...{ server, store, clock, pair, fail },
    register: (username: string) =>
      post('/api/register/', { username, email: `${username}@example.com`, password }),
    login: (username = 'alice') => post('/api/login/', { username, password }),
    refresh: (refresh: string, key?: string) =>
      post('/api/token/refresh/', { refresh }, key === undefined ? {} : { 'idempotency-key': key }),
    logout: (refresh: string) => post('/api/logout/', { refresh }),
    access: async (access: string) => (await get('/api/protected/', bearer(access))).status,
    sessions: async () => (await store.listSessions({ after: undefined, limit: 100 })).length,
  }
}

function expectUnavailable({ status, headers, text }: Answer): void {
  expect(status).toBe(503)
  expect(headers['retry-after']).toBe('1')
  expect(text).not.toMatch(/SQLITE|fault of the test|writer/)
  expect(JSON.parse(text).detail).toBe('The service is unavailable for a moment. Try again shortly.')
}

describe.each(faultsBefore)('%s: 503, and nothing is stored', (fault) => {
  test('registration: the name is still free', async () => {
    const { register, login, fail, server } = await open()
    fail(fault)
    expectUnavailable(await register('bob'))
    fail('none')
    expect((await login('bob')).status).toBe(401)
    expect((await register('bob')).status).toBe(201)
    await server.close()
  })

  test('login: no session', async () => {
    const { login, sessions, fail, server } = await open()
    fail(fault)
    expectUnavailable(await login())
    fail('none')
    expect(await sessions()).toBe(1)
    expect((await login()).status).toBe(200)
    await server.close()
  })

  test('refresh: the token is not burnt, and shown again an hour later it is no reuse', async () => {
    const { refresh, access, pair, clock, fail, server } = await open()
    fail(fault)
    expectUnavailable(await refresh(pair.refresh))
    expectUnavailable(await refresh(pair.refresh))
    expect(await access(pair.access)).toBe(200)
    fail('none')
    clock.advance(60 * minute)
    const refreshed = await refresh(pair.refresh)
    expect(refreshed.status).toBe(200)
    expect(await access(refreshed.json().access)).toBe(200)
    expect(server.events.map(({ event }) => event)).not.toContain('auth.refresh.reuse_detected')
    await server.close()
  })

  test('logout: never told as done, and the session goes on', async () => {
    const { logout, refresh, access, pair, fail, server } = await open()
    fail(fault)
    expectUnavailable(await logout(pair.refresh))
    expectUnavailable(await server.post('/api/logout/', { all: true }, bearer(pair.access)))
    fail('none')
    expect(await access(pair.access)).toBe(200)
    expect((await refresh(pair.refresh)).status).toBe(200)
    await server.close()
  })

  test('reuse: not answered as if it had been dealt with; the next showing ends the session', async () => {
    const { refresh, access, pair, clock, fail, server } = await open()
    const { refresh: next, access: nextAccess } = (await refresh(pair.refresh)).json()
    clock.advance(minute)
    fail(fault, 'endSession')
    expectUnavailable(await refresh(pair.refresh))
    fail('none')
    expect(await access(nextAccess)).toBe(200)
    expect((await refresh(pair.refresh)).status).toBe(401)
    expect((await refresh(next)).status).toBe(401)
    expect(await access(nextAccess)).toBe(401)
    await server.close()
  })
})

describe('answer lost after the commit: 503, and it is stored', () => {
  const fault = 'answer lost after the commit'

  test('registration: the name is taken, by the one who asked', async () => {
    const { register, login, fail, server } = await open()
    fail(fault)
    expectUnavailable(await register('bob'))
    fail('none')
    expect((await register('bob')).status).toBe(400)
    expect((await login('bob')).status).toBe(200)
    await server.close()
  })

  test('refresh: the retry gets the successor, at once without a key and any time with it', async () => {
    const { refresh, pair, clock, fail, server, store } = await open()
    fail(fault)
    expectUnavailable(await refresh(pair.refresh, 'a key'))
    fail('none')
    const soon = await refresh(pair.refresh)
    clock.advance(60 * minute)
    const late = await refresh(pair.refresh, 'a key')
    expect([soon.status, late.status]).toEqual([200, 200])
    expect(late.json().refresh).toBe(soon.json().refresh)
    const [session] = await store.listSessions({ after: undefined, limit: 1 })
    expect(session?.generation).toBe(1)
    expect((await refresh(late.json().refresh)).status).toBe(200)
    await server.close()
  })

  test('logout: the session is over, its access tokens with the next look at the store; again it answers 200', async () => {
    const { logout, refresh, access, pair, clock, fail, server } = await open()
    fail(fault)
    expectUnavailable(await logout(pair.refresh))
    fail('none')
    expect((await refresh(pair.refresh)).status).toBe(401)
    await server.deployment.followRevoked(clock())
    expect(await access(pair.access)).toBe(401)
    expect((await logout(pair.refresh)).status).toBe(200)
    await server.close()
  })
})

describe('a database that cannot be read', () => {
  test('login and dashboard answer 503; verification goes on; nobody is let in', async () => {
    const { store } = await openFaultyStore()
    let isDown = false
    const guarded = new Proxy(store, {
      get(target, verb: keyof typeof store) {
        const refuse = async () => {
          throw new AuthError('unavailable', {
            retryAfterSeconds: 1,
            reason: 'SQLITE_IOERR: a fault of the test',
          })
        }
        return isDown ? refuse : target[verb]
      },
    })
    const server = await openTestServer({ store: guarded })
    const pair = await server.session('alice', password)
    isDown = true
    expectUnavailable(await server.post('/api/login/', { username: 'alice', password }))
    expectUnavailable(await server.post('/api/login/', { username: 'nobody', password: 'wrong password' }))
    expectUnavailable(
      await server.post('/api/register/', { username: 'bob', email: 'b@example.com', password }),
    )
    expectUnavailable(await server.post('/api/token/refresh/', { refresh: pair.refresh }))
    expectUnavailable(await server.post('/api/logout/', { refresh: pair.refresh }))
    expectUnavailable(await server.get('/api/dashboard/', bearer(pair.access)))
    expect((await server.get('/api/protected/', bearer(pair.access))).status).toBe(200)
    expect((await server.get('/api/protected/', bearer(`${pair.access.slice(0, -9)}AAAAAAAAA`))).status).toBe(
      401,
    )
    expect((await server.post('/api/token/refresh/', { refresh: 'forged' })).status).toBe(401)
    expect((await server.get('/readyz')).status).toBe(503)
    expect((await server.get('/livez')).status).toBe(200)
    isDown = false
    expect((await server.post('/api/token/refresh/', { refresh: pair.refresh })).status).toBe(200)
    await server.close()
  })
})
