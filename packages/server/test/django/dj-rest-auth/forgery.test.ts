import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, type TestServer, type TokenPair } from '../../harness.ts'
import { newPerson, openProfile, type Person, password, prefix } from './people.ts'

const ours = 'http://127.0.0.1:8000'
const app = 'https://app.example.com'

let server: TestServer
beforeAll(async () => {
  server = await openProfile({
    env: {
      ...{ COUNTERSIGN_AUTH_COOKIE: 'app-auth', COUNTERSIGN_REFRESH_COOKIE: 'app-refresh' },
      COUNTERSIGN_CORS_ORIGINS: app,
    },
  })
})
afterAll(() => server.close())

/** Who sends it, and whether he may do more than look. */
const senders: [name: string, headers: Record<string, string>, mayAct: boolean][] = [
  ['no browser', {}, true],
  ['our own page', { origin: ours, 'sec-fetch-site': 'same-origin' }, true],
  [
    'our own page behind a proxy under another name',
    { origin: 'https://www.example.com', 'sec-fetch-site': 'same-origin' },
    true,
  ],
  ['our own page in an older browser', { origin: ours }, true],
  ['the user himself', { 'sec-fetch-site': 'none' }, true],
  ['an allowed page of another site', { origin: app, 'sec-fetch-site': 'cross-site' }, true],
  ['an allowed page in an older browser', { origin: app }, true],
  ['a page of another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }, false],
  ['another host of our site', { origin: 'http://127.0.0.1:9000', 'sec-fetch-site': 'same-site' }, false],
  ['a page of another site in an older browser', { origin: 'https://evil.test' }, false],
  ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }, false],
  ['a page without an origin in an older browser', { origin: 'null' }, false],
  ['a page that hides its origin', { 'sec-fetch-site': 'cross-site' }, false],
  ['a page that claims a list of origins', { origin: `${ours}, https://evil.test` }, false],
  ['a page whose origin begins like ours', { origin: `${ours}.evil.test` }, false],
  ['a page whose origin begins like an allowed one', { origin: `${app}.evil.test` }, false],
]

interface Act {
  method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: (person: Person) => object
}

/** Whatever a guard lets in, one of each method. */
const guarded: Act[] = [
  { method: 'GET', path: '/api/protected/' },
  { method: 'HEAD', path: '/api/protected/' },
  { method: 'OPTIONS', path: `${prefix}user/` },
  { method: 'GET', path: `${prefix}user/` },
  { method: 'PUT', path: `${prefix}user/`, body: ({ username }) => ({ username }) },
  { method: 'PATCH', path: `${prefix}user/`, body: () => ({ first_name: 'Ada' }) },
  {
    method: 'POST',
    path: `${prefix}password/change/`,
    body: () => ({
      old_password: password,
      new_password1: 'a quiet harbour',
      new_password2: 'a quiet harbour',
    }),
  },
  { method: 'DELETE', path: '/api/sessions/' },
  { method: 'DELETE', path: '/api/me/' },
]

const cells = guarded.flatMap((act) =>
  senders.map(([name, headers, mayAct]) => ({ ...act, name, headers, mayAct })),
)

function ask({ method, path, body }: Act, person: Person, headers: Record<string, string>) {
  return server.request(method, path, { headers, ...(body && { body: body(person) }) })
}

describe('T25: by a cookie alone', () => {
  test.each(cells)('$method $path from $name', async ({ name: _, headers, mayAct, ...act }) => {
    const person = await newPerson(server)
    const answer = await ask(act, person, { ...headers, cookie: `app-auth=${person.pair.access}` })
    const isLook = ['GET', 'HEAD', 'OPTIONS'].includes(act.method)
    if (isLook || mayAct) return expect(answer.status, answer.text).toBeLessThan(300)
    expect(answer.status).toBe(403)
    expect(answer.json().detail).toMatch(/^CSRF Failed: /)
    const user = await server.deployment.store.findUserById(person.id)
    expect(user).toMatchObject({ username: person.username, first_name: '', password_changed_at: null })
  })
})

describe('by a header, which no page of somebody else can send', () => {
  test.each(cells)('$method $path from $name', async ({ name: _, headers, mayAct: __, ...act }) => {
    const person = await newPerson(server)
    const both = { ...headers, ...bearer(person.pair.access), cookie: 'app-auth=garbage' }
    expect((await ask(act, person, both)).status).toBeLessThan(300)
  })
})

/** What sets or uses cookies without a guard. */
const open: { at: string; body?: (person: Person) => object; cookie?: (pair: TokenPair) => string }[] = [
  { at: 'login/', body: ({ username }) => ({ username, password }) },
  { at: 'token/refresh/', cookie: ({ refresh }) => `app-refresh=${refresh}` },
  { at: 'token/refresh/', body: ({ pair: { refresh } }) => ({ refresh }) },
  { at: 'logout/', cookie: ({ refresh }) => `app-refresh=${refresh}` },
  { at: 'logout/', cookie: ({ access }) => `app-auth=${access}` },
  {
    at: 'registration/',
    body: ({ username }) => ({
      ...{ username: `${username}.2`, email: `${username}.2@example.com` },
      ...{ password1: 'a quiet harbour', password2: 'a quiet harbour' },
    }),
  },
]

describe('neither logs a foreign page a browser in, nor out', () => {
  const table = open.flatMap((one) =>
    senders.map(([name, headers, mayAct]) => ({ ...one, name, headers, mayAct })),
  )

  test.each(table)('$at from $name', async ({ at, body, cookie, headers, mayAct }) => {
    const person = await newPerson(server)
    const sent = { ...headers, ...(cookie && { cookie: cookie(person.pair) }) }
    const answer = await server.post(prefix + at, body?.(person), sent)
    if (mayAct) {
      expect(answer.status, answer.text).toBeLessThan(300)
      return expect(answer.headers['set-cookie']).toBeDefined()
    }
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined])
    expect((await server.get(`${prefix}user/`, person.headers)).status).toBe(200)
  })
})

test('without cookies nobody asks where a request comes from', async () => {
  const plain = await openProfile()
  const person = await newPerson(plain)
  const headers = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }
  const login = await plain.post(`${prefix}login/`, { username: person.username, password }, headers)
  expect(login.status).toBe(200)
  const ignored = await plain.get(`${prefix}user/`, { cookie: `app-auth=${person.pair.access}` })
  expect(ignored.status).toBe(401)
  await plain.close()
})

test('the operator finds a refusal in the log', async () => {
  const answer = await server.post(`${prefix}logout/`, undefined, { origin: 'https://evil.test' })
  expect(server.events.at(-1)).toMatchObject({
    event: 'auth.access.refused',
    fields: { code: 'cross_site', reason: 'foreign_page', request_id: answer.headers['x-request-id'] },
  })
})

describe('H10: a page of an allowed origin', () => {
  const preflight = (origin: string) =>
    server.request('OPTIONS', `${prefix}user/`, {
      headers: { origin, 'access-control-request-method': 'PUT' },
    })

  test('may send cookies along, and read what it gets', async () => {
    const person = await newPerson(server)
    const headers = { origin: app, cookie: `app-auth=${person.pair.access}` }
    expect((await server.get(`${prefix}user/`, headers)).headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
    })
    expect((await preflight(app)).headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key, X-CSRFToken',
    })
  })

  test.each(['https://evil.test', 'null', `${app}.evil.test`])('and one of %s may not', async (origin) => {
    const answer = await server.get(`${prefix}user/`, { origin })
    for (const { headers } of [answer, await preflight(origin)]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})
