import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, openTestServer, type TestServer } from '../harness.ts'
import { sendRaw } from './socket.ts'

let server: TestServer
let address: string
let access: string

beforeAll(async () => {
  server = await openTestServer()
  address = await server.listen()
  access = (await server.session()).access
})
afterAll(() => server.close())

function get(path: string, headers = ''): ReturnType<typeof sendRaw> {
  return sendRaw(address, `GET ${path} HTTP/1.1\r\nHost: auth.example.com\r\n${headers}\r\n`)
}

const unauthorized = '{"detail":"Authentication credentials were not provided."}'

describe('H14: no spelling of a path goes around the guard', () => {
  /** Path -> what it answers without a token. */
  const spellings: Readonly<Record<string, number>> = {
    '/api/protected': 401,
    '/api/protected/': 401,
    '/api/%70rotected/': 401,
    '/%61pi/%70%72otected': 401,
    '/api/protected/?x=/livez': 401,
    '/api/protected/?': 401,
    '/api/protected/#/livez': 401,
    'http://elsewhere.example/api/protected/': 401,
    '//api/protected/': 404,
    '/api//protected/': 404,
    '/api/protected//': 404,
    '/api/./protected/': 404,
    '/api/x/../protected/': 404,
    '/livez/../api/protected/': 404,
    '/api/%2e/protected/': 404,
    '/api/protected%2f': 404,
    '/api%2fprotected/': 404,
    '/api/protected/;/': 404,
    '/api/protected;a=b': 404,
    '/api/protected/..;/': 404,
    '/api\\protected/': 404,
    '/api/protected.json': 404,
    '/api/protected/x': 404,
    '/api/PROTECTED/': 404,
    '/api/protected%20': 404,
    '/api/protected/%00': 404,
    '/api/%25%37%30rotected/': 404,
    '/api/prot\u00e9cted/': 400,
    '/api/protected/%': 400,
    '/api/%zz/': 400,
    '/api/%ff%fe/': 400,
  }

  test.each(Object.entries(spellings))('%s answers %i without a token', async (path, status) => {
    const answer = await get(path)
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/json'])
    expect(answer.json()).toHaveProperty('detail')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.text).not.toContain('alice')
  })
})

describe('H14: no header says who asks, or for what', () => {
  const claims: Readonly<Record<string, string>> = {
    'X-Original-URL': '/livez',
    'X-Rewrite-URL': '/livez',
    'X-Forwarded-User': 'alice',
    'X-Forwarded-Email': 'alice@example.com',
    'Remote-User': 'alice',
    'X-Remote-User': 'alice',
    'X-Authenticated-User': 'alice',
    'X-WEBAUTH-USER': 'alice',
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Prefix': '/livez',
    Forwarded: 'for=127.0.0.1;host=localhost',
    'X-HTTP-Method-Override': 'OPTIONS',
  }

  test.each(Object.entries(claims))('%s does not open a guarded route', async (name, value) => {
    expect(await get('/api/protected/', `${name}: ${value}\r\n`)).toMatchObject({
      status: 401,
      text: unauthorized,
    })
  })

  test('X-Original-URL does not choose the route', async () => {
    expect(await get('/livez', 'X-Original-URL: /api/protected/\r\n')).toMatchObject({
      status: 200,
      text: 'ok\n',
    })
  })

  test.each([
    'X-HTTP-Method-Override',
    'X-HTTP-Method',
    'X-Method-Override',
  ])('H11: %s does not choose the method', async (name) => {
    const answer = await get('/api/login/', `${name}: POST\r\n`)
    expect([answer.status, answer.text]).toEqual([405, '{"detail":"Method \\"GET\\" not allowed."}'])
  })

  test('the issuer is the configured one, whatever host a request names', async () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    await server.session('helen')
    const login = { username: 'helen', password: 'correct horse battery' }
    const answer = await server.post('/api/login/', login, headers)
    const payload = Buffer.from(answer.json().access.split('.')[1], 'base64url').toString()
    expect(JSON.parse(payload)).toMatchObject({ iss: server.config.issuer, aud: server.config.issuer })
  })
})

describe('T25: a token counts in the Authorization header only', () => {
  test('there it does', async () => {
    expect((await server.get('/api/protected/', bearer(access))).status).toBe(200)
  })

  test.each([
    [
      'the query',
      () => get(`/api/protected/?access_token=${access}&token=${access}&authorization=Bearer%20${access}`),
    ],
    [
      'a cookie',
      () =>
        get(
          '/api/protected/',
          `Cookie: access=${access}; token=${access}; Authorization=Bearer ${access}\r\n`,
        ),
    ],
    [
      'another header',
      () =>
        get(
          '/api/protected/',
          `X-Authorization: Bearer ${access}\r\nX-Access-Token: ${access}\r\nToken: ${access}\r\n`,
        ),
    ],
    ['Proxy-Authorization', () => get('/api/protected/', `Proxy-Authorization: Bearer ${access}\r\n`)],
    [
      'a form body',
      () => sendRaw(address, withBody('application/x-www-form-urlencoded', `access_token=${access}`)),
    ],
    [
      'a JSON body',
      () => sendRaw(address, withBody('application/json', JSON.stringify({ access_token: access, access }))),
    ],
  ])('in %s it is not looked at', async (_, ask) => {
    expect(await ask()).toMatchObject({ status: 401, text: unauthorized })
  })

  function withBody(type: string, body: string): string {
    const head = `GET /api/protected/ HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\n`
    return `${head}Content-Length: ${body.length}\r\n\r\n${body}`
  }
})
