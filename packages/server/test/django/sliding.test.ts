import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { account } from '../contract/bodies.ts'
import { endUser } from '../contract/operator.ts'
import { claimsOf, signedByStranger } from '../contract/tokens.ts'
import { bearer, openTestServer, type TestServer, temporaryFolder } from '../harness.ts'

async function served(
  work: (server: TestServer, token: string) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const profile = { COUNTERSIGN_SIMPLEJWT: '5.5', COUNTERSIGN_SLIDING_TOKENS: 'true' }
  const server = await openTestServer({ env: { ...profile, ...env } })
  try {
    await server.post('/api/register/', account('alice'))
    await work(server, await logIn(server))
  } finally {
    await server.close()
  }
}

async function logIn(server: TestServer, path = '/api/token/'): Promise<string> {
  const { username, password } = account('alice')
  const answer = await server.post(path, { username, password })
  expect(Object.keys(answer.json())).toEqual(['token'])
  return answer.json().token
}

async function extended(server: TestServer, token: string): Promise<string> {
  const answer = await server.post('/api/token/refresh/', { token })
  expect({ status: answer.status, members: Object.keys(answer.json()) }).toEqual({
    status: 200,
    members: ['token'],
  })
  return answer.json().token
}

async function refused(server: TestServer, token: string, detail: string): Promise<void> {
  const answer = await server.post('/api/token/refresh/', { token })
  expect({ status: answer.status, json: answer.json() }).toEqual({
    ...{ status: 401, json: { detail, code: 'token_not_valid' } },
  })
}

const greeting = { message: 'Hello alice, you have accessed a protected route!' }
const opens = async (server: TestServer, token: string) =>
  expect((await server.get('/api/protected/', bearer(token))).json()).toEqual(greeting)

const minute = 60_000

describe('a sliding token', () => {
  test('T12, T13: says until when it may be made anew, and has an id of 128 bits', () =>
    served(async (server, token) => {
      const iat = Math.floor(server.clock() / 1000)
      expect(claimsOf(token)).toMatchObject({
        ...{ token_type: 'sliding', iat, exp: iat + 900, refresh_exp: iat + 604_800 },
        jti: expect.stringMatching(/^[0-9a-f]{32}$/),
      })
      await opens(server, token)
      expect(claimsOf(await logIn(server, '/api/login/')).token_type).toBe('sliding')
    }))

  test('is made anew with the same id and end of all, and a later end of its own', () =>
    served(async (server, token) => {
      server.clock.advance(10 * minute)
      const next = await extended(server, token)
      const { iat, exp, ...first } = claimsOf(token)
      expect(claimsOf(next)).toEqual({ ...first, iat: Number(iat) + 600, exp: Number(exp) + 600 })
      await opens(server, next)
      await opens(server, token)
      server.clock.advance(6 * minute)
      await opens(server, next)
      await refused(server, token, 'Token is expired')
    }))

  test('S07: is never good beyond the end of its session', () =>
    served(
      async (server, token) => {
        server.clock.advance(14 * minute)
        const last = await extended(server, token)
        const { exp, refresh_exp } = claimsOf(last)
        expect(exp).toBe(refresh_exp)
        server.clock.advance(6 * minute)
        await refused(server, last, "Token 'refresh_exp' claim has expired")
        await refused(server, token, 'Token is expired')
        expect((await server.get('/api/protected/', bearer(last))).status).toBe(401)
      },
      { COUNTERSIGN_REFRESH_TTL: '20m' },
    ))

  test('writes nothing when it is made anew', () =>
    served(async (server, token) => {
      const { store } = server.deployment
      const sessionId = String(claimsOf(token).sid)
      const before = await store.findSession(sessionId)
      server.clock.advance(minute)
      await extended(server, token)
      expect(await store.findSession(sessionId)).toEqual(before)
    }))
})

const ends = {
  'POST /api/token/blacklist/': (server: TestServer, token: string) =>
    server.post('/api/token/blacklist/', { token }),
  'POST /api/logout/': (server: TestServer, token: string) => server.post('/api/logout/', { refresh: token }),
  'POST /api/logout/ of all': (server: TestServer, token: string) =>
    server.post('/api/logout/', { all: true }, bearer(token)),
  'DELETE of the session': (server: TestServer, token: string) =>
    server.request('DELETE', `/api/sessions/${claimsOf(token).sid}/`, { headers: bearer(token) }),
}

describe('revocation reaches it', () => {
  test.each(Object.keys(ends) as (keyof typeof ends)[])('S08, S09: by %s', (how) =>
    served(async (server, token) => {
      const next = await extended(server, token)
      const other = await logIn(server)
      expect((await ends[how](server, token)).status).toBeLessThan(300)
      for (const one of [token, next]) {
        await refused(server, one, 'Token is blacklisted')
        const answer = await server.get('/api/protected/', bearer(one))
        expect(answer.json().messages).toEqual([
          { token_class: 'SlidingToken', token_type: 'sliding', message: 'Token is blacklisted' },
        ])
        expect((await server.post('/api/token/verify/', { token: one })).json()).toEqual({
          non_field_errors: ['Token is blacklisted'],
        })
        const again = await server.post('/api/token/blacklist/', { token: one })
        expect(again.json().detail).toBe('Token is blacklisted')
      }
      if (!how.endsWith('of all')) await opens(server, other)
    }))

  test.each(['user_disabled', 'user_deleted'] as const)('S10, S11: by %s', (how) =>
    served(async (server, token) => {
      const given = { server, user: 'alice' } as Parameters<typeof endUser>[0]
      await endUser(given, how)
      const answer = await server.post('/api/token/refresh/', { token })
      expect({ status: answer.status, json: answer.json() }).toEqual({
        ...{ status: 401, json: { detail: 'No active account found for the given token.' } },
      })
    }))
})

test('S11: a user who may not log in gets no later end, though his session was left alone', () =>
  served(async (server, token) => {
    const { store } = server.deployment
    await store.updateUser({ userId: String(claimsOf(token).sub), set: { is_active: 0 } })
    const answer = await server.post('/api/token/refresh/', { token })
    expect(answer.json()).toEqual({ detail: 'No active account found for the given token.' })
  }))

describe('what is no sliding token', () => {
  test('T11: an access or refresh token of a pair is of the wrong type', () =>
    served(async (server, token) => {
      const { sub, sid, username } = claimsOf(token)
      const { refreshTokens, accessTokens } = server.deployment
      const now = server.clock()
      const session = { id: String(sid), expiresAt: now + minute }
      const subject = { userId: String(sub), username: String(username), session }
      const access = accessTokens.issue(subject, now).token
      expect(claimsOf(access).token_type).toBe('access')
      await refused(server, access, 'Token has wrong type')
      const source = { sessionId: session.id, userId: String(sub), generation: 0, rotatedAt: now }
      await refused(
        server,
        refreshTokens.issue({ ...source, expiresAt: now + minute }),
        'Token has wrong type',
      )
    }))

  test('T01: a forged one is refused, and counted', () =>
    served(
      async (server, token) => {
        await refused(server, signedByStranger(token), 'Token is invalid')
        const statuses: number[] = []
        for (let i = 0; i < 200; i += 1)
          statuses.push((await server.post('/api/token/refresh/', { token: 'abc' })).status)
        expect(statuses).toContain(429)
        await extended(server, token)
      },
      { COUNTERSIGN_LIMITS: '1' },
    ))

  test('T11: where the setting is off, a sliding token opens nothing', async () => {
    const database = { DATABASE_URL: `sqlite:${join(temporaryFolder(), 'countersign.db')}` }
    await served(async (server, token) => {
      const without = await openTestServer({
        ...{ clock: server.clock, env: { ...database, COUNTERSIGN_SIMPLEJWT: '5.5' } },
      })
      await opens(server, token)
      expect((await without.get('/api/protected/', bearer(token))).status).toBe(401)
      const pair = await without.session('bob')
      expect((await without.get('/api/protected/', bearer(pair.access))).status).toBe(200)
      await without.close()
    }, database)
  })
})
