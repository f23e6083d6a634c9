import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, bearer, openTestServer, type TestServer } from '../harness.ts'
import { openRaw, type RawConnection, requestOverSocket } from './socket.ts'

let server: TestServer
let address: string

beforeAll(async () => {
  server = await openTestServer()
  address = await server.listen()
})
afterAll(() => server.close())

/** Sends the first bytes of a request on many connections and no more. */
function openMany(count: number, bytes: string): Promise<RawConnection[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const connection = await openRaw(address)
      connection.send(bytes)
      return connection
    }),
  )
}

const halfHeader = 'GET /api/protected/ HTTP/1.1\r\nHost: a\r\nX-Half: '
const halfBody =
  'POST /api/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"user'

test('H15: 120 half-open requests keep nobody else waiting, and end after ten seconds', async () => {
  const { access } = await server.session()
  const slow = await openMany(120, halfHeader)
  const slower = await openMany(20, halfBody)
  const served = async (): Promise<number[]> => {
    const login = { body: { username: 'alice', password: 'correct horse battery' } }
    const answers = await Promise.all([
      requestOverSocket(address, 'GET', '/api/protected/', { headers: bearer(access) }),
      requestOverSocket(address, 'POST', '/api/login/', login),
      requestOverSocket(address, 'GET', '/readyz'),
    ])
    return answers.map(({ status }) => status)
  }
  for (let round = 0; round < 5; round += 1) expect(await served()).toEqual([200, 200, 200])

  const answers = await Promise.all(slow.map((connection) => connection.answer()))
  await Promise.all(slow.map(({ closed }) => closed))
  expect(new Set(answers.map(summary))).toEqual(
    new Set(['408 application/json {"detail":"The request took too long to arrive."}']),
  )
  expect(await served()).toEqual([200, 200, 200])
  for (const connection of slower) connection.end()
})

function summary({ status, headers, text }: Answer): string {
  return `${status} ${headers['content-type']} ${text}`
}

describe('H15: the bounds of the server', () => {
  let http: Server

  beforeAll(async () => {
    const listener = (message: unknown): void => {
      http = (message as { server: Server }).server
    }
    subscribe('http.server.request.start', listener)
    await requestOverSocket(address, 'GET', '/livez')
    unsubscribe('http.server.request.start', listener)
  })

  test('headers within 10 s, the whole request within 30 s', () => {
    expect(http).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000 })
  })

  test('connections are bounded in number', () => {
    expect(http.maxConnections).toBe(10_000)
  })

  test('an idle connection outlives those of the usual proxies, and ends', () => {
    expect(http.keepAliveTimeout).toBe(72_000)
  })
})
