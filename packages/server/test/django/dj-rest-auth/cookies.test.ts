import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { bearer, type TestServer } from '../../harness.ts'
import { type Jar, openJar } from './jar.ts'
import { newPerson, openProfile, password, prefix } from './people.ts'

const origin = 'http://127.0.0.1:8000'
const names = { COUNTERSIGN_AUTH_COOKIE: 'app-auth', COUNTERSIGN_REFRESH_COOKIE: 'app-refresh' }

let server: TestServer
beforeAll(async () => {
  server = await openProfile({ env: names })
})
afterAll(() => server.close())

/** A browser on our own page. */
function browse(browser: Jar, method: string, path: string, body?: object) {
  const headers = { origin, 'sec-fetch-site': 'same-origin' }
  return browser.request(method, prefix + path, { headers, ...(body && { body }) })
}

async function loggedIn() {
  const browser = openJar(server)
  const person = await newPerson(server)
  const login = await browse(browser, 'POST', 'login/', { username: person.username, password })
  expect(login.status).toBe(200)
  return { browser, person, login }
}

describe('a browser that keeps cookies', () => {
  test('T25: logs in, looks, refreshes and logs out by them alone', async () => {
    const { browser, person, login } = await loggedIn()
    expect(login.json()).toMatchObject({ refresh: '', user: { username: person.username } })
    expect((await browse(browser, 'GET', 'user/')).json()).toMatchObject({ username: person.username })
    const changed = await browse(browser, 'PATCH', 'user/', { first_name: 'Ada' })
    expect([changed.status, changed.json().first_name]).toEqual([200, 'Ada'])
    expect((await browser.request('GET', '/api/protected/')).status).toBe(200)

    server.clock.advance(900_000)
    expect((await browse(browser, 'GET', 'user/')).status).toBe(401)
    const renewed = await browse(browser, 'POST', 'token/refresh/')
    expect(renewed.status).toBe(200)
    expect(Object.keys(renewed.json())).toEqual(['access', 'access_expiration'])
    expect((await browse(browser, 'GET', 'user/')).status).toBe(200)

    const access = browser.jar.get('/ app-auth')?.value ?? ''
    const out = await browse(browser, 'POST', 'logout/')
    expect([out.status, out.json()]).toEqual([200, { detail: 'Successfully logged out.' }])
    expect(browser.names()).toEqual([])
    expect((await server.get(`${prefix}user/`, bearer(access))).status).toBe(401)
  })

  test('S01, S02: each refresh sets the next token; a spent one that comes late ends the session and is forgotten', async () => {
    const { browser } = await loggedIn()
    const spent = openJar(server)
    for (const [key, kept] of browser.jar) spent.jar.set(key, kept)
    await browse(browser, 'POST', 'token/refresh/')
    server.clock.advance(11_000)
    const reused = await browse(spent, 'POST', 'token/refresh/')
    expect([reused.status, spent.names()]).toEqual([401, []])
    expect((await browse(browser, 'POST', 'token/refresh/')).status).toBe(401)
  })

  test('two tabs that refresh at once stay logged in', async () => {
    const { browser } = await loggedIn()
    const tab = openJar(server)
    for (const [key, kept] of browser.jar) tab.jar.set(key, kept)
    expect((await browse(browser, 'POST', 'token/refresh/')).status).toBe(200)
    expect((await browse(tab, 'POST', 'token/refresh/')).status).toBe(200)
    expect(tab.jar.get('/ app-refresh')).toEqual(browser.jar.get('/ app-refresh'))
  })

  test('a registration logs in', async () => {
    const browser = openJar(server)
    const answer = await browse(browser, 'POST', 'registration/', {
      ...{ username: 'newcomer', email: 'newcomer@example.com' },
      ...{ password1: 'a quiet harbour', password2: 'a quiet harbour' },
    })
    expect([answer.status, answer.json().refresh]).toEqual([201, ''])
    expect((await browse(browser, 'GET', 'user/')).status).toBe(200)
  })

  test('a header counts before a cookie, whatever the cookie is', async () => {
    const { browser } = await loggedIn()
    const other = await newPerson(server)
    const answer = await browser.request('GET', `${prefix}user/`, { headers: other.headers })
    expect(answer.json().username).toBe(other.username)
    const refused = await browser.request('GET', `${prefix}user/`, { headers: bearer('garbage') })
    expect(refused.status).toBe(401)
  })

  test('a refresh token of the body counts before a cookie, and its refusal leaves the cookie alone', async () => {
    const { browser } = await loggedIn()
    const { pair } = await newPerson(server)
    expect((await browse(browser, 'POST', 'token/refresh/', { refresh: 'garbage' })).status).toBe(401)
    expect(browser.names()).toEqual(['app-auth', 'app-refresh'])
    expect((await browse(browser, 'POST', 'token/refresh/', { refresh: pair.refresh })).status).toBe(200)
  })

  test('our own login sets none', async () => {
    const { username } = await newPerson(server)
    const answer = await server.post('/api/login/', { username, password })
    expect(answer.headers['set-cookie']).toBeUndefined()
  })
})

describe('what the cookies say of themselves', () => {
  const cases: [name: string, env: Record<string, string>, access: string, refresh: string][] = [
    [
      'in development',
      {},
      'Path=/; Max-Age=900; HttpOnly; SameSite=Lax',
      'Path=/; Max-Age=604800; HttpOnly; SameSite=Lax',
    ],
    [
      'over https',
      { COUNTERSIGN_ISSUER: 'https://auth.example.com' },
      'Path=/; Max-Age=900; HttpOnly; SameSite=Lax; Secure',
      'Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure',
    ],
    [
      'as the settings have them',
      { COUNTERSIGN_REFRESH_COOKIE_PATH: '/api/auth/', COUNTERSIGN_COOKIE_SAMESITE: 'Strict' },
      'Path=/; Max-Age=900; HttpOnly; SameSite=Strict',
      'Path=/api/auth/; Max-Age=604800; HttpOnly; SameSite=Strict',
    ],
  ]
  test.each(cases)('%s', async (_, env, access, refresh) => {
    const one = await openProfile({ env: { ...names, ...env } })
    onTestFinished(() => one.close())
    const { username } = await newPerson(one)
    const browser = openJar(one)
    await browser.request('POST', `${prefix}login/`, { body: { username, password } })
    expect([...browser.jar.values()].map(({ attributes }) => attributes)).toEqual([access, refresh])
    await browser.request('POST', `${prefix}logout/`)
    expect(browser.names()).toEqual([])
  })

  test('a refresh token that no cookie has is in the answer', async () => {
    const one = await openProfile({ env: { COUNTERSIGN_AUTH_COOKIE: 'app-auth' } })
    onTestFinished(() => one.close())
    const { username } = await newPerson(one)
    const browser = openJar(one)
    const login = await browser.request('POST', `${prefix}login/`, { body: { username, password } })
    expect(browser.names()).toEqual(['app-auth'])
    const { refresh } = login.json()
    const renewed = await browser.request('POST', `${prefix}token/refresh/`, { body: { refresh } })
    expect(renewed.json().refresh).not.toBe('')
  })
})

const dead = ['garbage', '', 'a.b.c', '"', '%00', 'x'.repeat(9_000)]

describe('a dead cookie blocks nothing', () => {
  const cookie = (value: string) => ({ cookie: `app-auth=${value}; app-refresh=${value}; ; =; broken` })

  test.each(dead)('no login, no logout, no registration: %j', async (value) => {
    const { username } = await newPerson(server)
    const headers = cookie(value)
    expect((await server.post(`${prefix}login/`, { username, password }, headers)).status).toBe(200)
    expect((await server.post(`${prefix}registration/`, {}, headers)).status).toBe(400)
    const out = await server.post(`${prefix}logout/`, undefined, headers)
    expect(out.status).toBe(200)
    expect(out.headers['set-cookie']).toHaveLength(2)
  })

  test.each(dead)('no refresh that brings its own token: %j', async (value) => {
    const { pair } = await newPerson(server)
    const body = { refresh: pair.refresh }
    expect((await server.post(`${prefix}token/refresh/`, body, cookie(value))).status).toBe(200)
  })

  test('nor does one of a session that has ended, or that is over', async () => {
    const { browser, person } = await loggedIn()
    await server.post('/api/logout/', { all: true }, person.headers)
    expect((await browse(browser, 'POST', 'login/', { username: person.username, password })).status).toBe(
      200,
    )
    server.clock.advance(91 * 86_400_000)
    expect((await browse(browser, 'POST', 'login/', { username: person.username, password })).status).toBe(
      200,
    )
    server.clock.advance(91 * 86_400_000)
    expect((await browse(browser, 'POST', 'logout/')).status).toBe(200)
    expect(browser.names()).toEqual([])
  })

  test('one alone opens no guarded route: malformed is not let in', async () => {
    for (const value of dead) {
      const answer = await server.get(`${prefix}user/`, cookie(value))
      expect(answer.status, value.slice(0, 20)).toBe(401)
    }
  })

  test('an empty one is none', async () => {
    const answer = await server.get(`${prefix}user/`, { cookie: 'app-auth=; app-refresh=' })
    expect(answer.json()).toEqual({ detail: 'Authentication credentials were not provided.' })
  })

  test('S14: a logout by cookie believes none that is not ours', async () => {
    const { browser, person } = await loggedIn()
    const refresh = browser.jar.get('/ app-refresh')?.value ?? ''
    const [head, claims, signature = ''] = refresh.split('.')
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const forged = { cookie: `app-refresh=${head}.${claims}.${flipped}` }
    expect((await server.post(`${prefix}logout/`, undefined, forged)).status).toBe(200)
    expect((await browse(browser, 'GET', 'user/')).json()).toMatchObject({ username: person.username })
  })
})

test('H17: no token and no cookie is in any event', () => {
  const told = JSON.stringify(server.events)
  expect(told).not.toMatch(/eyJ|app-auth|app-refresh/)
})
