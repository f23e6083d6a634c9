import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { explanationOf, toldText } from '../../src/explain/explanation.ts'
import { factsOf } from '../../src/explain/facts.ts'
import { endReasons } from '../../src/explain/session-ends.ts'
import { createRefreshTokens } from '../../src/tokens/refresh-token.ts'
import {
  type Answer,
  bearer,
  openTestServer,
  type TestServer,
  type TokenPair,
  testSecret,
} from '../harness.ts'
import { claimsOf } from '../races/http-client.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
  await server.session('alice')
  return () => server.close()
})

const week = 604_800_000
const wrong = { username: 'alice', password: 'wrong' }
const login = async () => (await server.session('alice')) as TokenPair
const refresh = (token: string) => server.post('/api/token/refresh/', { refresh: token })
const protectedRoute = (token: string) => server.get('/api/protected/', bearer(token))

/** What an operator reads about the request that was just answered. */
async function explained(answer: Answer) {
  const { trail, store } = server.deployment
  await trail.flush()
  const requestId = String(answer.headers['x-request-id'])
  const [row] = await store.listEvents({ requestId, limit: 1 })
  if (!row) throw new Error(`no event of ${requestId}`)
  const facts = factsOf(row, 'alice', 'this machine’s clock')
  return { ...explanationOf(facts), told: toldText(facts), row }
}

/** A refresh token as this deployment makes them, whatever its session. */
function tokenOf(fields: { sessionId?: string; generation?: number }): string {
  const now = server.clock()
  return createRefreshTokens({ issuer: server.config.issuer, secrets: [testSecret] }).issue({
    ...{ sessionId: randomUUID(), userId: 'alice', generation: 0, rotatedAt: now, expiresAt: now + week },
    ...fields,
  })
}

async function setActive(flag: 0 | 1): Promise<void> {
  const { store } = server.deployment
  const [user] = await store.listUsers({ after: undefined, limit: 1 })
  const endSessions = { now: server.clock(), reason: 'user_disabled' as const }
  await store.updateUser({
    userId: user?.id ?? '',
    set: { is_active: flag },
    ...(flag === 0 && { endSessions }),
  })
}

describe('why a refresh was refused', () => {
  test('expired: which instants were compared', async () => {
    const { refresh: token } = await login()
    const expiresAt = new Date(server.clock() + week).toISOString()
    server.clock.advance(week + 3_600_000)
    const { why, told } = await explained(await refresh(token))
    expect(why).toBe(
      `The refresh token, of generation 0, expired at ${expiresAt} by this machine’s clock, 1 h before this request.`,
    )
    expect(told).toBe('401 "Token is invalid or expired" (token_not_valid), and no more')
  })

  test('reuse: which generation was shown, which was stored, since when, and the grace window', async () => {
    const { refresh: token } = await login()
    await refresh(token)
    const rotatedAt = new Date(server.clock()).toISOString()
    server.clock.advance(10_001)
    const { why, todo } = await explained(await refresh(token))
    expect(why).toMatch(
      /of generation 0, while the session was at generation 1 since (\S+) by this machine’s clock, 10 s/,
    )
    expect(why).toContain(rotatedAt)
    expect(why).toContain('for 10 s (COUNTERSIGN_REFRESH_GRACE)')
    expect(todo).toContain('Idempotency-Key')
    const again = await explained(await refresh(token))
    expect(again.why).toMatch(/^The session had ended at .*, 0 ms before this request: a spent refresh token/)
  })

  test('reuse of an older one: that no grace is for it', async () => {
    const first = await login()
    const second = (await refresh(first.refresh)).json() as TokenPair
    await refresh(second.refresh)
    const { why } = await explained(await refresh(first.refresh))
    expect(why).toContain('of generation 0, while the session was at generation 2')
    expect(why).toContain('this one is older')
  })

  test('revoked: when, and by whom', async () => {
    const pair = await login()
    await server.post('/api/logout/', { refresh: pair.refresh })
    server.clock.advance(90_000)
    expect((await explained(await refresh(pair.refresh))).why).toMatch(
      /1 min before this request: the user logged out\.$/,
    )
  })

  test.each([
    [
      'a session that is not there',
      () => tokenOf({ generation: 3 }),
      /of generation 3, and its session is not in/,
    ],
    ['a made-up token', () => 'made.up.token', /no refresh token that this deployment made/],
    ['an access token', async () => (await login()).access, /good access token was shown where the refresh/],
    [
      'a generation that was never given out',
      async () => tokenOf({ sessionId: claimsOf((await login()).access).sid, generation: 9 }),
      /of generation 9, and the session is only at generation 0/,
    ],
  ])('%s', async (_, token, why) => {
    expect((await explained(await refresh(await token()))).why).toMatch(why)
  })

  test('a user who is disabled', async () => {
    const { refresh: token } = await login()
    const { store } = server.deployment
    const userId = claimsOf(token).sub
    await store.updateUser({ userId, set: { is_active: 0 } })
    expect(await explained(await refresh(token))).toMatchObject({
      why: 'alice is disabled, so his session cannot go on.',
      todo: 'If he should be let in: countersign users enable alice',
    })
    await setActive(1)
  })
})

describe('why a login was refused', () => {
  test('which check refused it', async () => {
    const typed = { username: 'my password by mistake', password: 'x' }
    const unknown = await explained(await server.post('/api/login/', typed))
    expect(unknown.why).toMatch(/^Nobody has the name that was typed/)
    expect(JSON.stringify(unknown)).not.toContain(typed.username)
    expect((await explained(await server.post('/api/login/', wrong))).why).toBe(
      "The name is alice's, and the password is not.",
    )
    await setActive(0)
    const right = { username: 'alice', password: 'correct horse battery' }
    expect((await explained(await server.post('/api/login/', right))).why).toContain('and he is disabled')
    await setActive(1)
  })

  test('that it was shed, and by what', async () => {
    const full = await openTestServer({
      env: { COUNTERSIGN_HASH_QUEUE: '0', COUNTERSIGN_HASH_PARALLEL: '1' },
    })
    const answers = await Promise.all([1, 2, 3].map(() => full.post('/api/login/', wrong)))
    const shed = answers.find(({ status }) => status === 503)
    await full.deployment.trail.flush()
    const requestId = String(shed?.headers['x-request-id'])
    const [row] = await full.deployment.store.listEvents({ requestId, limit: 1 })
    await full.close()
    if (!row) throw new Error('it is not kept')
    const { why } = explanationOf(factsOf(row, 'nobody', 'this machine’s clock'))
    expect(why).toMatch(/^The password was not looked at: too many logins waited/)
  })
})

test('why a request was throttled: by which rule, and what it counts', async () => {
  const limited = await openTestServer({ env: { COUNTERSIGN_LIMITS: '1' } })
  let answer = await limited.post('/api/login/', wrong)
  while (answer.status !== 429) answer = await limited.post('/api/login/', wrong)
  await limited.deployment.trail.flush()
  const requestId = String(answer.headers['x-request-id'])
  const [row] = await limited.deployment.store.listEvents({ requestId, limit: 1 })
  await limited.close()
  if (!row) throw new Error('it is not kept')
  const facts = factsOf(row, 'nobody', 'this machine’s clock')
  expect(explanationOf(facts).why).toMatch(
    /the rule login_account refused this one .*passwords that are tried.*by account/,
  )
  expect(toldText(facts)).toContain('429')
})

describe('why an access token was refused', () => {
  test('that it is none, or of the other kind', async () => {
    const { refresh: token } = await login()
    expect((await explained(await protectedRoute('made.up'))).why).toMatch(/has expired, or is none of ours/)
    expect((await explained(await protectedRoute(token))).why).toMatch(/^A refresh token was shown/)
  })

  test('that its session has ended, and how', async () => {
    const { access, refresh: token } = await login()
    await server.post('/api/logout/', { refresh: token })
    const { why } = await explained(await protectedRoute(access))
    expect(why).toBe('The access token is good, and its session has ended: the user logged out.')
  })

  test('there are words for every end of a session', () => {
    expect(endReasons).toHaveLength(9)
  })
})

test('why a logout was refused', async () => {
  const { access } = await login()
  const logout = (token: string) => server.post('/api/logout/', { refresh: token })
  expect((await explained(await logout('made.up'))).why).toMatch(/^What was shown is no refresh token/)
  expect((await explained(await logout(access))).why).toMatch(/^A good access token was shown/)
})

test('why a registration was refused', async () => {
  const body = { username: 'alice', email: 'other@example.com', password: 'correct horse battery' }
  const { why, told } = await explained(await server.post('/api/register/', body))
  expect(why).toMatch(/^Somebody has the name/)
  expect(told).toBe('400 with a sentence for each field that is wrong')
})

test('the client is told the same as ever', async () => {
  const bodies = await Promise.all(['a.b.c', tokenOf({})].map(async (token) => (await refresh(token)).text))
  expect(new Set(bodies).size).toBe(1)
  expect(bodies[0]).toBe('{"detail":"Token is invalid or expired","code":"token_not_valid"}')
})
