import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { type Answer, bearer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'
import { type FaultyStore, openFaultyStore } from './faulty-store.ts'
import { requestOverSocket } from './socket.ts'

let faulty: FaultyStore
let server: TestServer
let pair: TokenPair

beforeEach(async () => {
  faulty = await openFaultyStore()
  server = await openTestServer({ store: faulty.store })
  pair = await server.session()
})
afterEach(async () => {
  faulty.heal()
  await server.close()
})

const password = 'correct horse battery'

const asAlice = () => ({ headers: bearer(pair.access) })

/** Every request that asks the store. */
const asking: Readonly<Record<string, () => Promise<Answer>>> = {
  'POST /api/register/': () =>
    server.post('/api/register/', { username: 'bob', email: 'bob@example.com', password }),
  'POST /api/login/': () => server.post('/api/login/', { username: 'alice', password }),
  'POST /api/token/': () => server.post('/api/token/', { username: 'alice', password }),
  'POST /api/token/refresh/': () => server.post('/api/token/refresh/', { refresh: pair.refresh }),
  'POST /api/logout/': () => server.post('/api/logout/', { refresh: pair.refresh }),
  'POST /api/logout/, all': () => server.post('/api/logout/', { all: true }, bearer(pair.access)),
  'GET /api/dashboard/': () => server.get('/api/dashboard/', bearer(pair.access)),
  'GET /api/me/': () => server.get('/api/me/', bearer(pair.access)),
  'PATCH /api/me/': () => server.request('PATCH', '/api/me/', { body: { username: 'bob' }, ...asAlice() }),
  'DELETE /api/me/': () => server.request('DELETE', '/api/me/', asAlice()),
  'GET /api/sessions/': () => server.get('/api/sessions/', bearer(pair.access)),
  'DELETE /api/sessions/': () => server.request('DELETE', '/api/sessions/', asAlice()),
  'POST /api/password/change/': () =>
    server.post(
      '/api/password/change/',
      { old_password: password, new_password: 'another horse battery' },
      bearer(pair.access),
    ),
  'POST /api/password/reset/': () => server.post('/api/password/reset/', { email: 'alice@example.com' }),
  'POST /api/password/reset/confirm/': () =>
    server.post('/api/password/reset/confirm/', { token: 'abc', new_password: 'another horse battery' }),
  'POST /api/password/reset/confirm/, code': () =>
    server.post('/api/password/reset/confirm/', {
      ...{ email: 'alice@example.com', code: '12345678', new_password: 'another horse battery' },
    }),
  'POST /api/email/change/': () =>
    server.post('/api/email/change/', { email: 'new@example.com' }, bearer(pair.access)),
  'POST /api/email/verify/': () => server.post('/api/email/verify/', { token: 'abc' }),
  'POST /api/email/verify/resend/': () =>
    server.post('/api/email/verify/resend/', { email: 'alice@example.com' }),
}

describe('H24: while the store is away, nothing is granted and nothing is called done', () => {
  test.each(Object.keys(asking))('%s: 503, with when to come again', async (name) => {
    faulty.failWith(async () => {
      throw new AuthError('unavailable', { retryAfterSeconds: 7, reason: 'disk /var/lib/a.db is full' })
    })
    const answer = await asking[name]?.()
    expect(answer).toMatchObject({
      status: 503,
      text: '{"detail":"The service is unavailable for a moment. Try again shortly."}',
      headers: { 'retry-after': '7', 'content-type': 'application/json', 'cache-control': 'no-store' },
    })
  })

  test('where the store does not say when, it is a second', async () => {
    faulty.failWith(async () => {
      throw new AuthError('unavailable')
    })
    expect((await asking['POST /api/login/']?.())?.headers).toMatchObject({ 'retry-after': '1' })
  })

  test('good access tokens are still good, and bad ones bad: they need no store', async () => {
    const other = await server.session('bob')
    await server.post('/api/logout/', { refresh: other.refresh })
    faulty.failWith(async () => {
      throw new AuthError('unavailable')
    })
    const statusOf = async (access: string) => (await server.get('/api/protected/', bearer(access))).status
    expect(await statusOf(pair.access)).toBe(200)
    expect(await statusOf(other.access)).toBe(401)
    expect(await statusOf(`${pair.access}x`)).toBe(401)
    expect(await statusOf(pair.refresh)).toBe(401)
  })

  test('S05: a refresh that failed has burned nothing, and a logout that failed has ended nothing', async () => {
    faulty.failWith(async () => {
      throw new AuthError('unavailable')
    })
    expect((await asking['POST /api/token/refresh/']?.())?.status).toBe(503)
    expect((await asking['POST /api/logout/']?.())?.status).toBe(503)
    faulty.heal()
    server.clock.advance(60_000)
    expect((await server.get('/api/protected/', bearer(pair.access))).status).toBe(200)
    expect((await asking['POST /api/token/refresh/']?.())?.status).toBe(200)
  })

  test('it is not ready, but alive, and says what is missing', async () => {
    faulty.failWith(async () => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:5432')
    })
    const ready = await server.get('/readyz')
    expect([ready.status, ready.text.includes('[-] database')]).toEqual([503, true])
    expect(ready.text).not.toContain('10.0.0.7')
    expect(await server.get('/livez')).toMatchObject({ status: 200, text: 'ok\n' })
  })
})

const secretParts = /SELECT|sqlite|\/var\/lib|constraint|at \w+ \(|\.ts:|node_modules|stack/i

/** What may be thrown where nobody expected it. */
const faults: Readonly<Record<string, () => unknown>> = {
  'a rejection': async () => {
    throw new Error('SQLITE_IOERR: SELECT password_hash FROM users in /var/lib/countersign.db')
  },
  'a throw before any promise': () => {
    throw new TypeError("Cannot read properties of undefined (reading 'stack')")
  },
  'an error that claims a status': async () => {
    throw Object.assign(new Error('SELECT 1'), { statusCode: 200, status: 200, code: 'FST_ERR_VALIDATION' })
  },
  'an error that claims to be a fault of the input': async () => {
    throw Object.assign(new Error('SELECT 1'), { validation: [], validationContext: 'body' })
  },
  'an error that has a message that cannot be read': async () => {
    throw Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('SELECT 1')
      },
    })
  },
  'a text': async () => {
    throw 'SELECT 1 FROM /var/lib'
  },
  nothing: async () => {
    throw undefined
  },
  null: async () => {
    throw null
  },
  'an object': async () => {
    throw { detail: 'SELECT 1', statusCode: 200 }
  },
}

describe('H01, H02: a fault that nobody foresaw', () => {
  test.each(Object.keys(faults))('%s answers 500, a request id and nothing else', async (name) => {
    faulty.failWith(faults[name] ?? (() => undefined))
    for (const ask of Object.values(asking)) {
      const answer = await ask()
      expect({ status: answer.status, body: answer.json() }).toEqual({
        status: 500,
        body: { detail: 'Internal server error.', request_id: answer.headers['x-request-id'] },
      })
      expect(answer.headers['content-type']).toBe('application/json')
      expect(answer.text).not.toMatch(secretParts)
    }
  })

  test('the log has it in full, under the same request id', async () => {
    faulty.failWith(faults['a rejection'] ?? (() => undefined))
    const answer = await asking['POST /api/login/']?.()
    const failure = server.events.find(({ event }) => event === 'http.failed')
    expect(failure?.fields).toMatchObject({
      request_id: answer?.headers['x-request-id'],
      method: 'POST',
      route: '/api/login/',
      error: expect.objectContaining({ message: expect.stringContaining('SQLITE_IOERR') }),
    })
  })

  test('no request waits for ever, and the next one is served', async () => {
    const address = await server.listen()
    for (const fault of Object.values(faults)) {
      faulty.failWith(fault)
      const body = { refresh: pair.refresh }
      const answer = await requestOverSocket(address, 'POST', '/api/token/refresh/', { body })
      expect(answer.status).toBe(500)
    }
    faulty.heal()
    expect((await asking['POST /api/token/refresh/']?.())?.status).toBe(200)
  })
})
