import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { handClock, openTestServer, spawnServer, type TestServer, temporaryFolder } from '../harness.ts'

const path = '/.well-known/jwks.json'
const publishedMs = 360_000

let server: TestServer
afterEach(() => server?.close())

async function open(env: Record<string, string> = {}) {
  server = await openTestServer({ env, clock: handClock() })
  return server
}

async function etagNow(): Promise<string> {
  return String((await server.get(path)).headers.etag)
}

describe('the JWKS', () => {
  test('T16 T17: every key has kid, alg, use and public members, and nothing else', async () => {
    await open()
    const { keys } = (await server.get(path)).json() as { keys: Record<string, string>[] }
    expect(keys).toHaveLength(2)
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual('alg crv kid kty use x y'.split(' '))
      expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
    }
  })

  test.each(['EdDSA', 'RS256'])('T16: of %s keys too', async (algorithm) => {
    await open({ COUNTERSIGN_SIGNING_ALG: algorithm })
    const { text } = await server.get(path)
    expect(text).not.toMatch(/"(d|p|q|dp|dq|qi|k|oth)":/)
    expect(text).toContain(`"alg":"${algorithm}"`)
  })

  test('is JSON that anyone may read, from anywhere, for five minutes', async () => {
    await open()
    const { status, headers } = await server.get(path)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/json\b/),
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      etag: expect.stringMatching(/^"[\w-]{27}"$/),
    })
  })

  test('no cache may show it for longer than a new key waits', async () => {
    await open()
    const directives = String((await server.get(path)).headers['cache-control'])
    expect(directives).not.toContain('stale')
  })

  test('has the same tag as long as it is the same, in every process', async () => {
    await open()
    const before = await etagNow()
    server.clock.advance(600_000)
    expect(await etagNow()).toBe(before)
  })

  test('changes with every rotation and revocation, and its tag with it', async () => {
    await open()
    const tags = [await etagNow()]
    const { keyDeps, keyRing } = server.deployment
    server.clock.advance(publishedMs)
    await rotateKeys(keyDeps, server.clock())
    tags.push(await etagNow())
    const retiring = keyRing.rows().find(({ state }) => state === 'retiring')?.kid ?? ''
    expect((await server.get(path)).text).toContain(retiring)
    await revokeKey(keyDeps, retiring, server.clock())
    tags.push(await etagNow())
    expect((await server.get(path)).text).not.toContain(retiring)
    expect(new Set(tags).size).toBe(3)
  })
})

describe('If-None-Match', () => {
  test.each([
    ['the tag', (tag: string) => tag],
    ['the tag, marked weak by a proxy', (tag: string) => `W/${tag}`],
    ['a list that holds it', (tag: string) => `"x", ${tag} , "y"`],
    ['a list without spaces', (tag: string) => `"x",${tag}`],
    ['a list that holds it as weak', (tag: string) => `W/"x", W/${tag}`],
    ['any', () => '*'],
  ])('%s: 304 without a body, with the same headers', async (_, header) => {
    await open()
    const tag = await etagNow()
    const { status, text, headers } = await server.get(path, { 'if-none-match': header(tag) })
    expect(status).toBe(304)
    expect(text).toBe('')
    expect(headers).toMatchObject({ etag: tag, 'cache-control': 'public, max-age=300' })
  })

  test.each([
    ['another tag', () => '"x"'],
    ['the tag without its quotes', (tag: string) => tag.slice(1, -1)],
    ['a part of it', (tag: string) => `${tag.slice(0, 9)}"`],
    ['nothing', () => ''],
    ['w/ in small', (tag: string) => `w/${tag}`],
  ])('%s: 200', async (_, header) => {
    await open()
    const tag = await etagNow()
    expect((await server.get(path, { 'if-none-match': header(tag) })).status).toBe(200)
  })

  test('the tag from before a rotation: 200 with the new keys', async () => {
    await open()
    const before = await etagNow()
    server.clock.advance(publishedMs)
    await rotateKeys(server.deployment.keyDeps, server.clock())
    expect((await server.get(path, { 'if-none-match': before })).status).toBe(200)
  })
})

describe('a resource server elsewhere', () => {
  const issuer = 'http://127.0.0.1:8000'

  async function login(address: string): Promise<string> {
    const credentials = { username: 'alice', password: 'correct horse battery' }
    const send = (to: string, body: object) =>
      fetch(`${address}${to}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await send('/api/register/', { ...credentials, email: 'alice@example.com' })
    const answer = await send('/api/login/', credentials)
    return ((await answer.json()) as { access: string }).access
  }

  test.each(['at+jwt', 'JWT'])('verifies %s tokens by the JWKS alone, with jose', async (typ) => {
    const env = { COUNTERSIGN_TOKEN_TYP: typ, COUNTERSIGN_AUDIENCE: 'https://api.example.com' }
    const running = await spawnServer({ data: temporaryFolder(), env })
    try {
      const keys = createRemoteJWKSet(new URL(path, running.address))
      const token = await login(running.address)
      const audience = 'https://api.example.com'
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        ...{ issuer, audience, typ, algorithms: ['ES256'] },
        requiredClaims: ['sub', 'jti', 'sid', 'client_id', 'user_id', 'username'],
      })
      expect(payload).toMatchObject({ username: 'alice', token_type: 'access', iss: issuer, aud: audience })
      expect(protectedHeader.typ).toBe(typ)
      await expect(jwtVerify(token, keys, { issuer, audience: issuer })).rejects.toThrow('"aud"')
    } finally {
      await running.stop()
    }
  })
})
