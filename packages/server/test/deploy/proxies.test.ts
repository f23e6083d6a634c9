import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bearer, handClock, openTestServer, type TokenPair } from '../harness.ts'
import { findProgram, openClient, openRelay, type ProxyName, proxyNames, runProxy } from './proxy.ts'

const needed = [...proxyNames, 'openssl']
const missing = () => needed.filter((name) => !findProgram(name))

const clientAddress = '127.0.0.2'

/** A server behind the proxy that the configuration in deploy/proxies makes, and a client in front of it. */
async function openBehind(name: ProxyName, program: string) {
  const clock = handClock()
  const server = await openTestServer({ clock, env: { COUNTERSIGN_TRUST_PROXY: '1' } })
  onTestFinished(() => server.close())
  const relay = await openRelay(await server.listen())
  onTestFinished(() => relay.close())
  const proxy = await runProxy(name, program, relay.backend)
  onTestFinished(() => proxy.stop())
  return { ...server, clock, relay, port: proxy.port, ask: openClient(proxy.port, clientAddress) }
}

const alice = { username: 'alice', password: 'correct horse battery', email: 'alice@example.com' }

describe.each(proxyNames)('behind %s', (name) => {
  const program = findProgram('openssl') && findProgram(name)
  const open = () => openBehind(name, program ?? '')

  test.skipIf(!program)(
    `P14, H14: the log has the client's address, whatever he says of himself`,
    async () => {
      const { ask, events } = await open()
      const forged = ['203.0.113.9', '203.0.113.9, 127.0.0.1', '127.0.0.1', 'garbage']
      for (const claimed of forged) {
        const headers = {
          'x-forwarded-for': claimed,
          forwarded: `for=${claimed}`,
          'x-real-ip': '203.0.113.9',
          'true-client-ip': '203.0.113.9',
        }
        expect(
          (await ask('POST', '/api/token/refresh/', { body: '{"refresh":"abc"}', headers })).status,
        ).toBe(401)
        expect(events.at(-1)?.fields.client_ip, claimed).toBe(clientAddress)
      }
    },
  )

  test.skipIf(!program)('tokens and idempotency keys come through', async () => {
    const { ask, clock } = await open()
    const post = (path: string, body: object, headers = {}) =>
      ask('POST', path, { body: JSON.stringify(body), headers })
    expect((await post('/api/register/', alice)).status).toBe(201)
    const pair = JSON.parse((await post('/api/login/', alice)).text) as TokenPair
    expect((await ask('GET', '/api/protected/', { headers: bearer(pair.access) })).status).toBe(200)
    const headers = { 'idempotency-key': 'one' }
    const first = JSON.parse((await post('/api/token/refresh/', pair, headers)).text) as TokenPair
    clock.advance(60_000)
    const again = JSON.parse((await post('/api/token/refresh/', pair, headers)).text) as TokenPair
    expect(again.refresh).toBe(first.refresh)
  })

  test.skipIf(!program)('connections to the server are used again', async () => {
    const { ask, relay } = await open()
    for (let asked = 0; asked < 30; asked += 1) expect((await ask('GET', '/livez')).status).toBe(200)
    expect(relay.connections()).toBeLessThan(10)
  })

  test.skipIf(!program)('a body that is too large is refused, by us unless it is huge', async () => {
    const { ask } = await open()
    const refused = (length: number) => {
      const body = JSON.stringify({ refresh: 'x'.repeat(length) })
      return ask('POST', '/api/token/refresh/', { body })
    }
    const ours = await refused(70_000)
    expect(ours.status).toBe(413)
    expect(JSON.parse(ours.text)).toHaveProperty('detail')
    expect((await refused(200_000)).status).toBe(413)
    expect((await refused(10)).status).toBe(401)
  })

  test.skipIf(!program)('a file of users that is larger than any other body reaches us', async () => {
    const { ask } = await open()
    const headers = { 'content-type': 'application/octet-stream', 'sec-fetch-site': 'same-origin' }
    const body = 'x'.repeat(1_000_000)
    const { status, text } = await ask('POST', '/api/admin/imports/', { body, headers })
    expect([status, JSON.parse(text).code]).toEqual([401, 'not_authenticated'])
  })

  test.skipIf(!program || name === 'caddy')('one address has only so many logins a minute', async () => {
    const { ask, port } = await open()
    const statuses: number[] = []
    for (const path of ['/api/login/', '/api/login', '/api/token/', '/api/token']) {
      for (let tried = 0; tried < 15; tried += 1) {
        statuses.push((await ask('POST', path, { body: '{}' })).status)
      }
    }
    expect(new Set(statuses)).toEqual(new Set([400, 429]))
    expect(statuses.filter((status) => status === 400).length).toBeGreaterThanOrEqual(20)
    expect(statuses.at(-1)).toBe(429)
    const another = openClient(port, '127.0.0.3')
    expect((await another('POST', '/api/login/', { body: '{}' })).status).toBe(400)
    expect((await ask('POST', '/api/token/refresh/', { body: '{}' })).status).toBe(400)
  })

  test.skipIf(!program || name !== 'haproxy')(
    'a node that drains is left alone while it still serves',
    async () => {
      const { ask, drain } = await open()
      expect((await ask('GET', '/livez')).status).toBe(200)
      drain()
      await vi.waitFor(async () => expect((await ask('GET', '/livez')).status).toBe(503), {
        timeout: 30_000,
        interval: 200,
      })
    },
  )
})

test.skipIf(needed.every(findProgram))(`skipped above for want of: ${missing().join(', ')}`, () => undefined)
