import { afterEach, describe, expect, test } from 'vitest'
import { bearer, openTestServer, type TestServer } from './harness.ts'

const secret = 'a-secret-that-resource-servers-have'
const other = 'another-one-while-it-takes-its-place'

let server: TestServer
afterEach(() => server.close())

async function open(): Promise<TestServer> {
  server = await openTestServer({ env: { COUNTERSIGN_INTROSPECTION_SECRET: `${secret},${other}` } })
  return server
}

const ask = (token: string, headers: Record<string, string> = bearer(secret)) =>
  server.post('/api/oauth/introspect/', { token }, headers)

function basic(password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`api:${encodeURIComponent(password)}`).toString('base64')}` }
}

describe('introspection', () => {
  test('says of a good access token whose it is', async () => {
    await open()
    const { access } = await server.session()
    const answer = await ask(access)
    expect(answer.status).toBe(200)
    expect(answer.json()).toMatchObject({ active: true, token_type: 'Bearer', username: 'alice' })
    expect(answer.json().exp - answer.json().iat).toBe(900)
  })

  test('of a refresh token only while it is the current one', async () => {
    await open()
    const { refresh } = await server.session()
    expect((await ask(refresh)).json()).toMatchObject({ active: true, token_type: 'refresh_token' })
    const next = (await server.post('/api/token/refresh/', { refresh })).json()
    expect((await ask(refresh)).json()).toEqual({ active: false })
    expect((await ask(next.refresh)).json()).toMatchObject({ active: true })
  })

  test.each([
    'access',
    'refresh',
  ] as const)('of the %s token of an ended session nothing but that', async (kind) => {
    await open()
    const pair = await server.session()
    await server.post('/api/logout/', { refresh: pair.refresh })
    expect((await ask(pair[kind])).json()).toEqual({ active: false })
  })

  test('of expired tokens and of garbage nothing but that', async () => {
    await open()
    const { access, refresh } = await server.session()
    expect((await ask('garbage')).json()).toEqual({ active: false })
    server.clock.advance(8 * 86_400_000)
    expect((await ask(access)).json()).toEqual({ active: false })
    expect((await ask(refresh)).json()).toEqual({ active: false })
  })

  test.each([
    { name: 'nobody', headers: {}, status: 401 },
    { name: 'a wrong secret', headers: bearer('a secret that nobody ever gave out'), status: 401 },
    { name: 'an empty one', headers: { authorization: 'Bearer ' }, status: 401 },
    {
      name: 'a broken encoding',
      headers: { authorization: `Basic ${Buffer.from('a:%').toString('base64')}` },
      status: 401,
    },
    { name: 'the secret', headers: bearer(secret), status: 200 },
    { name: 'the other secret', headers: bearer(other), status: 200 },
    { name: 'the secret as a password', headers: basic(secret), status: 200 },
  ])('$name: $status', async ({ headers, status }) => {
    await open()
    expect((await ask('garbage', headers)).status).toBe(status)
  })

  test('a user may not ask, nor anybody where no secret is set', async () => {
    server = await openTestServer()
    const { access } = await server.session()
    for (const headers of [bearer(access), bearer(''), {}])
      expect((await ask(access, headers as Record<string, string>)).status).toBe(401)
  })
})

describe('revocation', () => {
  test.each(['access', 'refresh'] as const)('the %s token ends its session', async (kind) => {
    await open()
    const pair = await server.session()
    const answer = await server.post('/api/oauth/revoke/', { token: pair[kind], token_type_hint: 'any' })
    expect([answer.status, answer.json()]).toEqual([200, {}])
    expect((await server.get('/api/protected/', bearer(pair.access))).status).toBe(401)
    expect((await server.post('/api/token/refresh/', { refresh: pair.refresh })).status).toBe(401)
  })

  test('a token that is not good is answered alike, and ends nothing', async () => {
    await open()
    const { access } = await server.session()
    for (const token of ['garbage', `${access.slice(0, -4)}AAAA`])
      expect((await server.post('/api/oauth/revoke/', { token })).status).toBe(200)
    expect((await server.get('/api/protected/', bearer(access))).status).toBe(200)
  })
})
