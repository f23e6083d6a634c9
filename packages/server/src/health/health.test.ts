import { afterEach, describe, expect, test } from 'vitest'
import { handClock, openTestServer, type TestServer } from '../../test/harness.ts'
import { openWorkshop } from '../../test/tokens/workshop.ts'
import { AuthError } from '../errors.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import type { Store } from '../store/store.ts'
import { readiness } from './health.ts'

let server: TestServer
afterEach(() => server?.close())

/** A server whose store answers the question for its health as the test wants. */
async function openServer(health?: () => ReturnType<Store['health']>): Promise<TestServer> {
  const clock = handClock()
  const store = await openSqliteStore({ file: ':memory:', now: clock() })
  server = await openTestServer({ clock, store: health ? { ...store, health } : store })
  return server
}

async function answerOf(path: string) {
  const { status, text, headers } = await server.get(path)
  return { status, text, type: headers['content-type'] }
}

const plain = 'text/plain; charset=utf-8'

describe('/livez', () => {
  test('says ok, whatever else is wrong: a restart would not help', async () => {
    await openServer(() => Promise.reject(new Error('away')))
    server.drain()
    expect(await answerOf('/livez')).toEqual({ status: 200, text: 'ok\n', type: plain })
  })
})

describe('/readyz', () => {
  test('says ok when everything is', async () => {
    await openServer()
    expect(await answerOf('/readyz')).toEqual({ status: 200, text: 'ok\n', type: plain })
  })

  test('?verbose has a line for each check', async () => {
    await openServer()
    const kid = server.deployment.keyRing.rows().find(({ state }) => state === 'current')?.kid
    const { status, text } = await answerOf('/readyz?verbose')
    expect(status).toBe(200)
    expect(text.split('\n')).toEqual([
      '[+] database: answers',
      '[+] migrations: at head',
      `[+] signing-key: ${kid}`,
      '[+] draining: no',
      'ready',
      '',
    ])
    expect((await answerOf('/readyz?verbose=1')).text).toBe(text)
  })

  test.each([
    ['is away', new AuthError('unavailable', { reason: 'SQLITE_IOERR at /var/lib/secret/path' })],
    ['fails in a way that nobody foresaw', new TypeError('x is undefined')],
  ])('503 when the database %s, and the reason is for the log', async (_, error) => {
    await openServer(() => Promise.reject(error))
    const { status, text } = await answerOf('/readyz')
    expect(status).toBe(503)
    expect(text).toContain('[-] database: does not answer\n')
    expect(text).toMatch(/\nnot ready\n$/)
    expect(text).not.toContain('secret')
    expect(text).not.toContain('undefined')
  })

  test('503 while migrations are missing', async () => {
    await openServer(async () => ({ pendingMigrations: ['0007-later', '0008-last'], isWritable: true }))
    const { status, text } = await answerOf('/readyz')
    expect(status).toBe(503)
    expect(text).toContain('[+] database: answers\n[-] migrations: pending: 0007-later, 0008-last\n')
  })

  test('503 from the moment on when it drains, while it still serves', async () => {
    await openServer()
    server.drain()
    const { status, text } = await answerOf('/readyz')
    expect(status).toBe(503)
    expect(text).toContain('[-] draining: shutting down\n')
    expect((await server.session()).access).toBeDefined()
  })

  test('comes back by itself with the database', async () => {
    let away = true
    await openServer(() =>
      away ? Promise.reject(new Error('away')) : Promise.resolve({ pendingMigrations: [], isWritable: true }),
    )
    expect((await answerOf('/readyz')).status).toBe(503)
    away = false
    expect((await answerOf('/readyz')).status).toBe(200)
  })

  test('is asked anew each time: no cache may keep it', async () => {
    await openServer()
    expect((await server.get('/readyz')).headers['cache-control']).toContain('no-store')
  })

  test('H21: shows neither secret nor token nor path', async () => {
    await openServer()
    const { access, refresh } = await server.session()
    const { text } = await answerOf('/readyz?verbose')
    for (const hidden of [access, refresh, server.config.secrets[0], server.config.dataFolder])
      expect(text).not.toContain(hidden)
  })
})

test('a process without a key is not ready', async () => {
  const shop = await openWorkshop({ bare: true })
  const checks = await readiness({ store: shop.store, keyRing: shop.keyRing, isDraining: () => false })
  expect(checks).toEqual([
    { name: 'database', ok: true, detail: 'answers' },
    { name: 'migrations', ok: true, detail: 'at head' },
    { name: 'signing-key', ok: false, detail: 'there is none' },
    { name: 'draining', ok: true, detail: 'no' },
  ])
  await shop.close()
})
