import { describe, expect, test } from 'vitest'
import { bearer, openTestServer, type TestServer, type TokenPair } from '../../harness.ts'
import { claimsOf } from '../../races/http-client.ts'
import { day, minute, sampleUser } from '../../store/samples.ts'
import { decode, partsOf } from '../../tokens/workshop.ts'
import { mint, refreshClaims } from './mint.ts'
import { djangoSecret } from './simplejwt.ts'

const start = 1_800_000_000_000
const until = start + 30 * day
const settings = {
  COUNTERSIGN_DJANGO_SECRET: djangoSecret,
  COUNTERSIGN_DJANGO_UNTIL: new Date(until).toISOString(),
}
const hour = 60 * minute

async function open(env: Record<string, string> = settings) {
  const server = await openTestServer({ env })
  const { store } = server.deployment
  const user = sampleUser({ id: '7', username: 'alice', username_canonical: 'alice' })
  await store.createUser(user)
  const claims = refreshClaims(7, start)
  const token = mint(claims)
  const refresh = (text: string, key?: string) =>
    server.post('/api/token/refresh/', { refresh: text }, key === undefined ? {} : { 'idempotency-key': key })
  return {
    ...{ server, store, user, claims, token, refresh, clock: server.clock },
    exchanged: async (text: string, key?: string): Promise<TokenPair> => {
      const answer = await refresh(text, key)
      expect(answer.status, answer.text).toBe(200)
      return answer.json()
    },
    access: async ({ access }: TokenPair) => (await server.get('/api/protected/', bearer(access))).status,
    logout: (text: string) => server.post('/api/logout/', { refresh: text }),
    live: () => store.listSessionsOfUser('7', server.clock()),
    importTokens: (tokens: readonly (typeof claims)[], is_blacklisted = 0) =>
      store.importLegacyTokens(
        tokens.map(({ jti, exp }) => ({ jti, user_id: '7', expires_at: exp * 1000, is_blacklisted })),
      ),
  }
}

function told(server: TestServer, name: string): unknown[] {
  return server.events.filter(({ event }) => event === name).map(({ fields }) => fields.reason ?? null)
}

const refusal = { detail: 'Token is invalid or expired', code: 'token_not_valid' }

describe('a live refresh token of Django', () => {
  test('becomes a session, and the client goes on with ours', async () => {
    const { server, token, exchanged, access, refresh, live } = await open()
    const pair = await exchanged(token)
    expect(Object.keys(pair).sort()).toEqual(['access', 'access_expires_in', 'refresh', 'refresh_expires_in'])
    expect(pair).toMatchObject({ access_expires_in: 900, refresh_expires_in: 604_800 })
    expect(await access(pair)).toBe(200)
    expect(claimsOf(pair.refresh)).toMatchObject({ gen: 0, sub: '7' })
    const next: TokenPair = (await refresh(pair.refresh)).json()
    expect(claimsOf(next.refresh)).toMatchObject({ gen: 1, sid: claimsOf(pair.refresh).sid })
    expect(await live()).toHaveLength(1)
    const [event] = server.events.filter(({ event: name }) => name === 'auth.legacy.exchanged')
    expect(event?.fields).toMatchObject({ user_id: '7', session_id: claimsOf(pair.refresh).sid })
    await server.close()
  })

  test('opens no time in which a password is not asked for: none was shown', async () => {
    const { server, token, exchanged } = await open()
    const { access } = await exchanged(mint({ ...refreshClaims(7, start), iat: start / 1000 }))
    expect((await exchanged(token)).access).toBeDefined()
    const answer = await server.request('PATCH', '/api/me/', {
      body: { username: 'mallory' },
      headers: bearer(access),
    })
    expect([answer.status, answer.json()]).toEqual([400, { password: ['This field is required.'] }])
    await server.close()
  })

  test('S07: its session has the ends of any other', async () => {
    const { server, clock, exchanged, token, refresh } = await open({
      ...settings,
      COUNTERSIGN_SESSION_TTL: '3d',
    })
    const pair = await exchanged(token)
    expect(pair.refresh_expires_in).toBe(3 * 86_400)
    clock.advance(3 * day)
    expect((await refresh(pair.refresh)).status).toBe(401)
    await server.close()
  })

  test.each([
    ['HS384', { COUNTERSIGN_DJANGO_ALGORITHM: 'HS384' }, 401],
    ['HS256', {}, 200],
  ])('T02: under %s in the settings one of HS256 is answered', async (_, more, status) => {
    const { server, token, refresh } = await open({ ...settings, ...more })
    expect((await refresh(token)).status).toBe(status)
    await server.close()
  })
})

describe('S01 S02 S06: shown again', () => {
  test('within the grace window: the same refresh token, byte for byte', async () => {
    const { server, clock, token, exchanged, access, live } = await open()
    const first = await exchanged(token)
    clock.advance(10_000)
    const again = await exchanged(token)
    expect(again.refresh).toBe(first.refresh)
    expect(again.access).not.toBe(first.access)
    expect([await access(first), await access(again)]).toEqual([200, 200])
    expect(await live()).toHaveLength(1)
    expect(told(server, 'auth.legacy.exchanged')).toHaveLength(1)
    expect(told(server, 'auth.refresh.replayed')).toHaveLength(1)
    await server.close()
  })

  test('with its idempotency key as late as it lives, while its successor was not used', async () => {
    const { server, clock, token, exchanged, refresh } = await open()
    const lost = await exchanged(token, 'a key')
    for (const wait of [hour, 5 * day]) {
      clock.advance(wait)
      expect((await exchanged(token, 'a key')).refresh).toBe(lost.refresh)
    }
    await exchanged(lost.refresh)
    expect((await refresh(token, 'a key')).status).toBe(401)
    expect(told(server, 'auth.refresh.reuse_detected')).toHaveLength(1)
    await server.close()
  })

  test('later, or after its successor was used: taken for theft, the session ends', async () => {
    for (const used of [false, true]) {
      const { server, clock, token, exchanged, refresh, access } = await open()
      let newest = await exchanged(token)
      if (used) newest = await exchanged(newest.refresh)
      else clock.advance(10_001)
      expect((await refresh(token)).json()).toEqual(refusal)
      expect([(await refresh(newest.refresh)).status, await access(newest)]).toEqual([401, 401])
      const [event] = server.events.filter(({ event: name }) => name === 'auth.refresh.reuse_detected')
      expect(event?.fields).toMatchObject({
        user_id: '7',
        session_id: claimsOf(newest.refresh).sid,
        compared: { presented_generation: -1, stored_generation: used ? 1 : 0 },
      })
      expect(told(server, 'auth.refresh.failed')).toEqual(['reuse', 'revoked'])
      await server.close()
    }
  })

  test('without a grace window the second showing ends the session', async () => {
    const { server, token, exchanged, refresh } = await open({
      ...settings,
      COUNTERSIGN_REFRESH_GRACE: '0',
    })
    const pair = await exchanged(token)
    expect((await refresh(token)).status).toBe(401)
    expect((await refresh(pair.refresh)).status).toBe(401)
    await server.close()
  })
})

describe('what is refused, each with one answer for all', () => {
  type Opened = Awaited<ReturnType<typeof open>>
  const cases: [name: string, reason: string, before: (opened: Opened) => unknown][] = [
    ['expired', 'expired', ({ clock }) => clock.advance(8 * day)],
    ['blacklisted in Django', 'blacklisted', ({ importTokens, claims }) => importTokens([claims], 1)],
    [
      'S10 S11: of a disabled user',
      'user_inactive',
      ({ store }) => store.updateUser({ userId: '7', set: { is_active: 0 } }),
    ],
    [
      'S10 S11: of nobody here',
      'unknown_user',
      ({ store, clock }) => store.deleteUser({ userId: '7', now: clock() }),
    ],
    [
      'S12: older than the end of all sessions',
      'outdated',
      ({ store }) => store.endSessionsOfUser({ userId: '7', now: start, reason: 'operator' }),
    ],
    ['S08: logged out with', 'blacklisted', ({ logout, token }) => logout(token)],
    ['the key’s time is over', 'bad_signature', ({ clock }) => clock.advance(30 * day)],
  ]
  test.each(cases)('%s', async (_, reason, before) => {
    const opened = await open()
    await before(opened)
    const answer = await opened.refresh(opened.token)
    expect([answer.status, answer.json()]).toEqual([401, refusal])
    expect(told(opened.server, 'auth.refresh.failed')).toEqual([reason])
    expect(await opened.live()).toEqual([])
    await opened.server.close()
  })

  test('one that is not among those that were imported, where simplejwt lists all that it gives out', async () => {
    for (const [version, status] of [
      ['5.2', 200],
      ['5.5', 401],
    ] as const) {
      const opened = await open({ ...settings, COUNTERSIGN_SIMPLEJWT: version })
      await opened.importTokens([refreshClaims(7, start)])
      expect((await opened.refresh(opened.token)).status, version).toBe(status)
      const reasons = status === 200 ? [] : ['unknown_token']
      expect(told(opened.server, 'auth.refresh.failed')).toEqual(reasons)
      await opened.server.close()
    }
  })

  test('in the words of simplejwt, where its profile is on', async () => {
    const opened = await open({ ...settings, COUNTERSIGN_SIMPLEJWT: '5.5' })
    const { server, store, claims, token, refresh, logout } = opened
    const detail = async (text: string) => (await refresh(text)).json().detail
    await logout(token)
    expect(await detail(token)).toBe('Token is blacklisted')
    expect(await detail(mint({ ...claims, exp: start / 1000 - 1 }))).toBe('Token is expired')
    expect(await detail(mint(refreshClaims(8, start)))).toBe('No active account found for the given token.')
    await store.importLegacyTokens([])
    expect(await detail(mint(refreshClaims(7, start)))).toBe('Token is invalid')
    await server.close()
  })

  test('with no key set, it is a text like any other', async () => {
    const { server, token, refresh, logout } = await open({})
    expect((await refresh(token)).json()).toEqual(refusal)
    expect((await logout(token)).json()).toEqual(refusal)
    expect(told(server, 'auth.refresh.failed')).toEqual(['bad_signature'])
    await server.close()
  })

  test('T11: an access token of Django is refused by every route, so its client refreshes', async () => {
    for (const sign of ['false', 'true']) {
      const { server, claims, access, refresh } = await open({ ...settings, COUNTERSIGN_DJANGO_SIGN: sign })
      const theirs = mint({ ...claims, token_type: 'access', exp: start / 1000 + 300 })
      expect(await access({ access: theirs } as TokenPair)).toBe(401)
      expect((await refresh(theirs)).status).toBe(401)
      await server.close()
    }
  })

  test('a refresh token of Django opens no route', async () => {
    const { server, token, access } = await open({ ...settings, COUNTERSIGN_DJANGO_SIGN: 'true' })
    expect(await access({ access: token } as TokenPair)).toBe(401)
    await server.close()
  })

  test('token/verify says of one what a refresh would, and takes nothing from it', async () => {
    const { server, token, exchanged, refresh, clock, claims } = await open({
      ...settings,
      COUNTERSIGN_SIMPLEJWT: '5.2',
    })
    const verify = async (text: string) => (await server.post('/api/token/verify/', { token: text })).status
    expect([await verify(token), await verify(token)]).toEqual([200, 200])
    const { refresh: ours } = await exchanged(token)
    // Within the grace window it would still get the same pair.
    expect(await verify(token)).toBe(200)
    clock.advance(minute)
    expect([await verify(token), await verify(ours)]).toEqual([400, 200])
    expect((await refresh(ours)).status).toBe(200)
    expect(await verify(mint({ ...claims, exp: start / 1000 }))).toBe(401)
    await server.close()
  })

  test('refusals of one token are counted by it: others at its address do not wait', async () => {
    const { server, importTokens, claims, refresh } = await open({ ...settings, COUNTERSIGN_LIMITS: '1' })
    const other = refreshClaims(7, start)
    await importTokens([{ ...claims, jti: `${'a'.repeat(28)}0001` }], 1)
    await importTokens([{ ...other, jti: `${'a'.repeat(28)}0002` }])
    const bad = mint({ ...claims, jti: `${'a'.repeat(28)}0001` })
    const statuses = []
    for (let shown = 0; shown < 12; shown += 1) statuses.push((await refresh(bad)).status)
    expect(statuses.at(-1)).toBe(429)
    expect((await refresh(mint({ ...other, jti: `${'a'.repeat(28)}0002` }))).status).toBe(200)
    await server.close()
  })
})

describe('S08 S13 S15: logout with a token of Django', () => {
  test('ends the session that it became, and answers 200 again', async () => {
    const { server, token, exchanged, logout, access, refresh } = await open()
    const pair = await exchanged(token)
    for (const _ of [1, 2]) {
      const answer = await logout(token)
      expect([answer.status, answer.json()]).toEqual([200, { message: 'Logged out successfully' }])
    }
    expect([await access(pair), (await refresh(pair.refresh)).status]).toEqual([401, 401])
    expect(told(server, 'auth.logout.succeeded')).toEqual(['ended', 'already_ended'])
    await server.close()
  })

  test('before it became one: it never will', async () => {
    const { server, token, logout, refresh } = await open()
    expect((await logout(token)).status).toBe(200)
    expect((await refresh(token)).status).toBe(401)
    await server.close()
  })

  test('S14: a forged one ends nothing', async () => {
    const { server, claims, token, exchanged, logout, access } = await open()
    const pair = await exchanged(token)
    const forged = mint(claims, { secret: 'another secret of 32 or more characters, really' })
    expect((await logout(forged)).status).toBe(401)
    expect(await access(pair)).toBe(200)
    await server.close()
  })

  test('S12: a log-out everywhere reaches tokens that were never shown here', async () => {
    const { server, token, exchanged, refresh } = await open()
    const { access } = await exchanged(mint(refreshClaims(7, start)))
    expect((await server.post('/api/logout/', { all: true }, bearer(access))).status).toBe(200)
    expect((await refresh(token)).status).toBe(401)
    expect(told(server, 'auth.refresh.failed')).toEqual(['outdated'])
    await server.close()
  })
})

describe('with COUNTERSIGN_DJANGO_SIGN', () => {
  const signing = { ...settings, COUNTERSIGN_DJANGO_SIGN: 'true' }

  test('access tokens are HS256 until the end, and ES256 behind it, without a restart', async () => {
    const { server, clock, token, exchanged, access } = await open(signing)
    const pair = await exchanged(token)
    const headerOf = (one: TokenPair) => decode(partsOf(one.access).header)
    expect(headerOf(pair)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(await access(pair)).toBe(200)
    clock.advance(29 * day)
    const { session } = server
    const bob = await session('bobby')
    clock.advance(day - minute)
    const late: TokenPair = (await server.post('/api/token/refresh/', { refresh: bob.refresh })).json()
    expect([headerOf(late), late.access_expires_in]).toEqual([{ alg: 'HS256', typ: 'JWT' }, 60])
    clock.advance(minute)
    expect(await access(late)).toBe(401)
    const after: TokenPair = (await server.post('/api/token/refresh/', { refresh: late.refresh })).json()
    expect(headerOf(after)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(await access(after)).toBe(200)
    await server.close()
  })

  test('the JWKS shows nothing of it', async () => {
    const { server } = await open(signing)
    const { keys } = (await server.get('/.well-known/jwks.json')).json()
    expect(keys.map(({ alg }: { alg: string }) => alg)).toEqual(['ES256', 'ES256'].slice(0, keys.length))
    expect(JSON.stringify(keys)).not.toContain('oct')
    await server.close()
  })
})
