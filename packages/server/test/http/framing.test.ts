import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, openTestServer, type TestServer } from '../harness.ts'
import { openRaw, sendRaw } from './socket.ts'

let server: TestServer
let address: string

beforeAll(async () => {
  server = await openTestServer()
  address = await server.listen()
})
afterAll(() => server.close())

function expectRefusal(answer: Answer, status: number): void {
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status })
  expect(answer.headers['content-type']).toBe('application/json')
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(answer.json()).toEqual({ detail: expect.any(String) })
  expect(answer.text).not.toMatch(/HPE_|FST_|node_modules|\bat \S+ \(/)
}

const host = 'Host: auth.example.com\r\n'
const json = 'Content-Type: application/json\r\n'
const login = `POST /api/login/ HTTP/1.1\r\n${host}${json}`
const protectedRoute = `GET /api/protected/ HTTP/1.1\r\n`
/** What a request smuggled behind another would be. */
const second = `GET /livez HTTP/1.1\r\n${host}\r\n`

/** Requests that two servers could read differently. */
const ambiguous: Readonly<Record<string, string>> = {
  'Content-Length and Transfer-Encoding': `${login}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding and Content-Length': `${login}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n`,
  'two Content-Length that differ': `${login}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `,
  'two Content-Length that are the same': `${login}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`,
  'a list as Content-Length': `${login}Content-Length: 2, 2\r\n\r\n{}`,
  'a signed Content-Length': `${login}Content-Length: +2\r\n\r\n{}`,
  'a negative Content-Length': `${login}Content-Length: -2\r\n\r\n{}`,
  'a Content-Length beyond all numbers': `${login}Content-Length: 99999999999999999999999\r\n\r\n{}`,
  'a chunk size that is no number': `${login}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  'a chunk longer than its size': `${login}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`,
  'a chunk size beyond all numbers': `${login}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n`,
  'another coding after chunked': `${login}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  'a coding that is none': `${login}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'white space before a colon': `${login}Content-Length : 2\r\n\r\n{}`,
  'a header folded over two lines': `${protectedRoute}${host}X-Folded: a\r\n b\r\n\r\n`,
  'NUL in a header': `${protectedRoute}${host}X-Nul: a\0b\r\n\r\n`,
  'a bare CR in a header': `${protectedRoute}${host}X-Cr: a\rb\r\n\r\n`,
  'Host twice': `${protectedRoute}${host}Host: elsewhere.example\r\n\r\n`,
  'the same Host twice': `${protectedRoute}${host}${host}\r\n`,
  'no Host': `${protectedRoute}Accept: */*\r\n\r\n`,
  'a version that is none': `GET /api/protected/ HTTP/9.9\r\n${host}\r\n`,
  'no version': `GET /api/protected/\r\n${host}\r\n`,
  'a path with a raw space': `GET /api/pro tected/ HTTP/1.1\r\n${host}\r\n`,
  'a method in lower case': `get /api/protected/ HTTP/1.1\r\n${host}\r\n`,
  'no HTTP at all': '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n',
}

describe('H12: ambiguous framing is refused', () => {
  test.each(Object.entries(ambiguous))('%s: 400, and the connection ends', async (_, bytes) => {
    const connection = await openRaw(address)
    connection.send(Buffer.from(bytes + second, 'latin1'))
    expectRefusal(await connection.answer(), 400)
    await connection.closed
    await expect(connection.answer(), 'nothing behind it is served').rejects.toThrow(/^closed after: $/)
  })
})

/** Headers that say who somebody is or what a body is may come once. */
const doubled: Readonly<Record<string, string>> = {
  'H13: Authorization': `${protectedRoute}${host}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`,
  'H13: the same Authorization': `${protectedRoute}${host}Authorization: Bearer a\r\nauthorization: Bearer a\r\n\r\n`,
  'Content-Type': `${login}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`,
  'Idempotency-Key': `POST /api/token/refresh/ HTTP/1.1\r\n${host}${json}Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{}`,
}

test.each(Object.entries(doubled))('%s sent twice: 400', async (_, bytes) => {
  expectRefusal(await sendRaw(address, bytes), 400)
})

describe('H03: the size of a body', () => {
  const refusal = { status: 413, text: '{"detail":"The request body is larger than 65536 bytes."}' }

  test('more than 64 KiB by Content-Length is refused before any of it is read', async () => {
    expect(await sendRaw(address, `${login}Content-Length: 65537\r\n\r\n`)).toMatchObject(refusal)
  })

  test('more than 64 KiB in chunks is refused as soon as it passes that, and the connection ends', async () => {
    const connection = await openRaw(address)
    connection.send(`${login}Transfer-Encoding: chunked\r\n\r\n`)
    const chunk = `2000\r\n${' '.repeat(0x2000)}\r\n`
    for (let sent = 0; sent < 9; sent += 1) connection.send(chunk)
    const answer = await connection.answer()
    expect(answer).toMatchObject(refusal)
    expect(answer.headers.connection).toBe('close')
    await connection.closed
  })

  test.each([
    'gzip',
    'br',
    'deflate',
    'gzip, identity',
    'x',
  ])('a body coded as %s is refused', async (coding) => {
    const answer = await sendRaw(
      address,
      `${login}Content-Encoding: ${coding}\r\nContent-Length: 2\r\n\r\n{}`,
    )
    expect(answer.status).toBe(415)
    expect(answer.json()).toEqual({ detail: `Unsupported content encoding "${coding}" in request.` })
  })

  test('exactly 64 KiB is read', async () => {
    const answer = await sendRaw(address, `${login}Content-Length: 65536\r\n\r\n{}${' '.repeat(65_534)}`)
    expect([answer.status, answer.text]).toEqual([
      400,
      '{"username":["This field is required."],"password":["This field is required."]}',
    ])
  })

  test('chunks are put together, whatever lies between them', async () => {
    const connection = await openRaw(address)
    connection.send(`${login}Transfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n`)
    connection.send('1\r\n}\r\n0\r\nX-Trailer: a\r\n\r\n')
    expect((await connection.answer()).status).toBe(400)
    connection.send(second)
    expect(await connection.answer()).toMatchObject({ status: 200, text: 'ok\n' })
    connection.end()
  })
})

describe('the size of the header section', () => {
  const padding = (length: number) => `X-Padding: ${'x'.repeat(length)}\r\n`

  test('15 KiB are read', async () => {
    const answer = await sendRaw(address, `${protectedRoute}${host}${padding(15_000)}\r\n`)
    expect(answer.status).toBe(401)
  })

  test('more than 16 KiB are refused', async () => {
    expectRefusal(await sendRaw(address, `${protectedRoute}${host}${padding(16_384)}\r\n`), 431)
  })

  test('many small headers are refused as well', async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `X-${index}: y\r\n`).join('')
    expectRefusal(await sendRaw(address, `${protectedRoute}${host}${many}\r\n`), 431)
  })

  test('a path that is longer is refused', async () => {
    expectRefusal(await sendRaw(address, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`), 431)
  })
})

test('requests behind one another on one connection are answered in order', async () => {
  const connection = await openRaw(address)
  const keys = `GET /.well-known/jwks.json HTTP/1.1\r\n${host}\r\n`
  connection.send(`${second}${protectedRoute}${host}\r\n${keys}${second}`)
  const statuses = []
  for (let index = 0; index < 4; index += 1) statuses.push((await connection.answer()).status)
  expect(statuses).toEqual([200, 401, 200, 200])
  connection.end()
})
