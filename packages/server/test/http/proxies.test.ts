import { afterEach, describe, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../harness.ts'

let server: TestServer
afterEach(() => server.close())

/** The address that the log has of a request with these headers; its socket is 127.0.0.1's. */
async function addressOf(trust: string, forwarded: string): Promise<string | undefined> {
  server = await openTestServer({ env: { COUNTERSIGN_TRUST_PROXY: trust } })
  await server.post('/api/token/refresh/', { refresh: 'abc' }, { 'x-forwarded-for': forwarded })
  return server.events.at(-1)?.fields.client_ip
}

describe('H14: X-Forwarded-For without a proxy', () => {
  test.each([
    '203.0.113.9',
    '203.0.113.9, 198.51.100.7',
    'garbage',
  ])('%s is not believed', async (forwarded) => {
    expect(await addressOf('off', forwarded)).toBe('127.0.0.1')
  })
})

describe('a proxy that is not believed', () => {
  async function told(trust: string): Promise<object[]> {
    server = await openTestServer({ env: { COUNTERSIGN_TRUST_PROXY: trust } })
    await server.get('/livez')
    for (const forwarded of ['203.0.113.9', '203.0.113.10'])
      await server.get('/livez', { 'x-forwarded-for': forwarded })
    return server.events.filter(({ event }) => event === 'http.proxy_ignored')
  }

  test('is told of once, with its address', async () => {
    expect(await told('off')).toMatchObject([{ fields: { client_ip: '127.0.0.1' } }])
  })

  test('control: one that is believed is not', async () => {
    expect(await told('1')).toEqual([])
  })
})

describe('X-Forwarded-For behind one proxy', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.7, 203.0.113.9', '203.0.113.9'],
    ['garbage, 203.0.113.9', '203.0.113.9'],
    ['2001:db8::9', '2001:db8::9'],
    ['2001:DB8:0:0::0009', '2001:db8::9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:CB00:7109', '203.0.113.9'],
    ['0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('%s: the last one is whom the proxy saw', async (forwarded, address) => {
    expect(await addressOf('1', forwarded)).toBe(address)
  })

  test.each([
    'garbage',
    '203.0.113.9, garbage',
    '203.0.113.9:4711',
    '203.0.113.999',
    '<script>alert(1)</script>',
    "'; DROP TABLE users; --",
    '',
    ',',
    '127.1',
    '0x7f000001',
    '203.0.113.9%0d%0aevil',
    'x'.repeat(10_000),
  ])('%s is no address and is not believed', async (forwarded) => {
    expect(await addressOf('1', forwarded)).toBe('127.0.0.1')
  })
})

describe('X-Forwarded-For behind proxies that are named', () => {
  test('is believed from them', async () => {
    expect(await addressOf('127.0.0.0/8, 198.51.100.7', '203.0.113.9, 198.51.100.7')).toBe('203.0.113.9')
  })

  test('is not believed from others', async () => {
    expect(await addressOf('198.51.100.7', '203.0.113.9')).toBe('127.0.0.1')
  })
})

describe('P14: who writes a forwarded address of his own', () => {
  /** How many guesses are let in with a header that is another each time. */
  async function passedWith(
    trust: string,
    headers: (index: number) => Record<string, string>,
  ): Promise<number> {
    server = await openTestServer({ env: { COUNTERSIGN_TRUST_PROXY: trust, COUNTERSIGN_LIMITS: '1' } })
    let passed = 0
    for (let index = 0; index < 70; index += 1) {
      const guess = { username: `user${index}`, password: 'not the password' }
      const answer = await server.post('/api/login/', guess, headers(index))
      if (answer.status === 401) passed += 1
    }
    return passed
  }

  test.each<[string, string, (index: number) => Record<string, string>]>([
    ['no proxy', 'off', (index) => ({ 'x-forwarded-for': `203.0.113.${index}` })],
    ['no proxy, other headers', 'off', (index) => ({ 'x-real-ip': `203.0.113.${index}` })],
    ['no proxy, RFC 7239', 'off', (index) => ({ forwarded: `for=203.0.113.${index}` })],
    ['a proxy, other headers', '1', (index) => ({ 'true-client-ip': `203.0.113.${index}` })],
    ['a proxy that appends', '1', (index) => ({ 'x-forwarded-for': `203.0.113.${index}, 198.51.100.7` })],
    ['a proxy elsewhere', '198.51.100.1', (index) => ({ 'x-forwarded-for': `203.0.113.${index}` })],
    ['a proxy, and no address', '1', (index) => ({ 'x-forwarded-for': `garbage${index}` })],
    ['a proxy, and a port', '1', (index) => ({ 'x-forwarded-for': `203.0.113.9:${4000 + index}` })],
    ['a proxy, one /64', '1', (index) => ({ 'x-forwarded-for': `2001:db8::${index}` })],
  ])('%s: is one client all the same', async (_, trust, headers) => {
    expect(await passedWith(trust, headers)).toBe(60)
  })

  test('behind a proxy, clients are told apart', async () => {
    expect(await passedWith('1', (index) => ({ 'x-forwarded-for': `203.0.113.${index}` }))).toBe(70)
  })
})
