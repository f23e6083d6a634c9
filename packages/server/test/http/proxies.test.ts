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

describe('X-Forwarded-For behind one proxy', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.7, 203.0.113.9', '203.0.113.9'],
    ['garbage, 203.0.113.9', '203.0.113.9'],
    ['2001:db8::9', '2001:db8::9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
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
