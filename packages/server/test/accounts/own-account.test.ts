import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimsOf } from '../contract/tokens.ts'
import { bearer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'
import { lettersTo, letterTo } from './mailbox.ts'

const password = 'correct horse battery'
const another = 'another horse battery'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({ env: { COUNTERSIGN_ISSUER: 'https://auth.example.com' } })
})
afterAll(() => server.close())

let users = 0

/** Somebody new, logged in on two devices. */
async function newUser() {
  users += 1
  const username = `person${users}`
  const email = `${username}@example.com`
  const here = await server.session(username)
  const there = (await login(username)).json() as TokenPair
  return { username, email, here, there, id: String(claimsOf(here.access).sub) }
}

const login = (username: string, secret = password) =>
  server.post('/api/login/', { username, password: secret })
const isIn = async ({ access }: TokenPair) =>
  (await server.get('/api/protected/', bearer(access))).status === 200
const canRefresh = async ({ refresh }: TokenPair) =>
  (await server.post('/api/token/refresh/', { refresh })).status === 200

describe('a new password with the old one', () => {
  const change = ({ access }: TokenPair, old_password = password, new_password = another) =>
    server.post('/api/password/change/', { old_password, new_password }, bearer(access))

  test('S12: ends the other sessions at once and keeps this one', async () => {
    const { username, here, there } = await newUser()
    expect((await change(here)).status).toBe(200)
    expect([await isIn(here), await isIn(there), await canRefresh(there)]).toEqual([true, false, false])
    expect(await canRefresh(here)).toBe(true)
    expect([(await login(username)).status, (await login(username, another)).status]).toEqual([401, 200])
  })

  test('P27: tells the owner, where and from what', async () => {
    const { email, here } = await newUser()
    await server.request('POST', '/api/password/change/', {
      body: { old_password: password, new_password: another },
      headers: { ...bearer(here.access), 'user-agent': 'curl/8.5' },
    })
    const { text } = await letterTo(server, email, 'password_changed')
    expect(text).toContain('curl/8.5')
    expect(text).toContain('127.0.0.1')
    expect(text).not.toContain(another)
  })

  test('P25: a wrong old one changes nothing, ends nothing, tells nobody', async () => {
    const { username, email, here, there } = await newUser()
    expect((await change(here, 'wrong')).status).toBe(400)
    expect([await isIn(there), (await login(username)).status]).toEqual([true, 200])
    expect(await lettersTo(server, email)).toEqual([])
  })

  test('makes a link to a new password worthless that was sent before', async () => {
    const { email, here } = await newUser()
    await server.post('/api/password/reset/', { email })
    const { token } = await letterTo(server, email, 'reset_password')
    await change(here)
    const answer = await server.post('/api/password/reset/confirm/', {
      token,
      new_password: 'a third one, longer',
    })
    expect(answer.status).toBe(400)
  })

  test('P25: guesses are limited, however fast they come', async () => {
    const limited = await openTestServer({ env: { COUNTERSIGN_LIMITS: '1' } })
    const { access } = await limited.session()
    const guess = (old_password: string) =>
      limited.post('/api/password/change/', { old_password, new_password: another }, bearer(access))
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => guess(`guess ${index}`)))
    const counts = Object.groupBy(answers, ({ status }) => status)
    expect(counts[400]?.length).toBeLessThanOrEqual(6)
    expect(counts[429]?.length).toBeGreaterThanOrEqual(14)
    expect(counts[429]?.[0]?.headers['retry-after']).toMatch(/^\d+$/)
    expect((await guess(password)).status).toBe(429)
    await limited.close()
  })
})

describe('a new password by mail', () => {
  async function asked() {
    const user = await newUser()
    await server.post('/api/password/reset/', { email: user.email })
    return { ...user, letter: await letterTo(server, user.email, 'reset_password') }
  }
  const confirm = (body: object) =>
    server.post('/api/password/reset/confirm/', { new_password: another, ...body })

  test('F12: asking changes nothing', async () => {
    const { username, here, there } = await asked()
    expect([await isIn(here), await canRefresh(there), (await login(username)).status]).toEqual([
      true,
      true,
      200,
    ])
  })

  test('F11, S12: ends all sessions, sets the password, and tells the owner', async () => {
    const { username, email, here, there, letter } = await asked()
    expect((await confirm({ token: letter.token })).status).toBe(200)
    for (const pair of [here, there])
      expect([await isIn(pair), await canRefresh(pair)]).toEqual([false, false])
    expect([(await login(username)).status, (await login(username, another)).status]).toEqual([401, 200])
    expect(await letterTo(server, email, 'password_changed')).toBeDefined()
  })

  test('F11: 256 bits in the link, and neither link nor code is stored', async () => {
    const { id, email, letter } = await asked()
    expect(Buffer.from(letter.token, 'base64url')).toHaveLength(32)
    const { store } = server.deployment
    const mails = await store.listMails({ after: undefined, limit: 200 })
    const rows = JSON.stringify([
      mails.filter(({ recipient }) => recipient === email),
      await store.findUserById(id),
    ])
    expect(rows).not.toContain(letter.token)
    expect(rows).not.toContain(letter.code)
  })

  test('F11: looking at the page spends nothing, however often', async () => {
    const { letter } = await asked()
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'GET']) await server.request(method, letter.path)
    expect((await confirm({ token: letter.token })).status).toBe(200)
  })

  test('F11: five wrong codes, and the right one is worth nothing; the link still is', async () => {
    const { email, letter } = await asked()
    const wrong = String((Number(letter.code) + 1) % 100_000_000).padStart(8, '0')
    for (let tried = 0; tried < 5; tried += 1) await confirm({ email, code: wrong })
    expect((await confirm({ email, code: letter.code })).status).toBe(400)
    expect((await confirm({ token: letter.token })).status).toBe(200)
  })

  test('also proves the address', async () => {
    const { username, letter } = await asked()
    await confirm({ token: letter.token })
    const { access } = (await login(username, another)).json() as TokenPair
    expect((await server.get('/api/me/', bearer(access))).json()).toMatchObject({ email_verified: true })
  })

  test('a disabled user gets no mail, and the same answer', async () => {
    const { id, email } = await newUser()
    await server.deployment.store.updateUser({ userId: id, set: { is_active: 0 } })
    const answer = await server.post('/api/password/reset/', { email })
    expect([answer.status, await lettersTo(server, email)]).toEqual([200, []])
  })

  test('H20: links lead to the configured address, whatever host a request names', async () => {
    const { email } = await newUser()
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }
    await server.post('/api/password/reset/', { email }, headers)
    const { text } = await letterTo(server, email, 'reset_password')
    expect(text).toContain('https://auth.example.com/account/reset?token=')
    expect(text).not.toContain('evil.example')
  })

  test('F12: one account gets a few mails, whoever asks; one address asks a few times, whomever about', async () => {
    const limited = await openTestServer({
      env: { COUNTERSIGN_LIMITS: '1', COUNTERSIGN_TRUST_PROXY: '1' },
    })
    await limited.session()
    const ask = (email: string, from: string) =>
      limited.post('/api/password/reset/', { email }, { 'x-forwarded-for': from })
    const statuses = async (asks: ReturnType<typeof ask>[]) =>
      (await Promise.all(asks)).filter(({ status }) => status === 200).length
    const addresses = Array.from({ length: 30 }, (_, index) => `192.0.2.${index}`)
    expect(await statuses(addresses.map((from) => ask('alice@example.com', from)))).toBe(3)
    expect(await lettersTo(limited, 'alice@example.com')).toHaveLength(3)
    expect(await statuses(addresses.map((from) => ask('nobody@example.com', from)))).toBe(3)
    const names = Array.from({ length: 30 }, (_, index) => `somebody${index}@example.com`)
    expect(await statuses(names.map((email) => ask(email, '198.51.100.1')))).toBe(10)
    await limited.close()
  })
})

describe('another address', () => {
  async function asked() {
    const user = await newUser()
    const email = `${user.username}@example.net`
    await server.post('/api/email/change/', { email }, bearer(user.here.access))
    return { ...user, to: email, letter: await letterTo(server, email, 'change_email') }
  }
  const verify = (body: object, headers: Record<string, string> = {}) =>
    server.post('/api/email/verify/', body, headers)
  const me = async ({ access }: TokenPair) => (await server.get('/api/me/', bearer(access))).json()

  test('F13: is kept apart until somebody shows that he reads it', async () => {
    const { here, email, to } = await asked()
    expect(await me(here)).toMatchObject({ email, email_verified: false })
    await server.post('/api/password/reset/', { email: to })
    expect((await lettersTo(server, to)).map(({ template }) => template)).toEqual(['change_email'])
  })

  test('F13, S12, P27: ends the sessions but the one that asked, and tells the old address', async () => {
    const { here, there, email, to, letter } = await asked()
    expect((await verify({ token: letter.token })).status).toBe(200)
    expect([await isIn(here), await isIn(there), await canRefresh(there)]).toEqual([true, false, false])
    expect(await me(here)).toMatchObject({ email: to, email_verified: true })
    expect((await lettersTo(server, email)).map(({ template }) => template)).toEqual(['email_changed'])
  })

  test('a link cannot be made to keep another session', async () => {
    const { there, letter } = await asked()
    const [secret] = letter.token.split('.')
    const forged = `${secret}.${claimsOf(there.access).sid}`
    expect((await verify({ token: forged })).status).toBe(400)
    expect((await verify({ token: secret })).status).toBe(400)
  })

  test('makes links worthless that went to the old one', async () => {
    const { email, letter } = await asked()
    await server.post('/api/password/reset/', { email })
    const { token } = await letterTo(server, email, 'reset_password')
    await verify({ token: letter.token })
    const answer = await server.post('/api/password/reset/confirm/', { token, new_password: another })
    expect(answer.status).toBe(400)
  })

  test('the code of one address is good for no other', async () => {
    const { here, letter } = await asked()
    const victim = await newUser()
    const answer = await verify({ email: victim.email, code: letter.code }, bearer(here.access))
    expect(answer.status).toBe(400)
    expect((await server.deployment.store.findUserByEmail(victim.email))?.id).toBe(victim.id)
  })

  test('a confirmed registration ends nothing', async () => {
    const { here, there, email } = await newUser()
    await server.post('/api/email/verify/resend/', { email })
    const { token } = await letterTo(server, email, 'verify_email')
    expect((await verify({ token })).status).toBe(200)
    expect([await isIn(here), await isIn(there)]).toEqual([true, true])
    expect(await me(here)).toMatchObject({ email_verified: true })
  })
})

describe('another name', () => {
  test('P27: is mailed; the old one is free, the tokens follow at the next refresh', async () => {
    const { username, email, here } = await newUser()
    const renamed = `${username}.new`
    await server.request('PATCH', '/api/me/', { body: { username: renamed }, headers: bearer(here.access) })
    expect((await letterTo(server, email, 'username_changed')).text).toContain(username)
    expect([(await login(username)).status, (await login(renamed)).status]).toEqual([401, 200])
    const next = (await server.post('/api/token/refresh/', { refresh: here.refresh })).json() as TokenPair
    expect(claimsOf(next.access).username).toBe(renamed)
    const again = { username, email: `${username}@example.org`, password }
    expect((await server.post('/api/register/', again)).status).toBe(201)
  })
})

describe('the own sessions', () => {
  test('S17: one that is ended is over at once', async () => {
    const { here, there } = await newUser()
    const id = String(claimsOf(there.access).sid)
    const end = () => server.request('DELETE', `/api/sessions/${id}/`, { headers: bearer(here.access) })
    expect([(await end()).status, (await end()).status]).toEqual([204, 404])
    expect([await isIn(here), await isIn(there), await canRefresh(there)]).toEqual([true, false, false])
  })

  test('S17: of all others only this one is left', async () => {
    const { here, there } = await newUser()
    await server.request('DELETE', '/api/sessions/', { headers: bearer(here.access) })
    expect([await isIn(here), await isIn(there), await canRefresh(there)]).toEqual([true, false, false])
    const { length } = (await server.get('/api/sessions/', bearer(here.access))).json()
    expect(length).toBe(1)
  })

  test('S17: what the list tells opens nothing', async () => {
    const { here } = await newUser()
    const [session] = (await server.get('/api/sessions/', bearer(here.access))).json()
    expect(Object.keys(session)).toEqual(
      ...[['id', 'device', 'address', 'created_at', 'last_used_at', 'expires_at', 'current']],
    )
    expect((await server.get('/api/me/', bearer(session.id))).status).toBe(401)
    expect((await server.post('/api/token/refresh/', { refresh: session.id })).status).toBe(401)
  })
})

describe('no account any more', () => {
  test('S10, P27: sessions are over, the name is free, a farewell goes out, no row says who he was', async () => {
    const { id, username, email, here, there } = await newUser()
    await server.post('/api/password/reset/', { email })
    const { token } = await letterTo(server, email, 'reset_password')
    await server.deployment.trail.flush()
    expect((await server.request('DELETE', '/api/me/', { headers: bearer(here.access) })).status).toBe(204)
    for (const pair of [here, there])
      expect([await isIn(pair), await canRefresh(pair)]).toEqual([false, false])
    expect((await server.get('/api/me/', bearer(here.access))).json()).toMatchObject({
      code: 'user_not_found',
    })
    expect((await login(username)).status).toBe(401)
    const reset = await server.post('/api/password/reset/confirm/', { token, new_password: another })
    expect(reset.status).toBe(400)
    expect(await letterTo(server, email, 'account_deleted')).toBeDefined()
    expect(await server.deployment.store.findUserById(id)).toBeUndefined()
    await server.deployment.trail.flush()
    const events = await server.deployment.store.listEvents({ limit: 100, userId: id })
    expect(events.length).toBeGreaterThan(2)
    for (const { event, personal } of events) expect({ event, personal }).toEqual({ event, personal: null })
    expect((await server.session(username)).access).toBeDefined()
  })
})
