import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consoleRoutes } from '../../src/admin/console.routes.ts'
import { consoleTable } from '../../src/app/console.ts'
import { createManagementServer } from '../../src/app/management.ts'
import { createHttpServer, type HttpServer } from '../../src/http/server.ts'
import { openTestServer, temporaryFolder } from '../harness.ts'
import { openRaw, requestOverSocket } from '../http/socket.ts'
import { type Browser, type ConsoleServer, fromPage, openConsole, password } from './console.ts'

describe('refusals under /api/admin', () => {
  let server: ConsoleServer
  let owner: Browser
  let address: string
  beforeAll(async () => {
    server = await openConsole('SQLite')
    owner = await server.signIn((await server.person('owner')).username)
    address = await server.listen()
  })
  afterAll(() => server.close())

  test.each([
    ['GET', '/api/admin/none/', 404, 'not_found'],
    ['POST', '/api/admin/users/1/none/', 404, 'not_found'],
    ['GET', '/api/admin', 404, 'not_found'],
    ['GET', '/api/%61dmin/none/', 404, 'not_found'],
    ['GET', `/api/admin/users/${'x'.repeat(200)}/`, 404, 'not_found'],
    ['GET', '/api/admin/users/%zz/', 400, 'bad_request'],
    ['PUT', '/api/admin/home/', 405, 'method_not_allowed'],
    ['DELETE', '/api/admin/keys/rotate/', 405, 'method_not_allowed'],
    ['POST', '/api/admin/openapi.json', 405, 'method_not_allowed'],
  ])('%s %s: %i as a problem', async (method, path, status, code) => {
    const answer = await owner.request(method, path)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json()).toEqual({
      ...{ type: 'about:blank', title: expect.any(String), status, detail: expect.any(String), code },
      request_id: answer.headers['x-request-id'],
    })
    expect(answer.status).toBe(status)
  })

  test('a method that the path does not take: those that it takes are told, to whoever may ask', async () => {
    expect((await owner.request('PUT', '/api/admin/home/')).headers.allow).toBe('GET, HEAD, OPTIONS')
    expect((await owner.request('PUT', '/api/admin/session/')).headers.allow).toBe(
      'POST, GET, HEAD, DELETE, OPTIONS',
    )
    const stranger = await server.request('PUT', '/api/admin/home/', { headers: fromPage })
    expect(stranger.json()).toMatchObject({ status: 401, code: 'not_authenticated' })
  })

  test('a method that HTTP does not know, too', async () => {
    const { status, headers, json } = await sent(address, 'BREW /api/admin/home/')
    expect([status, headers['content-type'], headers.allow]).toEqual([
      ...[405, 'application/problem+json', 'GET, HEAD, OPTIONS'],
    ])
    expect(json()).toMatchObject({ code: 'method_not_allowed', request_id: headers['x-request-id'] })
  })

  test('elsewhere refusals stay as Django REST framework has them', async () => {
    for (const [method, path] of [
      ['GET', '/api/administrator/'],
      ['GET', '/api/none/'],
      ['PUT', '/api/login/'],
    ] as const) {
      const answer = await server.request(method, path)
      expect(answer.headers['content-type'], path).toBe('application/json')
      expect(Object.keys(answer.json()), path).toEqual(['detail'])
    }
  })

  test('HEAD answers as GET does, without a body', async () => {
    const answer = await requestOverSocket(address, 'HEAD', '/api/admin/session/', { headers: fromPage })
    expect([answer.status, answer.text]).toEqual([401, ''])
    const cookie = [...owner.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const known = await requestOverSocket(address, 'HEAD', '/api/admin/users/', {
      headers: { ...fromPage, cookie },
    })
    expect([known.status, known.text]).toEqual([200, ''])
  })
})

describe('the files of the console', () => {
  const script = `export const text = ${JSON.stringify('countersign '.repeat(200))}\n`
  let server: HttpServer
  let address: string
  beforeAll(async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'assets', 'inner'), { recursive: true })
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Console</title>')
    writeFileSync(join(folder, 'secret.txt'), 'not for you')
    writeFileSync(join(folder, 'assets', 'index-abc.js'), script)
    writeFileSync(join(folder, 'assets', 'notes.map'), '{}')
    const api = { title: 'x', version: '1', description: 'x', address: 'https://auth.example.com' }
    const options = { api, corsOrigins: [], trustProxy: false, onFailure: () => undefined } as const
    server = await createHttpServer({ ...options, routes: consoleRoutes(folder) })
    address = await server.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(() => server.close(0))

  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    requestOverSocket(address, method, path, { headers })

  test.each([
    '/admin/',
    '/admin/assets/index-abc.js',
  ])('F27: %s is shown in no frame and taken for nothing else', async (path) => {
    const { headers } = await ask(path)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age'),
    })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
  })

  test.each([
    '/admin/assets/../secret.txt',
    '/admin/assets/..%2fsecret.txt',
    '/admin/assets/%2e%2e%2fsecret.txt',
    '/admin/assets/..%5csecret.txt',
    '/admin/assets/%2e%2e/%2e%2e/secret.txt',
    '/admin/assets/index-abc.js%00.css',
    '/admin/assets//etc/passwd',
    '/admin/assets/inner',
    '/admin/assets/notes.map',
    '/admin/assets/constructor',
    '/admin/assets/__proto__',
    '/admin/assets/',
  ])('%s leads to no other file', async (path) => {
    const raw = await sent(address, `GET ${path}`)
    expect(raw.text).not.toContain('not for you')
    expect(raw.text).not.toContain('root:')
    if (raw.status === 200) expect(raw.text).toContain('<title>Console</title>')
    else expect([400, 404]).toContain(raw.status)
  })

  test('HEAD tells what GET would', async () => {
    for (const path of ['/admin/', '/admin/assets/index-abc.js']) {
      const [head, get] = [await ask(path, {}, 'HEAD'), await ask(path)]
      expect([head.status, head.text], path).toEqual([200, ''])
      for (const name of ['content-type', 'cache-control', 'content-length', 'etag'])
        expect(head.headers[name], `${path} ${name}`).toBe(get.headers[name])
    }
  })

  test.each([
    ['gzip', true],
    ['br, gzip;q=0.8', true],
    ['deflate', false],
    ['gzip;q=0', false],
    ['gzip;q=0.0, br', false],
    ['xgzip', false],
  ])('to whom takes %s a script goes compressed: %s', async (accepted, isZipped) => {
    const { rawPayload, headers } = await server.inject({
      url: '/admin/assets/index-abc.js',
      headers: { 'accept-encoding': accepted },
    })
    expect(headers['content-encoding']).toBe(isZipped ? 'gzip' : undefined)
    expect(headers.vary).toBe('Accept-Encoding')
    expect(Number(headers['content-length'])).toBe(rawPayload.length)
    expect((isZipped ? gunzipSync(rawPayload) : rawPayload).toString()).toBe(script)
    if (isZipped) expect(rawPayload.length).toBeLessThan(script.length / 4)
  })
})

describe('COUNTERSIGN_CONSOLE=management', () => {
  const env = {
    COUNTERSIGN_CONSOLE: 'management',
    COUNTERSIGN_MANAGEMENT_PORT: '9000',
    COUNTERSIGN_ISSUER: 'https://auth.example.com',
    COUNTERSIGN_TRUST_PROXY: '1',
  }
  const origin = 'http://127.0.0.1:9000'

  test('is on the management port alone, over plain http and behind no proxy', async () => {
    const server = await openTestServer({ env })
    const { config, audit, readiness } = server.deployment
    const at = { origin, trustProxy: false } as const
    const management = await createManagementServer({
      ...{ config, audit, readiness: () => readiness(() => false), metrics: async () => '' },
      console: (describe) => consoleTable(server.deployment, { isDraining: () => false, describe, at }),
    })
    for (const path of ['/admin/', '/admin/assets/x.js', '/api/admin/session/', '/api/admin/openapi.json']) {
      const answer = await server.get(path, fromPage)
      expect([path, answer.status]).toEqual([path, 404])
    }
    await server.session('alice', password)
    const alice = await server.deployment.store.findUserByName('alice')
    await server.deployment.store.updateUser({ userId: alice?.id ?? '', set: { admin_role: 'owner' } })
    const opened = await management.inject({
      ...{ method: 'POST', url: '/api/admin/session/', headers: { origin } },
      payload: { username: 'alice', password },
    })
    expect(opened.statusCode).toBe(200)
    const cookies = opened.headers['set-cookie'] as string[]
    for (const cookie of cookies) expect(cookie).toMatch(/^countersign-console(-proof)?=.*; SameSite=Strict$/)
    const cookie = cookies.map((one) => one.split(';')[0]).join('; ')
    const settings = await management.inject({
      url: '/api/admin/settings/',
      headers: { origin, cookie, 'x-forwarded-for': '203.0.113.9' },
    })
    expect(settings.json().you).toMatchObject({ address: '127.0.0.1', trust_proxy: 'off' })
    const unknown = await management.inject({ url: '/api/admin/none/', headers: { origin, cookie } })
    expect([unknown.statusCode, unknown.headers['content-type']]).toEqual([404, 'application/problem+json'])
    const foreign = await management.inject({
      ...{ method: 'POST', url: '/api/admin/session/', payload: { username: 'alice', password } },
      headers: { origin: 'https://auth.example.com' },
    })
    expect(foreign.statusCode).toBe(403)
    await management.close(0)
    await server.close()
  })
})

test('F27: behind a proxy with https a session lives by its prefixed cookies, and by no others', async () => {
  const server = await openTestServer({ env: { COUNTERSIGN_ISSUER: 'https://auth.example.com' } })
  await server.session('alice', password)
  const alice = await server.deployment.store.findUserByName('alice')
  await server.deployment.store.updateUser({ userId: alice?.id ?? '', set: { admin_role: 'owner' } })
  const { headers } = await server.post('/api/admin/session/', { username: 'alice', password }, fromPage)
  const pairs = (headers['set-cookie'] as string[]).map((one) => one.split(';')[0] ?? '')
  const ask = (cookie: string) => server.get('/api/admin/session/', { ...fromPage, cookie })
  expect((await ask(pairs.join('; '))).status).toBe(200)
  expect((await ask(pairs.join('; ').replaceAll('__Host-', ''))).status).toBe(401)
  await server.close()
})

/** As it is written: a client would refuse the method, or tidy the path up. */
async function sent(address: string, line: string) {
  const raw = await openRaw(address)
  raw.send(`${line} HTTP/1.1\r\nHost: x\r\n\r\n`)
  const answer = await raw.answer()
  raw.end()
  return answer
}
