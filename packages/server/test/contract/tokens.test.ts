import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'
import { account } from './bodies.ts'
import { claimsOf, headerOf } from './tokens.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.close())

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

describe('what is in the tokens', () => {
  test('T08, T12, T14: an access token has these claims, and no others', async () => {
    const { access } = await server.session('claire')
    const claims = claimsOf(access)
    expect(claims).toEqual({
      token_type: 'access',
      iss: server.config.issuer,
      aud: server.config.issuer,
      sub: expect.stringMatching(uuid),
      user_id: claims.sub,
      exp: Number(claims.iat) + 900,
      iat: Math.floor(server.clock() / 1000),
      jti: expect.stringMatching(/^[\w-]{22}$/),
      sid: expect.stringMatching(uuid),
      client_id: 'countersign',
      username: 'claire',
    })
    expect(headerOf(access)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: server.deployment.keyRing.rows().find(({ state }) => state === 'current')?.kid,
    })
  })

  test('T11, T12: a refresh token is of another kind, under another key', async () => {
    const { access, refresh } = await server.session('rebecca')
    const { sub, sid } = claimsOf(access)
    const iat = Math.floor(server.clock() / 1000)
    expect(claimsOf(refresh)).toEqual({
      token_type: 'refresh',
      iss: server.config.issuer,
      ...{ sub, sid, gen: 0, iat, exp: iat + 604_800 },
      jti: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(headerOf(refresh)).toMatchObject({ alg: 'HS256', typ: 'rt+jwt' })
    expect(headerOf(refresh).kid).not.toBe(headerOf(access).kid)
  })
})

async function refresh(token: string, headers: Record<string, string> = {}): Promise<TokenPair> {
  const answer = await server.post('/api/token/refresh/', { refresh: token }, headers)
  expect(answer.status).toBe(200)
  return answer.json() as TokenPair
}

async function statusOfRefresh(token: string): Promise<number> {
  return (await server.post('/api/token/refresh/', { refresh: token })).status
}

describe('what a refresh hands out', () => {
  test('S01: another refresh token each time', async () => {
    const first = await server.session('sophie')
    const second = await refresh(first.refresh)
    const third = await refresh(second.refresh)
    expect(new Set([first.refresh, second.refresh, third.refresh]).size).toBe(3)
    expect(new Set([first.access, second.access, third.access]).size).toBe(3)
  })

  test('S06: within ten seconds the same successor, byte for byte, and a good access token', async () => {
    const { refresh: spent } = await server.session('grace')
    const { refresh: successor } = await refresh(spent)
    server.clock.advance(10_000)
    const again = await refresh(spent)
    expect(again.refresh).toBe(successor)
    expect((await server.get('/api/protected/', bearer(again.access))).status).toBe(200)
  })

  test('the same an hour later, where the client names its attempt', async () => {
    const attempt = { 'idempotency-key': 'attempt 1 of this client' }
    const { refresh: spent } = await server.session('ida')
    const { refresh: successor } = await refresh(spent, attempt)
    server.clock.advance(3_600_000)
    expect((await refresh(spent, attempt)).refresh).toBe(successor)
  })

  test('S02: later a spent token ends the session, its newest token and its access tokens', async () => {
    const { refresh: spent } = await server.session('ruth')
    const newest = await refresh(spent)
    server.clock.advance(10_001)
    expect(await statusOfRefresh(spent)).toBe(401)
    expect(await statusOfRefresh(newest.refresh)).toBe(401)
    expect((await server.get('/api/protected/', bearer(newest.access))).status).toBe(401)
    expect(server.events.map(({ event }) => event)).toContain('auth.refresh.reuse_detected')
  })

  test('S03: one successor to all, where sixteen come at once with one token', async () => {
    const { refresh: token } = await server.session('una')
    const pairs = await Promise.all(Array.from({ length: 16 }, () => refresh(token)))
    expect(new Set(pairs.map((pair) => pair.refresh)).size).toBe(1)
    expect(claimsOf(pairs[0]?.refresh ?? '')).toMatchObject({ gen: 1 })
  })

  test('an Idempotency-Key that is empty or too long is refused', async () => {
    const { refresh: token } = await server.session('kay')
    for (const key of ['', 'x'.repeat(256)]) {
      const answer = await server.post('/api/token/refresh/', { refresh: token }, { 'idempotency-key': key })
      expect([answer.status, answer.text]).toEqual([
        400,
        '{"detail":"Idempotency-Key must have 1 to 255 characters."}',
      ])
    }
  })
})

describe('registrations and logouts', () => {
  test('six registrations of one name at once make one user and five refusals', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        server.post('/api/register/', account('wanted', { email: `wanted${index}@example.com` })),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400])
    for (const { status, text } of answers) {
      if (status === 400) expect(text).toBe('{"username":["A user with that username already exists."]}')
    }
  })

  test('S08, S10: logging out everywhere ends all sessions of that user, and of nobody else', async () => {
    const bystander = await server.session('bystander')
    const first = await server.session('lea')
    const second = await server.session('lea')
    const answer = await server.post('/api/logout/', { all: true }, bearer(first.access))
    expect(answer.status).toBe(200)
    for (const { access, refresh: token } of [first, second]) {
      expect((await server.get('/api/protected/', bearer(access))).status).toBe(401)
      expect(await statusOfRefresh(token)).toBe(401)
    }
    expect(await statusOfRefresh(bystander.refresh)).toBe(200)
  })

  test('S14: a logout that is refused ends nothing', async () => {
    const { access, refresh: token } = await server.session('nell')
    const forged = `${token.slice(0, -4)}AAAA`
    for (const shown of [forged, access]) {
      expect((await server.post('/api/logout/', { refresh: shown })).status).toBe(401)
    }
    expect(await statusOfRefresh(token)).toBe(200)
  })

  test('S19: a login opens a session of its own, whatever the client sends', async () => {
    const { access } = await server.session('ed')
    const sid = claimsOf(access).sid
    const login = { username: 'ed', password: 'correct horse battery', sid, session: sid, jti: sid }
    const next = (await server.post('/api/login/', login, bearer(access))).json() as TokenPair
    expect(claimsOf(next.access).sid).not.toBe(sid)
  })
})
