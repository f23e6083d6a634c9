import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, bearer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'

/** Behind a proxy, so that a test says where its requests come from. */
const limited = { COUNTERSIGN_LIMITS: '1', COUNTERSIGN_TRUST_PROXY: '1' }
const password = 'correct horse battery'
const home = '198.51.100.7'

let server: TestServer
let hashes: number
let pair: TokenPair
let strangers = 0

beforeEach(async () => {
  server = await openTestServer({ env: limited })
  await send('/api/register/', { username: 'alice', email: 'alice@example.com', password }, home)
  pair = (await logIn('alice', home)).json()
  const { passwords } = server.deployment
  const { verify } = passwords
  hashes = 0
  passwords.verify = (...input) => {
    hashes += 1
    return verify(...input)
  }
})
afterEach(() => server.close())

const send = (path: string, body: object, address: string) =>
  server.post(path, body, { 'x-forwarded-for': address })

const logIn = (username: string, address: string, secret = password) =>
  send('/api/login/', { username, password: secret }, address)

const guess = (username: string, address: string) => logIn(username, address, 'not the password')

/** An address that nobody had before. */
function stranger(): string {
  strangers += 1
  return `2001:db8:${strangers.toString(16)}::1`
}

/** What an answer says, without what differs each time. */
function told({ status, text, headers }: Answer) {
  const { 'x-request-id': _, date: __, ...rest } = headers
  return { status, text, rest }
}

describe('P12, P13: a guesser', () => {
  test('of one user from many addresses is let in six times, then refused before anything is hashed', async () => {
    const statuses = []
    for (let tried = 0; tried < 30; tried += 1) statuses.push((await guess('alice', stranger())).status)
    expect(statuses).toEqual([...Array(6).fill(401), ...Array(24).fill(429)])
    expect(hashes).toBe(6)
  })

  test('hears when to come again, in the words of Django REST framework and in the fields for it', async () => {
    for (let tried = 0; tried < 6; tried += 1) await guess('alice', stranger())
    const first = await guess('alice', stranger())
    expect(told(first)).toMatchObject({
      status: 429,
      text: '{"detail":"Request was throttled. Expected available in 1 second."}',
      rest: { 'retry-after': '1', ratelimit: '"login_account";r=0;t=1', 'cache-control': 'no-store' },
    })
    server.clock.advance(1_000)
    expect((await guess('alice', stranger())).status).toBe(401)
    const second = await guess('alice', stranger())
    expect(second.json()).toEqual({ detail: 'Request was throttled. Expected available in 2 seconds.' })
    expect(second.headers['retry-after']).toBe('2')
  })

  test('P17: of many users from one address is let in sixty times', async () => {
    const statuses = []
    for (let tried = 0; tried < 70; tried += 1) statuses.push((await guess(`user${tried}`, home)).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(59)
    expect(statuses.indexOf(429)).toBe(59)
  })

  test('P19: hears of a name that nobody has what he hears of a user, to the byte', async () => {
    for (let tried = 0; tried < 12; tried += 1) {
      const known = told(await guess('alice', stranger()))
      const unknown = told(await guess('nobody', stranger()))
      expect(unknown).toEqual(known)
      if (tried % 3 === 2) server.clock.advance(1_000)
    }
  })

  test('advisory 4: does not get more by another path to the same login, or by another spelling of the name', async () => {
    const paths = ['/api/login/', '/api/login', '/api/token/', '/api/token']
    const names = ['alice', 'ALICE', 'ａｌｉｃｅ', ' Alice ']
    const statuses = []
    for (let tried = 0; tried < 12; tried += 1) {
      const body = { username: names[tried % 4], password: 'not the password' }
      statuses.push((await send(paths[tried % 4] ?? '', body, stranger())).status)
    }
    expect(statuses).toEqual([...Array(6).fill(401), ...Array(6).fill(429)])
  })

  test('a right password counts like any other: it does not tell itself by being let in', async () => {
    for (let tried = 0; tried < 6; tried += 1) await guess('alice', stranger())
    expect((await logIn('alice', stranger())).status).toBe(429)
  })

  test('faults of the body are told first, and count nothing', async () => {
    for (let tried = 0; tried < 70; tried += 1)
      expect((await send('/api/login/', { username: 'alice' }, home)).status).toBe(400)
    expect((await logIn('alice', home)).status).toBe(200)
  })
})

describe('P15: the user who is attacked', () => {
  beforeEach(async () => {
    for (let tried = 0; tried < 20; tried += 1) await guess('alice', stranger())
  })

  test('gets in from an address of his', async () => {
    expect((await logIn('alice', stranger())).status).toBe(429)
    expect((await logIn('alice', home)).status).toBe(200)
    expect((await logIn('alice', '::ffff:198.51.100.7')).status).toBe(200)
  })

  test('keeps his sessions, wherever he is', async () => {
    const { access, refresh } = pair
    const from = { 'x-forwarded-for': stranger() }
    expect((await server.get('/api/protected/', { ...bearer(access), ...from })).status).toBe(200)
    const renewed = await send('/api/token/refresh/', { refresh }, stranger())
    expect(renewed.status).toBe(200)
    expect((await send('/api/logout/', { refresh: renewed.json().refresh }, stranger())).status).toBe(200)
  })

  test('gets in from anywhere once the attack is over, a quarter of an hour later at the most', async () => {
    server.clock.advance(900_000)
    expect((await logIn('alice', stranger())).status).toBe(200)
    for (let tried = 0; tried < 6; tried += 1) expect((await guess('alice', stranger())).status).toBe(401)
  })
})

describe('P17: registrations', () => {
  test('from one address are let in twenty times, also those of taken names, before anything is hashed', async () => {
    const statuses = []
    for (let tried = 0; tried < 25; tried += 1) {
      const username = tried % 2 === 0 ? 'alice' : `user${tried}`
      const body = { username, email: `${username}@example.com`, password }
      statuses.push((await send('/api/register/', body, '203.0.113.1')).status)
    }
    expect(new Set(statuses.slice(0, 20))).toEqual(new Set([400, 201]))
    expect(new Set(statuses.slice(20))).toEqual(new Set([429]))
  })
})

describe('H19: refreshes', () => {
  const refresh = (token: string, address: string) => send('/api/token/refresh/', { refresh: token }, address)

  test('of forged tokens are refused after sixty, and good ones from the same address go on', async () => {
    const statuses = []
    for (let tried = 0; tried < 70; tried += 1) statuses.push((await refresh('forged', home)).status)
    expect(statuses).toEqual([...Array(60).fill(401), ...Array(10).fill(429)])
    let token = pair.refresh
    for (let rotation = 0; rotation < 100; rotation += 1) {
      const answer = await refresh(token, home)
      expect(answer.status).toBe(200)
      token = answer.json().refresh
    }
  })

  test('of an ended session are refused after ten, from wherever', async () => {
    await send('/api/logout/', { refresh: pair.refresh }, home)
    const statuses = []
    for (let tried = 0; tried < 12; tried += 1)
      statuses.push((await refresh(pair.refresh, stranger())).status)
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  })

  test('that fail by our fault do not count', async () => {
    const { store } = server.deployment
    const { rotateSession } = store
    store.rotateSession = () => Promise.reject(new Error('a fault'))
    for (let tried = 0; tried < 15; tried += 1) expect((await refresh(pair.refresh, home)).status).toBe(500)
    store.rotateSession = rotateSession
    for (let tried = 0; tried < 20; tried += 1) await refresh(pair.refresh, home)
    expect((await refresh(pair.refresh, home)).status).toBe(200)
  })
})

describe('what is told', () => {
  test('answers of throttled routes have their policy, whatever they say; others have none', async () => {
    const policy = '"login_address";q=60;w=240, "login_account";q=5;w=86400, '
    for (const answer of [
      await logIn('alice', home),
      await guess('alice', home),
      await send('/api/login/', {}, home),
    ])
      expect(answer.headers['ratelimit-policy']).toContain(policy)
    expect((await server.get('/api/protected/')).headers).not.toHaveProperty('ratelimit-policy')
    expect((await server.request('POST', '/api/logout/')).headers).not.toHaveProperty('ratelimit-policy')
  })

  test('H18: the log has who was refused by which rule', async () => {
    for (let tried = 0; tried < 6; tried += 1) await guess('alice', stranger())
    const answer = await guess('alice', '203.0.113.1')
    const fields = { code: 'throttled', rule: 'login_account', client_ip: '203.0.113.1' }
    expect(server.events.at(-1)).toEqual({
      event: 'auth.throttled',
      fields: { ...fields, request_id: answer.headers['x-request-id'] },
    })
  })
})

test('switched off, nothing is refused and nothing promised', async () => {
  await server.close()
  server = await openTestServer()
  for (let tried = 0; tried < 70; tried += 1) expect((await guess('nobody', home)).status).toBe(401)
  expect((await guess('nobody', home)).headers).not.toHaveProperty('ratelimit-policy')
})
