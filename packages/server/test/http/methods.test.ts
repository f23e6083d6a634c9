import { METHODS } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../harness.ts'
import { openRaw, requestOverSocket, sendRaw } from './socket.ts'

let server: TestServer
let address: string

beforeAll(async () => {
  server = await openTestServer()
  address = await server.listen()
})
afterAll(() => server.close())

/** Node itself takes CONNECT for a tunnel; HEAD's answers have no body to look at. */
const others = [...METHODS, 'FOO', 'BREW'].filter(
  (method) => !['CONNECT', 'HEAD', 'OPTIONS'].includes(method),
)

describe('H11: a method that a path does not know', () => {
  test.each(
    others.filter((method) => method !== 'POST'),
  )('%s on a path that takes POST: 405', async (method) => {
    const answer = await requestOverSocket(address, method, '/api/login/')
    expect([answer.status, answer.text]).toEqual([405, `{"detail":"Method \\"${method}\\" not allowed."}`])
    expect(answer.headers.allow).toBe('POST, OPTIONS')
  })

  test.each(
    others.filter((method) => method !== 'GET'),
  )('%s on a guarded path, without a token', async (method) => {
    const answer = await requestOverSocket(address, method, '/api/protected/')
    // A method that the parser does not know never becomes a request, so nobody can be asked for.
    expect(answer.status).toBe(METHODS.includes(method) ? 401 : 405)
    expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS')
  })

  test.each(others)('%s on a path that is not ours: 404 or, unknown to HTTP, 400', async (method) => {
    const answer = await requestOverSocket(address, method, '/nope')
    expect(answer.status).toBe(METHODS.includes(method) ? 404 : 400)
    expect(answer.headers.allow).toBeUndefined()
  })

  test('TRACE sends nothing back', async () => {
    const answer = await sendRaw(
      address,
      'TRACE /api/login/ HTTP/1.1\r\nHost: a\r\nX-Echo: me\r\nCookie: a=secret\r\n\r\n',
    )
    expect(answer.status).toBe(405)
    expect(answer.text).not.toMatch(/me|secret/)
  })

  test('CONNECT opens no tunnel', async () => {
    const connection = await openRaw(address)
    connection.send('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n')
    await connection.closed
    await expect(connection.answer()).rejects.toThrow(/^closed after: $/)
  })

  test('an upgrade is not taken', async () => {
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
    const answer = await sendRaw(address, `GET /api/protected/ HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n`)
    expect(answer.status).toBe(401)
  })
})

describe('HEAD', () => {
  test.each([
    ['/livez', 200],
    ['/api/protected/', 401],
    ['/api/login/', 405],
    ['/nope', 404],
    ['/.well-known/jwks.json', 200],
  ])('%s: %i, the headers of GET, and not one byte behind them', async (path, status) => {
    const connection = await openRaw(address)
    const received: Buffer[] = []
    connection.socket.on('data', (chunk: Buffer) => received.push(chunk))
    connection.send(`HEAD ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    await connection.closed
    const text = Buffer.concat(received).toString()
    expect(text.startsWith(`HTTP/1.1 ${status} `)).toBe(true)
    expect(text).toMatch(/\r\ncontent-length: [1-9]\d*\r\n/i)
    expect(text.endsWith('\r\n\r\n')).toBe(true)
    expect(text.indexOf('\r\n\r\n')).toBe(text.length - 4)
  })
})
