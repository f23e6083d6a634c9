import { afterEach, describe, expect, test } from 'vitest'
import { openTestServer, spawnServer, type TestServer, temporaryFolder } from './harness.ts'
import { decode, partsOf } from './tokens/workshop.ts'

const path = '/.well-known/revoked-sessions'

let server: TestServer
afterEach(() => server?.close())

/** How many sessions an edition holds. */
function countIn(text: string): number {
  const { revoked } = decode(partsOf(text).payload) as { revoked: string }
  return Buffer.from(revoked, 'base64url').length / 16
}

/** The same edition may be signed anew, so its tag is a weak one. */
function cursorIn(etag: unknown): string {
  return /^W\/"(.+)"$/.exec(String(etag))?.[1] ?? ''
}

async function cursorOf(): Promise<string> {
  return cursorIn((await server.get(path)).headers.etag)
}

describe('the feed over HTTP', () => {
  test('is a signed text that anybody may read and nobody keeps for long', async () => {
    server = await openTestServer()
    const { status, headers, text } = await server.get(path)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': 'application/jwt', 'cache-control': 'public, max-age=1' })
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(countIn(text)).toBe(0)
  })

  test('what a reader has is 304 for him, and what is new is all that he gets', async () => {
    server = await openTestServer()
    const { refresh } = await server.session()
    const cursor = await cursorOf()
    expect((await server.get(`${path}?since=${cursor}`)).status).toBe(304)
    expect((await server.get(path, { 'if-none-match': `W/"${cursor}"` })).status).toBe(304)
    await server.post('/api/logout/', { refresh })
    const news = await server.get(`${path}?since=${cursor}`)
    expect([news.status, countIn(news.text)]).toEqual([200, 1])
  })

  test('who has not heard of the other processes for a while says so, and never that there is no news', async () => {
    server = await openTestServer()
    const { deployment, clock } = server
    const cursor = await cursorOf()
    clock.advance(10_001)
    for (const query of ['', `?since=${cursor}`]) {
      const { status, headers } = await server.get(path + query)
      expect([status, headers['retry-after']], query).toEqual([503, '1'])
    }
    await deployment.followRevoked(clock())
    expect((await server.get(`${path}?since=${cursor}`)).status).toBe(304)
  })

  test('Prefer: wait holds the answer until there is news', async () => {
    server = await openTestServer()
    const { refresh } = await server.session()
    const cursor = await cursorOf()
    let isAnswered = false
    const waiting = server.get(`${path}?since=${cursor}`, { prefer: 'wait=20' }).finally(() => {
      isAnswered = true
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(isAnswered).toBe(false)
    await server.post('/api/logout/', { refresh })
    expect(countIn((await waiting).text)).toBe(1)
  })

  test.each([
    'wait=0',
    'wait=-1',
    'wait=abc',
    'respond-async',
    '',
  ])('%s waits for nothing', async (prefer) => {
    server = await openTestServer()
    const cursor = await cursorOf()
    expect((await server.get(`${path}?since=${cursor}`, { prefer })).status).toBe(304)
  })

  test('a wait ends by itself with 304', async () => {
    server = await openTestServer()
    const cursor = await cursorOf()
    expect((await server.get(`${path}?since=${cursor}`, { prefer: 'wait=1' })).status).toBe(304)
  })
})

test('a server that ends keeps nobody waiting', async () => {
  const process = await spawnServer({ data: temporaryFolder() })
  const first = await fetch(`${process.address}${path}`)
  const cursor = cursorIn(first.headers.get('etag'))
  const waiting = fetch(`${process.address}${path}?since=${cursor}`, { headers: { prefer: 'wait=25' } })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const from = performance.now()
  const [answer] = await Promise.all([waiting, process.stop()])
  expect(answer.status).toBe(304)
  expect(performance.now() - from).toBeLessThan(9_000)
})

test('a reader that goes away leaves nothing behind', async () => {
  const process = await spawnServer({ data: temporaryFolder() })
  const first = await fetch(`${process.address}${path}`)
  const cursor = cursorIn(first.headers.get('etag'))
  const leaving = new AbortController()
  const options = { headers: { prefer: 'wait=25' }, signal: leaving.signal }
  const waiting = Promise.allSettled(
    Array.from({ length: 20 }, () => fetch(`${process.address}${path}?since=${cursor}`, options)),
  )
  await new Promise((resolve) => setTimeout(resolve, 300))
  leaving.abort()
  await waiting
  expect((await fetch(`${process.address}/livez`)).status).toBe(200)
  await process.stop()
})

test('the metadata says where the keys and the feed are', async () => {
  server = await openTestServer()
  const { text } = await server.get('/.well-known/oauth-authorization-server')
  const metadata = JSON.parse(text)
  expect(metadata).toMatchObject({ issuer: 'http://127.0.0.1:8000', response_types_supported: [] })
  for (const address of [metadata.jwks_uri, metadata.revoked_sessions_uri])
    expect((await server.get(new URL(address).pathname)).status).toBe(200)
})
