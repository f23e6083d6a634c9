import { beforeAll, describe, expect, test } from 'vitest'
import { bearer, handClock, openTestServer, type TestServer, type TokenPair } from '../../test/harness.ts'
import { startBackground } from '../background/background.ts'
import { rotateKeys } from '../tokens/key-schedule.ts'

const password = 'correct horse battery'
const week = 604_800_000
const typed = 'somebody who mistyped his password as his name'
const email = 'alice@example.com'

/** What was recorded while the work ran: the event, and what an operator filters by. */
async function recorded(server: TestServer, work: () => Promise<unknown>) {
  const before = server.events.length
  await work()
  return server.events.slice(before).map(({ event, fields }) => ({ event, ...fields }))
}

interface Alice {
  id: string
  sid: string
  pair: TokenPair
}

let server: TestServer
const login = (username: string, secret = password) =>
  server.post('/api/login/', { username, password: secret })
const refresh = (token: string) => server.post('/api/token/refresh/', { refresh: token })
const logout = (token: string) => server.post('/api/logout/', { refresh: token })

async function openAlice(): Promise<Alice> {
  const pair = (await login('alice')).json() as TokenPair
  const { sid, sub } = JSON.parse(Buffer.from(pair.access.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string
    sub: string
  }
  return { id: sub, sid, pair }
}

beforeAll(async () => {
  server = await openTestServer({ clock: handClock() })
  await server.post('/api/register/', { username: 'alice', email, password })
  return () => server.close()
})

const request = { request_id: expect.stringMatching(/^[0-9a-f-]{36}$/), client_ip: '127.0.0.1' }

describe('H18: what a run of requests leaves behind', () => {
  test('registration', async () => {
    const bob = { username: 'bob', email: 'bob@example.com', password }
    expect(await recorded(server, () => server.post('/api/register/', bob))).toEqual([
      { event: 'auth.register.succeeded', ...request, user_id: expect.any(String) },
    ])
    expect(await recorded(server, () => server.post('/api/register/', bob))).toEqual([
      { event: 'auth.register.failed', ...request, code: 'invalid' },
    ])
  })

  test('logins, and why they failed', async () => {
    const { id, sid } = await openAlice()
    expect(server.events.at(-1)).toEqual({
      event: 'auth.login.succeeded',
      fields: { ...request, user_id: id, session_id: sid, device: 'lightMyRequest' },
    })
    const failed = { event: 'auth.login.failed', ...request, code: 'invalid_credentials' }
    expect(await recorded(server, () => login(typed))).toEqual([{ ...failed, reason: 'unknown_user' }])
    expect(await recorded(server, () => login('alice', 'wrong'))).toEqual([
      { ...failed, user_id: id, reason: 'wrong_password' },
    ])
    const { store } = server.deployment
    await store.updateUser({ userId: id, set: { is_active: 0 } })
    expect(await recorded(server, () => login('alice'))).toEqual([
      { ...failed, user_id: id, reason: 'user_inactive' },
    ])
    expect(await recorded(server, () => login('alice', 'wrong'))).toEqual([
      { ...failed, user_id: id, reason: 'wrong_password' },
    ])
    await store.updateUser({ userId: id, set: { is_active: 1 } })
  })

  test('a session from login to theft', async () => {
    const { id, sid, pair } = await openAlice()
    const who = { ...request, user_id: id, session_id: sid }
    const failed = { event: 'auth.refresh.failed', ...who, code: 'token_not_valid' }
    const rotated_at = server.clock()
    expect(await recorded(server, () => refresh(pair.refresh))).toEqual([
      { event: 'auth.refresh.rotated', ...who },
    ])
    expect(await recorded(server, () => refresh(pair.refresh))).toEqual([
      { event: 'auth.refresh.replayed', ...who },
    ])
    server.clock.advance(11_000)
    const compared = {
      ...{ presented_generation: 0, stored_generation: 1, rotated_at, grace_ms: 10_000 },
      ...{ token_expires_at: rotated_at + week, session_expires_at: rotated_at + week },
      decided_at: server.clock(),
    }
    expect(await recorded(server, () => refresh(pair.refresh))).toEqual([
      { event: 'auth.refresh.reuse_detected', ...who, compared },
      { ...failed, reason: 'reuse', compared },
    ])
    server.clock.advance(1_000)
    const after = { decided_at: server.clock(), revoked_at: compared.decided_at, revoked_reason: 'reuse' }
    expect(await recorded(server, () => refresh(pair.refresh))).toEqual([
      { ...failed, reason: 'revoked', compared: { ...compared, ...after } },
    ])
    expect(await recorded(server, () => logout(pair.refresh))).toEqual([
      { event: 'auth.logout.succeeded', ...who, reason: 'already_ended' },
    ])
  })

  test('a session from login to logout', async () => {
    const { id, sid, pair } = await openAlice()
    const who = { ...request, user_id: id, session_id: sid }
    expect(await recorded(server, () => logout(pair.refresh))).toEqual([
      { event: 'auth.logout.succeeded', ...who, reason: 'ended' },
    ])
    expect(await recorded(server, () => refresh(pair.refresh))).toMatchObject([
      {
        ...{ event: 'auth.refresh.failed', ...who, code: 'token_not_valid', reason: 'revoked' },
        compared: { revoked_at: server.clock(), revoked_reason: 'logout' },
      },
    ])
  })

  test('logout everywhere counts what it ended', async () => {
    const { id, pair } = await openAlice()
    await openAlice()
    const [only, ...more] = await recorded(server, () =>
      server.post('/api/logout/', { all: true }, bearer(pair.access)),
    )
    expect(more).toEqual([])
    expect(only).toMatchObject({ event: 'auth.logout.succeeded', user_id: id })
    expect(only?.count).toBeGreaterThanOrEqual(2)
  })

  test('tokens that are none, or of the other kind', async () => {
    const { pair } = await openAlice()
    const forged = `${pair.refresh.slice(0, -2)}AA`
    for (const [act, event] of [
      [refresh, 'auth.refresh.failed'],
      [logout, 'auth.logout.failed'],
    ] as const) {
      expect(await recorded(server, () => act(forged))).toEqual([
        { event, ...request, code: 'token_not_valid', reason: 'bad_signature' },
      ])
      expect(await recorded(server, () => act(pair.access))).toEqual([
        { event, ...request, code: 'token_wrong_type', reason: 'access_token' },
      ])
    }
  })

  test('a token whose time is over', async () => {
    const { id, sid, pair } = await openAlice()
    const token_expires_at = server.clock() + week
    server.clock.advance(week)
    expect(await recorded(server, () => refresh(pair.refresh))).toEqual([
      {
        ...{ event: 'auth.refresh.failed', ...request, user_id: id, session_id: sid },
        ...{ code: 'token_not_valid', reason: 'expired' },
        compared: { decided_at: token_expires_at, token_expires_at, presented_generation: 0 },
      },
    ])
  })

  test('an idle user who was disabled, at his next refresh', async () => {
    const { id, sid, pair } = await openAlice()
    await server.deployment.store.updateUser({ userId: id, set: { is_active: 0 } })
    expect(await recorded(server, () => refresh(pair.refresh))).toMatchObject([
      {
        ...{ event: 'auth.refresh.failed', ...request, user_id: id, session_id: sid },
        ...{ code: 'token_not_valid', reason: 'user_inactive' },
      },
    ])
    await server.deployment.store.updateUser({ userId: id, set: { is_active: 1 } })
  })

  test('H17: no name that was typed, no address, no token, no password is anywhere in it', async () => {
    const { pair } = await openAlice()
    await logout(pair.refresh)
    const everything = JSON.stringify(server.events)
    expect(server.events.length).toBeGreaterThan(20)
    for (const secret of [
      typed,
      password,
      'wrong"',
      email,
      'bob',
      'eyJ',
      pair.access,
      pair.refresh,
      'argon2',
    ])
      expect(everything).not.toContain(secret)
  })

  test('every answer carries the request id of its event', async () => {
    const answer = await login(typed)
    expect(server.events.at(-1)?.fields.request_id).toBe(answer.headers['x-request-id'])
  })
})

test('a rotation of the keys is recorded by every process that sees it, with the key that signs from now on', async () => {
  const stop = startBackground(server.deployment)
  try {
    const { keyDeps, keyRing } = server.deployment
    server.clock.advance(360_000)
    const next = keyRing.rows().find(({ state }) => state === 'next')?.kid
    const events = await recorded(server, () => rotateKeys(keyDeps, server.clock()))
    expect(events).toEqual([{ event: 'key.changed', kid: next }])
  } finally {
    await stop()
  }
})
