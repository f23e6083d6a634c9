import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../harness.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
  await server.session()
})
afterAll(() => server.close())

const login = { username: 'alice', password: 'correct horse battery' }

/** Those that Node adds to every answer are left out. */
async function headersOf(
  answering: Promise<{ headers: Record<string, unknown> }>,
): Promise<Record<string, unknown>> {
  const { date, connection, 'content-length': length, ...rest } = (await answering).headers
  expect([date, connection, length]).not.toContain(undefined)
  return rest
}

const common = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  vary: 'Accept',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
}

describe('H08, H09: the headers of an answer', () => {
  test('a login has these and no others', async () => {
    expect(await headersOf(server.post('/api/login/', login))).toEqual({
      ...common,
      'content-type': 'application/json',
      allow: 'POST, OPTIONS',
    })
  })

  test('T26: so has a refusal, with how to authenticate', async () => {
    expect(await headersOf(server.get('/api/protected/'))).toEqual({
      ...common,
      'content-type': 'application/json',
      allow: 'GET, HEAD, OPTIONS',
      'www-authenticate': 'Bearer realm="api"',
    })
  })

  test('so has a path that is not ours', async () => {
    expect(await headersOf(server.get('/nope'))).toEqual({ ...common, 'content-type': 'application/json' })
  })

  test('a request id is ours, whatever the client calls its request', async () => {
    const { headers } = await server.get('/livez', { 'x-request-id': 'mine', 'request-id': 'mine' })
    expect(headers['x-request-id']).not.toBe('mine')
  })

  test('the public keys are the one answer of the API that is kept', async () => {
    const { headers } = await server.get('/.well-known/jwks.json')
    expect(headers['cache-control']).toMatch(/^public, max-age=\d+/)
    const again = await server.get('/.well-known/jwks.json', { 'if-none-match': String(headers.etag) })
    expect([again.status, again.text]).toEqual([304, ''])
  })
})

test('H09: a deployment that is reached by https tells browsers to insist on it', async () => {
  const secure = await openTestServer({ env: { COUNTERSIGN_ISSUER: 'https://auth.example.com' } })
  const { headers } = await secure.get('/api/protected/')
  expect(headers['strict-transport-security']).toBe('max-age=31536000')
  await secure.close()
})
