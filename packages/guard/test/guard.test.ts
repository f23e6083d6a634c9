import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createGuard, type Guard, type GuardOptions, Refusal } from '../src/index.ts'
import { openIssuer, until } from './servers.ts'

let issuer: Awaited<ReturnType<typeof openIssuer>>
beforeAll(async () => {
  issuer = await openIssuer()
})
afterAll(() => issuer.stop())

const guards: Guard[] = []
afterEach(() => {
  for (const guard of guards.splice(0)) guard.close()
})

function open(options: Partial<GuardOptions> = {}): Guard {
  const guard = createGuard({ issuer: issuer.issuer, ...options })
  guards.push(guard)
  return guard
}

async function codeOf(guard: Guard, token: string): Promise<string> {
  return guard.verify(token).then(
    () => 'let in',
    (thrown: unknown) => (thrown instanceof Refusal ? thrown.code : String(thrown)),
  )
}

describe('a guard', () => {
  test('lets an access token in, and says whose it is', async () => {
    const { access } = await issuer.login()
    const auth = await open().verify(access)
    expect(auth).toMatchObject({ username: 'alice', scopes: [] })
    expect(auth.claims).toMatchObject({ iss: issuer.issuer, aud: issuer.issuer, sub: auth.userId })
  })

  test('S09: a session that was logged out is refused within two seconds, without a call for each request', async () => {
    const asked: string[] = []
    const counting: typeof fetch = (input, init) => {
      asked.push(String(input))
      return fetch(input, init)
    }
    const guard = open({ fetch: counting })
    const { access, refresh } = await issuer.login()
    const other = await issuer.login()
    await guard.verify(access)
    const before = asked.length
    for (let turn = 0; turn < 100; turn += 1) await guard.verify(access)
    expect(asked.length - before).toBeLessThan(3)
    await issuer.logout(refresh)
    const tookMs = await until(async () => (await codeOf(guard, access)) === 'revoked', 10_000)
    console.log(`refused ${tookMs.toFixed(0)} ms after the logout was answered`)
    expect(await codeOf(guard, other.access)).toBe('let in')
  })

  test.each([
    [undefined, 'wait=25'],
    [10, 'wait=5'],
    [1, 'wait=1'],
  ])('where %s seconds of silence are too many, the issuer is asked more often', async (seconds, wait) => {
    const waits: (string | null)[] = []
    open({
      ...(seconds && { revocation: { maxStalenessSeconds: seconds } }),
      fetch: (input, init) => {
        if (String(input).includes('/revoked-sessions')) waits.push(new Headers(init?.headers).get('prefer'))
        return fetch(input, init)
      },
    })
    await until(() => waits.length > 1)
    expect(waits.slice(0, 2)).toEqual(['wait=0', wait])
  })

  test('a guard that comes later knows it too', async () => {
    const { access, refresh } = await issuer.login()
    await issuer.logout(refresh)
    expect(await codeOf(open(), access)).toBe('revoked')
    expect(await codeOf(open({ revocation: false }), access)).toBe('let in')
  })

  test.each([
    ['nothing', () => ''],
    ['garbage', () => 'garbage'],
    ['three parts of it', () => 'a.b.c'],
    ['an edited payload', (token: string) => edited(token, { sub: 'root' })],
    ['T03: no algorithm', (token: string) => withHeader(token, { alg: 'none', typ: 'at+jwt' })],
    [
      'T04: the public key as a secret',
      (token: string) => withHeader(token, { alg: 'HS256', typ: 'at+jwt' }),
    ],
    ['a key of its own', (token: string) => withHeader(token, { alg: 'ES256', jwk: {}, typ: 'at+jwt' })],
    ['a cut signature', (token: string) => token.slice(0, -4)],
  ])('refuses %s', async (_, forge) => {
    const { access } = await issuer.login()
    expect(await codeOf(open(), forge(access))).toBe('invalid_token')
  })

  test('refuses the refresh token and the feed itself', async () => {
    const { refresh } = await issuer.login()
    const feed = await (await fetch(`${issuer.issuer}/.well-known/revoked-sessions`)).text()
    expect(await codeOf(open(), refresh)).toBe('invalid_token')
    expect(await codeOf(open(), feed)).toBe('invalid_token')
  })

  test('refuses a token of another audience, and one that has expired', async () => {
    const { access } = await issuer.login()
    expect(await codeOf(open({ audience: 'https://other.example' }), access)).toBe('invalid_token')
    const inAnHour = () => Date.now() + 3_600_000
    expect(await codeOf(open({ now: inAnHour, revocation: false }), access)).toBe('invalid_token')
  })

  test('a token that is remembered is refused once it has expired', async () => {
    let now = Date.now()
    const guard = open({ now: () => now, revocation: false })
    const { access } = await issuer.login()
    expect(await codeOf(guard, access)).toBe('let in')
    now += 3_600_000
    expect(await codeOf(guard, access)).toBe('invalid_token')
  })

  test('remembers so many tokens and no more', async () => {
    const guard = open({ rememberedTokens: 2 })
    for (let turn = 0; turn < 4; turn += 1) await guard.verify((await issuer.login()).access)
    expect(guard.status().remembered).toEqual({ tokens: 2, hits: 0, misses: 4 })
  })

  test('unknown keys are asked for once, however many show them', async () => {
    const asked: string[] = []
    const counting: typeof fetch = (input, init) => {
      asked.push(String(input))
      return fetch(input, init)
    }
    const guard = open({ fetch: counting, revocation: false })
    const { access } = await issuer.login()
    await guard.verify(access)
    const foreign = withHeader(access, { alg: 'ES256', typ: 'at+jwt', kid: 'unknown' })
    await Promise.all(Array.from({ length: 200 }, () => codeOf(guard, foreign)))
    expect(asked.filter((address) => address.endsWith('/jwks.json')).length).toBe(1)
  })
})

describe('a server that is away', () => {
  test('a guard goes on, until what it knows of revocations is too old', async () => {
    const { access } = await issuer.login()
    let [skipped, failures] = [0, 0]
    const guards = {
      closed: open({
        now: () => Date.now() + skipped,
        clockToleranceSeconds: 1_000,
        onFailure: () => failures++,
      }),
      open: open({
        now: () => Date.now() + skipped,
        clockToleranceSeconds: 1_000,
        revocation: { whenStale: 'open' },
      }),
    }
    expect([await codeOf(guards.closed, access), await codeOf(guards.open, access)]).toEqual([
      'let in',
      'let in',
    ])
    await issuer.stop()
    expect([await codeOf(guards.closed, access), await codeOf(guards.open, access)]).toEqual([
      'let in',
      'let in',
    ])
    skipped = 61_000
    expect([await codeOf(guards.closed, access), await codeOf(guards.open, access)]).toEqual([
      'unavailable',
      'let in',
    ])
    expect(guards.open.status().revocation).toMatchObject({ isStale: true })
    // One that has not noticed would wait 25 seconds for news of the server that is there again.
    await until(() => failures > 0)
    await issuer.restart()
    await until(async () => (await codeOf(guards.closed, access)) === 'let in')
  })

  test('one that was never there: refused as unavailable, and told', async () => {
    const failures: unknown[] = []
    const guard = open({ issuer: 'http://127.0.0.1:9', onFailure: (error) => failures.push(error) })
    const { access } = await issuer.login()
    expect(await codeOf(guard, access)).toBe('unavailable')
    await until(() => failures.length > 0)
    await expect(guard.ready()).rejects.toThrow()
    expect(String(failures[0])).toMatch(/http:\/\/127\.0\.0\.1:9\/\.well-known\/.* does not answer: \w/)
  })

  test('another issuer than was asked for is not believed, and both are told', async () => {
    const asked = issuer.issuer.replace('127.0.0.1', 'localhost')
    const guard = open({ issuer: asked })
    const { access } = await issuer.login()
    expect(await codeOf(guard, access)).toBe('unavailable')
    const told = `the guard was given the issuer ${asked}, but the server calls itself ${issuer.issuer}`
    await expect(guard.ready()).rejects.toThrow(told)
  })
})

function edited(token: string, changes: object): string {
  const [header, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return [header, encode({ ...claims, ...changes }), signature].join('.')
}

function withHeader(token: string, header: object): string {
  return [encode(header), ...token.split('.').slice(1)].join('.')
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
