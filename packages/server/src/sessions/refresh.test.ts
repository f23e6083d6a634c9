import { describe, expect, test } from 'vitest'
import { bearer, openTestServer, type TestServer, type TokenPair } from '../../test/harness.ts'
import { disableUser, enableUser } from '../users/manage.ts'

const minute = 60_000
const day = 86_400_000

async function open(env: Record<string, string> = {}) {
  const server = await openTestServer({ env })
  const pair = await server.session('alice')
  const refresh = ({ refresh: token }: TokenPair, key?: string) =>
    server.post(
      '/api/token/refresh/',
      { refresh: token },
      key === undefined ? {} : { 'idempotency-key': key },
    )
  const refreshed = async (from: TokenPair, key?: string): Promise<TokenPair> =>
    (await refresh(from, key)).json()
  const access = async ({ access: token }: TokenPair) =>
    (await server.get('/api/protected/', bearer(token))).status
  return { server, clock: server.clock, pair, refresh, refreshed, access }
}

function refusals(server: TestServer): unknown[] {
  return server.events
    .filter(({ event }) => event === 'auth.refresh.failed')
    .map(({ fields }) => fields.reason)
}

describe('nobody honest is logged out', () => {
  test('a lost answer, asked for again with its key as late as its token lives: the same bytes', async () => {
    const { server, clock, pair, refresh, refreshed } = await open()
    const lost = await refreshed(pair, 'a key')
    for (const wait of [minute, 60 * minute, 6 * day]) {
      clock.advance(wait)
      expect((await refreshed(pair, 'a key')).refresh).toBe(lost.refresh)
    }
    expect((await refresh(lost)).status).toBe(200)
    await server.close()
  })

  test('two tabs within the window: one successor, and an access token each', async () => {
    const { server, clock, pair, refreshed, access } = await open()
    const one = await refreshed(pair, 'tab 1')
    clock.advance(10_000)
    const other = await refreshed(pair, 'tab 2')
    expect(other.refresh).toBe(one.refresh)
    expect(other.access).not.toBe(one.access)
    expect([await access(one), await access(other)]).toEqual([200, 200])
    await server.close()
  })

  test('with until_used, a spent token however late, as long as its successor was never shown', async () => {
    const { server, clock, pair, refresh, refreshed } = await open({
      COUNTERSIGN_REFRESH_REPLAY: 'until_used',
    })
    const lost = await refreshed(pair)
    clock.advance(6 * day)
    const again = await refreshed(pair)
    expect(again.refresh).toBe(lost.refresh)
    await refreshed(again)
    expect((await refresh(pair)).status).toBe(401)
    expect(refusals(server)).toEqual(['reuse'])
    await server.close()
  })
})

describe('nobody keeps a stolen token', () => {
  test('reuse ends the session, its newest tokens included, and writes an event', async () => {
    const { server, clock, pair, refresh, refreshed, access } = await open()
    const next = await refreshed(pair, 'a key')
    clock.advance(10_001)
    expect((await refresh(pair, 'another key')).status).toBe(401)
    expect([(await refresh(next)).status, await access(next), await access(pair)]).toEqual([401, 401, 401])
    const [event] = server.events.filter(({ event: name }) => name === 'auth.refresh.reuse_detected')
    expect(event?.fields).toMatchObject({ client_ip: '127.0.0.1', session_id: expect.any(String) })
    expect(refusals(server)).toEqual(['reuse', 'revoked'])
    await server.close()
  })

  test('an end within the grace window ends the window', async () => {
    const { server, pair, refresh, refreshed, access } = await open()
    const next = await refreshed(pair, 'a key')
    expect((await server.post('/api/logout/', { refresh: pair.refresh })).status).toBe(200)
    expect([(await refresh(pair, 'a key')).status, (await refresh(next)).status]).toEqual([401, 401])
    expect([await access(pair), await access(next)]).toEqual([401, 401])
    expect(refusals(server)).toEqual(['revoked', 'revoked'])
    await server.close()
  })

  test('a disabled user is out at once; enabled again he logs in, and his old session stays ended', async () => {
    const { server, pair, refresh, access, clock } = await open()
    const { deployment } = server
    const user = await deployment.store.findUserByName('alice')
    if (!user) throw new Error('alice was not stored')
    await disableUser(deployment, user)
    expect((await refresh(pair)).status).toBe(401)
    await deployment.followRevoked(clock())
    const refused = await server.get('/api/protected/', bearer(pair.access))
    expect(refused.json().code).toBe('user_inactive')
    await enableUser(deployment, user)
    expect([(await refresh(pair)).status, await access(pair)]).toEqual([401, 401])
    expect(
      (await server.post('/api/login/', { username: 'alice', password: 'correct horse battery' })).status,
    ).toBe(200)
    await server.close()
  })
})

describe('the two ends of a session', () => {
  test('each refresh starts the sliding one anew, and none moves the hard one', async () => {
    const { server, clock, pair, refresh, refreshed } = await open({ COUNTERSIGN_SESSION_TTL: '20d' })
    let newest = pair
    const lives: number[] = []
    for (const wait of [6 * day, 6 * day, 6 * day, 2 * day - minute]) {
      clock.advance(wait)
      newest = await refreshed(newest)
      lives.push(newest.refresh_expires_in)
    }
    expect(lives).toEqual([7 * 86_400, 7 * 86_400, 2 * 86_400, 60])
    expect(newest.access_expires_in).toBe(60)
    clock.advance(minute)
    expect((await refresh(newest)).status).toBe(401)
    expect(refusals(server)).toEqual(['expired'])
    await server.close()
  })

  test('a token that is not used for its lifetime is over', async () => {
    const { server, clock, pair, refresh } = await open()
    clock.advance(7 * day)
    expect((await refresh(pair)).status).toBe(401)
    await server.close()
  })

  test('a hundred refreshes leave one row', async () => {
    const { server, pair, refreshed, clock } = await open()
    let newest = pair
    for (let count = 0; count < 100; count += 1) {
      clock.advance(minute)
      newest = await refreshed(newest)
    }
    const rows = await server.deployment.store.listSessions({ after: undefined, limit: 9 })
    expect(rows.map(({ generation }) => generation)).toEqual([100])
    await server.close()
  })
})
