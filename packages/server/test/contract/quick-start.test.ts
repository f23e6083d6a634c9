import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spawnServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'

/** The quick start that projects of this kind have in their README, word for word, against a server as it is started. */
describe('the quick start, over a socket', () => {
  let server: Awaited<ReturnType<typeof spawnServer>>
  let pair: TokenPair

  beforeAll(async () => {
    server = await spawnServer({ data: temporaryFolder() })
  })
  afterAll(() => server.stop())

  const post = (path: string, body: string) =>
    requestOverSocket(server.address, 'POST', path, { body, headers: { 'content-type': 'application/json' } })
  const get = (path: string, access: string) =>
    requestOverSocket(server.address, 'GET', path, { headers: { authorization: `Bearer ${access}` } })

  test('register', async () => {
    const answer = await post(
      '/api/register/',
      '{\n  "username": "alice",\n  "email": "alice@example.com",\n  "password": "test1234"\n}',
    )
    expect(answer.status).toBe(201)
    expect(answer.json()).toMatchObject({ username: 'alice', email: 'alice@example.com' })
  })

  test('log in', async () => {
    const answer = await post('/api/login/', '{\n  "username": "alice",\n  "password": "test1234"\n}')
    expect(answer.status).toBe(200)
    pair = answer.json() as TokenPair
    expect(pair).toMatchObject({ access: expect.any(String), refresh: expect.any(String) })
  })

  test('the protected route', async () => {
    const answer = await get('/api/protected/', pair.access)
    expect([answer.status, answer.text]).toEqual([
      200,
      '{"message":"Hello alice, you have accessed a protected route!"}',
    ])
  })

  test('the dashboard', async () => {
    const answer = await get('/api/dashboard/', pair.access)
    expect(answer.status).toBe(200)
    expect(answer.json()).toMatchObject({ user: { username: 'alice' }, sessions: [{ current: true }] })
  })

  test('refresh', async () => {
    const answer = await post('/api/token/refresh/', `{"refresh": "${pair.refresh}"}`)
    expect(answer.status).toBe(200)
    pair = answer.json() as TokenPair
    expect((await get('/api/protected/', pair.access)).status).toBe(200)
  })

  test('log out, after which the refresh token cannot be reused', async () => {
    const answer = await post('/api/logout/', `{"refresh": "${pair.refresh}"}`)
    expect([answer.status, answer.text]).toEqual([200, '{"message":"Logged out successfully"}'])
    expect((await post('/api/token/refresh/', `{"refresh": "${pair.refresh}"}`)).status).toBe(401)
    expect((await get('/api/protected/', pair.access)).status).toBe(401)
  })

  test('H17: no password and no token is in the log', () => {
    expect(server.logs.length).toBeGreaterThan(4)
    expect(server.logs.join('\n')).not.toMatch(/test1234|eyJ[\w-]+\.[\w-]+/)
  })
})
