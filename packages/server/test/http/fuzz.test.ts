import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, openTestServer, type TestServer } from '../harness.ts'
import { openRaw } from './socket.ts'

let server: TestServer
let address: string
let tokens: string[]

beforeAll(async () => {
  server = await openTestServer({ env: { COUNTERSIGN_CORS_ORIGINS: 'https://app.example.com' } })
  address = await server.listen()
  const { access, refresh } = await server.session()
  tokens = [access, refresh]
})
afterAll(() => server.close())

const routes = [
  '/api/register/',
  '/api/login/',
  '/api/token/',
  '/api/token/refresh/',
  '/api/logout/',
  '/api/protected/',
  '/api/dashboard/',
  '/.well-known/jwks.json',
  '/openapi.json',
  '/livez',
  '/readyz',
  '/docs',
  '/',
]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

const method = fc.oneof({ weight: 4, arbitrary: fc.constant('POST') }, fc.constantFrom(...methods))
const segment = fc.oneof(
  fc.constantFrom('..', '.', '', '%2e', '%00', '%', 'api', ';'),
  fc.webPath(),
  fc.string(),
)
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...routes) },
  fc.tuple(fc.constantFrom(...routes), segment).map(([route, tail]) => route + encodeURI(wellFormed(tail))),
  fc.tuple(fc.constantFrom(...routes), fc.webQueryParameters()).map(([route, query]) => `${route}?${query}`),
)

/** A token of the server's, or something that may pass for one. */
const token = fc.oneof(
  fc.nat(1).map((index) => tokens[index] ?? ''),
  fc.tuple(fc.nat(1), fc.nat(400), fc.string({ maxLength: 3 })).map(([index, at, text]) => {
    const good = tokens[index] ?? ''
    return good.slice(0, at) + text + good.slice(at + 1)
  }),
  fc.string(),
)

const headerText = fc
  .string({ unit: 'binary-ascii', maxLength: 40 })
  .map((text) => text.replace(/[^\x20-\x7e]/g, ''))
const headers = fc.record(
  {
    authorization: fc.oneof(
      token.map((text) => `Bearer ${text.replace(/[^\x20-\x7e]/g, '')}`),
      headerText,
    ),
    accept: fc.oneof(fc.constantFrom('*/*', 'text/html', 'application/xml', ',;q='), headerText),
    origin: fc.oneof(fc.constantFrom('null', 'https://app.example.com'), headerText),
    'access-control-request-method': headerText,
    'content-encoding': fc.constantFrom('identity', 'gzip', ''),
    'idempotency-key': headerText,
    'x-forwarded-for': headerText,
    'if-none-match': fc.oneof(fc.constant('*'), headerText),
    'user-agent': headerText,
    cookie: headerText,
    expect: fc.constantFrom('100-continue', 'x'),
  },
  { requiredKeys: [] },
)

const member = fc.oneof(token, fc.string({ unit: 'binary', maxLength: 300 }), fc.jsonValue())
const members = fc.dictionary(
  fc.constantFrom('username', 'email', 'password', 'refresh', 'all', '__proto__', 'constructor', 'x'),
  member,
)
const body = fc.oneof(
  {
    weight: 5,
    arbitrary: members.map((value) => ({ type: 'application/json', body: JSON.stringify(value) })),
  },
  fc.json().map((text) => ({ type: 'application/json; charset=utf-8', body: text })),
  fc.webQueryParameters().map((text) => ({ type: 'application/x-www-form-urlencoded', body: text })),
  fc
    .tuple(
      fc.constantFrom(
        'application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=b',
        'text/plain',
        'a/b/c;;',
        '',
      ),
      fc.uint8Array({ maxLength: 500 }),
    )
    .map(([type, bytes]) => ({ type, body: Buffer.from(bytes) })),
)

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '')
}

function expectHarmless(asked: string, answer: Answer): void {
  const { status, text } = answer
  expect(status < 500 || (asked.includes('/readyz') && status === 503), `${status} ${text}`).toBe(true)
  const isApi = asked.includes('/api/') || status >= 400
  if (text !== '' && isApi) {
    expect(answer.headers['content-type']).toBe('application/json')
    expect(typeof answer.json()).toBe('object')
  }
  expect(text).not.toMatch(/\bat \S+ \(|node_modules|\.ts:\d|SQLITE|SELECT /)
}

describe('H01, H02: whatever comes', () => {
  test('a request of any method, path, headers and body: never a server error, always JSON or nothing', async () => {
    const anything = fc.record({ method, path, headers, body })
    await fc.assert(
      fc.asyncProperty(anything, async ({ method: verb, path: where, headers: given, body: sent }) => {
        const options = {
          body: sent.body,
          headers: { ...given, ...(sent.type && { 'content-type': sent.type }) },
        }
        const hasBody = verb !== 'GET' && verb !== 'HEAD' && verb !== 'TRACE'
        const answer = await server.request(verb, where, hasBody ? options : { headers: given })
        expectHarmless(where, answer)
      }),
      { numRuns: 600 },
    )
    expect((await server.get('/livez')).text).toBe('ok\n')
  })

  test('bytes that were a request once: an answer that is no server error, or the connection ends', async () => {
    const good = [
      `POST /api/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 35\r\n\r\n{"username":"alice","password":"x"}`,
      'GET /api/protected/ HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc\r\n\r\n',
      'POST /api/logout/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ]
    const edits = fc.array(fc.tuple(fc.nat(140), fc.nat(3), fc.uint8Array({ maxLength: 4 })), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...good), edits, async (text, changes) => {
        let bytes = Buffer.from(text)
        for (const [at, cut, put] of changes) {
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)])
        }
        await expectSurvived(bytes)
      }),
      { numRuns: 200 },
    )
    expect((await server.get('/livez')).text).toBe('ok\n')
  })

  /** The sending side is closed behind the bytes, so that a request cut short ends as well. */
  async function expectSurvived(bytes: Buffer): Promise<void> {
    const connection = await openRaw(address)
    connection.send(bytes)
    connection.socket.end()
    const answer = await connection.answer().catch(() => undefined)
    connection.end()
    if (answer) expectHarmless('/api/', answer)
  }
})
