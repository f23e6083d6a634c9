import { describe, expect, test } from 'vitest'
import { errors } from '../../src/errors.ts'
import { account } from '../contract/bodies.ts'
import { claimsOf } from '../contract/tokens.ts'
import { openTestServer, type TestServer, type TestServerOptions } from '../harness.ts'

type Env = Required<TestServerOptions>['env']

async function served<T>(env: Env, work: (server: TestServer) => Promise<T>): Promise<T> {
  const server = await openTestServer({ env })
  try {
    return await work(server)
  } finally {
    await server.close()
  }
}

/** Signs for a user of that id, as an import keeps it. */
function claimsFor(server: TestServer, userId: string) {
  const { accessTokens, refreshTokens } = server.deployment
  const now = server.clock()
  const session = { id: '01900000-0000-7000-8000-000000000000', expiresAt: now + 60_000 }
  const source = {
    userId,
    sessionId: session.id,
    generation: 0,
    rotatedAt: now,
    expiresAt: session.expiresAt,
  }
  return {
    access: claimsOf(accessTokens.issue({ userId, username: 'alice', session }, now).token),
    refresh: claimsOf(refreshTokens.issue(source)),
  }
}

describe('user_id', () => {
  test.each([
    { version: '5.2', id: '17', claim: 17 },
    { version: '5.2', id: '0', claim: 0 },
    { version: '5.2', id: '9007199254740993', claim: '9007199254740993' },
    { version: '5.2', id: '017', claim: '017' },
    { version: '5.2', id: '', claim: '' },
    { version: '5.2', id: '1e3', claim: '1e3' },
    {
      version: '5.2',
      id: '01a3185c-5000-725e-abf4-6a555336bcf9',
      claim: '01a3185c-5000-725e-abf4-6a555336bcf9',
    },
    { version: '5.5', id: '17', claim: '17' },
  ])('of the id "$id" in $version is $claim, and sub stays a text', async ({ version, id, claim }) => {
    const { access, refresh } = await served({ COUNTERSIGN_SIMPLEJWT: version }, async (server) =>
      claimsFor(server, id),
    )
    expect(access).toMatchObject({ sub: id, user_id: claim, token_type: 'access' })
    expect(refresh).toMatchObject({ sub: id, user_id: claim, token_type: 'refresh' })
  })

  test('where the profile is off is the id as it is, and in access tokens alone', async () => {
    const { access, refresh } = await served({}, async (server) => claimsFor(server, '17'))
    expect(access.user_id).toBe('17')
    expect(Object.keys(refresh)).not.toContain('user_id')
  })
})

describe('the profile', () => {
  test('is off unless asked for: none of its endpoints exists', async () => {
    await served({}, async (server) => {
      for (const path of ['/api/token/verify/', '/api/token/blacklist/'])
        expect((await server.post(path, { token: 'abc', refresh: 'abc' })).status).toBe(404)
    })
  })

  test('H08: no answer with a token is kept, and the order of members is theirs', async () => {
    await served({ COUNTERSIGN_SIMPLEJWT: '5.2' }, async (server) => {
      await server.post('/api/register/', account('alice'))
      const { username, password } = account('alice')
      for (const path of ['/api/token/', '/api/login/']) {
        const pair = await server.post(path, { username, password })
        expect(Object.keys(pair.json())).toEqual(['refresh', 'access'])
        expect(pair.headers['cache-control']).toBe('no-store')
        const next = await server.post('/api/token/refresh/', { refresh: pair.json().refresh })
        expect(Object.keys(next.json())).toEqual(['access', 'refresh'])
        expect(next.headers['cache-control']).toBe('no-store')
      }
    })
  })

  test('S03: sixteen refreshes at once with one token get one chain', async () => {
    await served({ COUNTERSIGN_SIMPLEJWT: '5.5' }, async (server) => {
      const { refresh } = await server.session()
      const all = await Promise.all(
        Array.from({ length: 16 }, () => server.post('/api/token/refresh/', { refresh })),
      )
      expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
      expect(new Set(all.map((answer) => answer.json().refresh)).size).toBe(1)
    })
  })

  test('S02: a spent token at verify is refused, and the session lives on', async () => {
    await served({ COUNTERSIGN_SIMPLEJWT: '5.5' }, async (server) => {
      const { refresh: first } = await server.session()
      const { refresh: second } = (await server.post('/api/token/refresh/', { refresh: first })).json()
      server.clock.advance(11_000)
      expect((await server.post('/api/token/verify/', { token: first })).status).toBe(400)
      expect((await server.post('/api/token/refresh/', { refresh: second })).status).toBe(200)
    })
  })

  test('S11: a refresh token of a user who may not log in is not verified, though his session was left alone', async () => {
    await served({ COUNTERSIGN_SIMPLEJWT: '5.5' }, async (server) => {
      const { access, refresh } = await server.session()
      const { store } = server.deployment
      await store.updateUser({ userId: String(claimsOf(access).sub), set: { is_active: 0 } })
      expect((await server.post('/api/token/verify/', { token: refresh })).status).toBe(400)
    })
  })

  test('every refusal tells the operator why', async () => {
    await served({ COUNTERSIGN_SIMPLEJWT: '5.2' }, async (server) => {
      const { refresh } = await server.session()
      await server.post('/api/token/verify/', { token: 'abc' })
      await server.post('/api/token/blacklist/', { refresh: 'abc' })
      await server.post('/api/token/blacklist/', { refresh })
      await server.post('/api/token/verify/', { token: refresh })
      const told = server.events.slice(2).map(({ event, fields }) => [event, fields.reason])
      expect(told).toEqual([
        ['auth.access.refused', 'invalid_or_expired'],
        ['auth.logout.failed', 'bad_signature'],
        ['auth.logout.succeeded', 'ended'],
        ['auth.access.refused', 'logout'],
      ])
    })
  })

  test('F25: verify and blacklist act on what is shown, and for nobody else', async () => {
    await served({ COUNTERSIGN_SIMPLEJWT: '5.5' }, async (server) => {
      const victim = await server.session('victim')
      const other = await server.session('mallory')
      const { sub, sid } = claimsOf(victim.access)
      const named = { user_id: sub, sid, session: sid, username: 'victim' }
      const headers = { authorization: `Bearer ${other.access}` }
      await server.post('/api/token/blacklist/', { ...named, refresh: 'abc' }, headers)
      await server.post('/api/token/blacklist/', { ...named, refresh: other.refresh }, headers)
      expect((await server.post('/api/token/verify/', { token: victim.refresh })).text).toBe('{}')
      expect((await server.post('/api/token/verify/', { ...named, token: other.refresh })).status).toBe(400)
    })
  })

  test('its operations are in the API description, with what they answer', async () => {
    await served({ COUNTERSIGN_SIMPLEJWT: '5.2' }, async (server) => {
      const { paths } = (await server.get('/openapi.json')).json()
      expect(paths['/api/token/verify/'].post.responses['401'].description).toContain(
        errors.token_not_valid.detail,
      )
      const login = paths['/api/token/'].post.responses['200'].content['application/json'].schema
      expect(Object.keys(login.properties)).toEqual(['refresh', 'access'])
    })
  })
})
