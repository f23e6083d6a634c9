import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, bearer, openTestServer, type TestServer } from '../harness.ts'

const app = 'https://app.example.com'
const admin = 'https://admin.example.com:8443'

function corsHeadersOf({ headers }: Answer): string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-'))
}

function preflight(server: TestServer, path: string, origin: string): Promise<Answer> {
  const asked = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' }
  return server.request('OPTIONS', path, { headers: { origin, ...asked } })
}

describe('H10: by default no page of another origin may read an answer', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await openTestServer()
  })
  afterAll(() => server.close())

  test.each(['https://app.example.com', 'null', 'http://127.0.0.1:8000'])('not one of %s', async (origin) => {
    const { access } = await server.session()
    for (const answer of [
      await server.get('/api/protected/', { ...bearer(access), origin }),
      await server.post('/api/login/', {}, { origin }),
      await preflight(server, '/api/protected/', origin),
      await preflight(server, '/api/login/', origin),
    ]) {
      expect(corsHeadersOf(answer)).toEqual([])
    }
  })
})

describe('H10: with a list of origins', () => {
  let server: TestServer
  let access: string
  beforeAll(async () => {
    server = await openTestServer({ env: { COUNTERSIGN_CORS_ORIGINS: `${app}, ${admin}` } })
    access = (await server.session()).access
  })
  afterAll(() => server.close())

  test.each([app, admin])('a page of %s may read answers, and is sent no cookie', async (origin) => {
    const answer = await server.get('/api/protected/', { ...bearer(access), origin })
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } })
    expect(answer.headers['access-control-expose-headers']).toBe(
      'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
    )
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    expect(answer.headers.vary).toBe('Accept, Origin')
  })

  test.each([
    'null',
    '*',
    'https://app.example.com.evil.test',
    'https://evil-app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com/',
    'https://APP.example.com',
    'http://app.example.com',
    'https://admin.example.com',
    'https://app.example.com, https://evil.test',
    '',
  ])('a page of %s may not', async (origin) => {
    const answer = await server.get('/api/protected/', { ...bearer(access), origin })
    expect(corsHeadersOf(answer)).toEqual([])
    expect(corsHeadersOf(await preflight(server, '/api/protected/', origin))).toEqual([])
    expect(answer.headers.vary).toBe('Accept, Origin')
  })

  test.each([
    '/api/protected/',
    '/api/dashboard/',
    '/api/login/',
    '/api/logout',
  ])('the browser may ask first, without a token: %s', async (path) => {
    const answer = await preflight(server, path, app)
    expect(answer).toMatchObject({
      status: 204,
      text: '',
      headers: {
        'access-control-allow-origin': app,
        'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE, OPTIONS',
        'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key',
        'access-control-max-age': '600',
      },
    })
  })

  test('a page that is not allowed asks first in vain', async () => {
    const answer = await preflight(server, '/api/protected/', 'https://evil.test')
    expect([answer.status, corsHeadersOf(answer)]).toEqual([401, []])
  })

  test('a page may read refusals too', async () => {
    for (const [method, path, status] of [
      ['GET', '/api/protected/', 401],
      ['GET', '/api/login/', 405],
      ['GET', '/api/nope/', 404],
      ['POST', '/api/login/', 400],
    ] as const) {
      const answer = await server.request(method, path, { headers: { origin: app } })
      expect(answer).toMatchObject({ status, headers: { 'access-control-allow-origin': app } })
    }
    const large = await server.post('/api/login/', { username: 'x'.repeat(70_000) }, { origin: app })
    expect(large).toMatchObject({ status: 413, headers: { 'access-control-allow-origin': app } })
  })

  test('OPTIONS that asks for no method is no preflight', async () => {
    const answer = await server.request('OPTIONS', '/api/login/', { headers: { origin: app } })
    expect(answer.json()).toMatchObject({ name: 'Login' })
  })

  test('the public keys are for everybody', async () => {
    for (const origin of [app, 'https://elsewhere.example']) {
      const answer = await server.get('/.well-known/jwks.json', { origin })
      expect(answer.headers['access-control-allow-origin']).toBe('*')
    }
  })
})
