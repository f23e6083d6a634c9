import { afterAll, describe, expect, test } from 'vitest'
import { routeTable } from '../../src/app/route-table.ts'
import { claimsOf } from '../contract/tokens.ts'
import { bearer, openTestServer, type TokenPair } from '../harness.ts'

const password = 'correct horse battery'
const server = await openTestServer({
  env: { COUNTERSIGN_DJ_REST_AUTH: '/api/auth/', COUNTERSIGN_SIMPLEJWT: '5.2' },
})
afterAll(() => server.close())

interface Person {
  id: string
  sessionId: string
  username: string
  email: string
  pair: TokenPair
}

/** Who asks; each route is asked about the same victim. */
const callers = ['anonymous', 'user', 'other', 'staff'] as const
type Caller = (typeof callers)[number]
type Statuses = Readonly<Record<Caller, number>>

interface Row {
  body?: (victim: Person) => object
  path?: (victim: Person) => string
  query?: string
  statuses: Statuses
}

const all = (status: number): Statuses => ({ anonymous: status, user: status, other: status, staff: status })
/** For whoever is logged in, about himself. */
const own = (status: number): Statuses => ({ ...all(status), anonymous: 401 })

/** The victim, in every member that a body could name him by. */
const asVictim = ({ id, username, email, sessionId }: Person) => ({
  ...{ id, user_id: id, sub: id, user: id, owner: id, session: sessionId, sid: sessionId, username, email },
})

const twice = { new_password1: 'another horse battery', new_password2: 'another horse battery' }

let made = 0
const fresh = () => {
  made += 1
  return `fresh${made}`
}

const api: Readonly<Record<string, Row>> = {
  'POST /api/register/': {
    body: () => {
      const username = fresh()
      return { username, email: `${username}@example.com`, password, is_staff: true, is_superuser: true }
    },
    statuses: all(201),
  },
  'POST /api/login/': { body: (it) => ({ ...asVictim(it), password: 'wrong' }), statuses: all(401) },
  'POST /api/token/': { body: (it) => ({ ...asVictim(it), password: 'wrong' }), statuses: all(401) },
  'POST /api/token/refresh/': { body: (it) => ({ ...asVictim(it), refresh: 'abc' }), statuses: all(401) },
  'POST /api/token/verify/': { body: (it) => ({ ...asVictim(it), token: 'abc' }), statuses: all(401) },
  'POST /api/token/blacklist/': { body: (it) => ({ ...asVictim(it), refresh: 'abc' }), statuses: all(401) },
  'POST /api/logout/': { body: (it) => ({ ...asVictim(it), all: true }), statuses: own(200) },
  // Resource servers show a secret there, which no user has; and whoever has a token may end it.
  'POST /api/oauth/introspect/': { body: (it) => ({ ...asVictim(it), token: 'abc' }), statuses: all(401) },
  'POST /api/oauth/revoke/': { body: (it) => ({ ...asVictim(it), token: 'abc' }), statuses: all(200) },
  'GET /api/protected/': { statuses: own(200) },
  'GET /api/dashboard/': { statuses: own(200) },
  'GET /api/me/': { statuses: own(200) },
  'PATCH /api/me/': { body: (it) => ({ ...asVictim(it), username: fresh() }), statuses: own(200) },
  'DELETE /api/me/': { body: asVictim, statuses: own(204) },
  'GET /api/sessions/': { statuses: own(200) },
  'DELETE /api/sessions/': { statuses: own(204) },
  'DELETE /api/sessions/{id}/': {
    path: ({ sessionId }) => `/api/sessions/${sessionId}/`,
    statuses: { anonymous: 401, user: 204, other: 404, staff: 404 },
  },
  'POST /api/password/change/': {
    body: (it) => ({ ...asVictim(it), old_password: password, new_password: 'another horse battery' }),
    statuses: own(200),
  },
  'POST /api/password/reset/': { body: asVictim, statuses: all(200) },
  'POST /api/password/reset/confirm/': {
    body: (it) => ({ ...asVictim(it), token: 'abc', new_password: 'another horse battery' }),
    statuses: all(400),
  },
  'POST /api/email/change/': {
    body: (it) => ({ ...asVictim(it), email: `${fresh()}@example.net` }),
    statuses: own(200),
  },
  'POST /api/email/verify/': { body: (it) => ({ ...asVictim(it), token: 'abc' }), statuses: all(400) },
  'POST /api/email/verify/resend/': { body: asVictim, statuses: all(200) },
}

/** The same rooms under the paths and bodies of dj-rest-auth. */
const djRestAuth: Readonly<Record<string, Row>> = {
  'POST /api/auth/login/': { body: (it) => ({ ...asVictim(it), password: 'wrong' }), statuses: all(400) },
  'POST /api/auth/logout/': { statuses: own(200) },
  'POST /api/auth/token/verify/': { body: (it) => ({ ...asVictim(it), token: 'abc' }), statuses: all(401) },
  'POST /api/auth/token/refresh/': {
    body: (it) => ({ ...asVictim(it), refresh: 'abc' }),
    statuses: all(401),
  },
  'GET /api/auth/user/': { statuses: own(200) },
  'PUT /api/auth/user/': {
    body: (it) => ({ ...asVictim(it), pk: it.id, username: fresh(), first_name: 'Eve' }),
    statuses: own(200),
  },
  'PATCH /api/auth/user/': {
    body: (it) => ({ ...asVictim(it), pk: it.id, username: fresh(), last_name: 'Eve' }),
    statuses: own(200),
  },
  'POST /api/auth/password/change/': {
    body: (it) => ({ ...asVictim(it), old_password: password, ...twice }),
    statuses: own(200),
  },
  'POST /api/auth/password/reset/': { body: asVictim, statuses: all(200) },
  'POST /api/auth/password/reset/confirm/': {
    body: (it) => ({
      ...asVictim(it),
      uid: Buffer.from(it.id).toString('base64url'),
      token: 'abc',
      ...twice,
    }),
    statuses: all(400),
  },
  'POST /api/auth/registration/': {
    body: (it) => {
      const username = fresh()
      const email = `${username}@example.com`
      const flags = { is_staff: true, is_superuser: true }
      return {
        ...asVictim(it),
        pk: it.id,
        username,
        email,
        password1: password,
        password2: password,
        ...flags,
      }
    },
    statuses: all(201),
  },
  'POST /api/auth/registration/verify-email/': {
    body: (it) => ({ ...asVictim(it), key: 'abc' }),
    statuses: all(404),
  },
  'POST /api/auth/registration/resend-email/': { body: asVictim, statuses: all(200) },
}

/** Pages and documents, where they answer anything else than 200 to everybody. */
const pages: Readonly<Record<string, Row>> = {
  'GET /.well-known/change-password': { statuses: all(302) },
  'POST /account/forgot': { body: asVictim, statuses: all(200) },
  'GET /account/reset': { statuses: all(302) },
  'POST /account/reset': {
    body: (it) => ({ ...asVictim(it), token: 'abc', new_password: password, new_password_again: password }),
    statuses: all(410),
  },
  'POST /account/resend': { body: asVictim, statuses: all(200) },
  'POST /account/verify': { body: (it) => ({ ...asVictim(it), token: 'abc' }), statuses: all(410) },
  'GET /account/email': { statuses: all(410) },
  'POST /account/email': { body: (it) => ({ ...asVictim(it), token: 'abc' }), statuses: all(410) },
  'GET /account/done': { query: '?of=password', statuses: all(200) },
  'GET /dev/outbox/{id}': { path: () => '/dev/outbox/abc', statuses: all(404) },
  'GET /dev/outbox/{id}/html': { path: () => '/dev/outbox/abc/html', statuses: all(404) },
}

const routes = routeTable(server.deployment, { isDraining: () => false, describe: async () => ({}) })
const named = routes.map((route) => ({ ...route, key: `${route.method} ${route.path}` }))
const rowOf = (key: string): Row => api[key] ?? djRestAuth[key] ?? pages[key] ?? { statuses: all(200) }

async function newPerson(): Promise<Person> {
  const username = fresh()
  const pair = await server.session(username)
  const { sub, sid } = claimsOf(pair.access)
  return { id: String(sub), sessionId: String(sid), username, email: `${username}@example.com`, pair }
}

async function callerOf(caller: Caller, victim: Person): Promise<Person | undefined> {
  if (caller === 'anonymous') return undefined
  if (caller === 'user') return victim
  const person = await newPerson()
  if (caller === 'staff') {
    const set = { is_staff: 1, is_superuser: 1 }
    await server.deployment.store.updateUser({ userId: person.id, set })
  }
  return person
}

/** All that nobody else may change of somebody. */
async function stateOf({ id }: Person) {
  const { store } = server.deployment
  const sessions = await store.listSessionsOfUser(id, server.clock())
  return { user: await store.findUserById(id), sessions: sessions.map((session) => session.id) }
}

describe('the table of who may do what', () => {
  test('F25: has every route of the API, and no other', () => {
    const served = named.filter(({ page }) => !page).map(({ key }) => key)
    expect(Object.keys({ ...api, ...djRestAuth }).sort()).toEqual(served.sort())
  })

  test('names no page that there is not', () => {
    const served = named.filter(({ page }) => page).map(({ key }) => key)
    expect(Object.keys(pages).filter((key) => !served.includes(key))).toEqual([])
  })

  test('asks everybody for an access token who wants something of his own', () => {
    for (const { key, guard, page } of named) {
      const asks = rowOf(key).statuses.anonymous === 401 && rowOf(key).statuses.user !== 401
      const mayAsk = key.endsWith('/logout/')
      const asksForSecret = key.endsWith('/introspect/')
      expect(asks, key).toBe((guard !== undefined && !page && !asksForSecret) || mayAsk)
    }
  })
})

const cells = named.flatMap(({ key }) => callers.map((caller) => ({ key, caller })))

test.each(cells)('F25: $key asked by $caller', async ({ key, caller }) => {
  const { body, path, query = '', statuses } = rowOf(key)
  const victim = await newPerson()
  const person = await callerOf(caller, victim)
  const before = await stateOf(victim)
  const [method = '', pattern = ''] = key.split(' ')
  const answer = await server.request(method, (path?.(victim) ?? pattern) + query, {
    ...(person && { headers: bearer(person.pair.access) }),
    ...(body && { body: body(victim) }),
  })
  expect(answer.status).toBe(statuses[caller])
  if (person === victim) return
  expect(await stateOf(victim)).toEqual(before)
  if (answer.status < 300 && !named.find((one) => one.key === key)?.page) {
    for (const secret of [victim.id, victim.username, victim.email]) expect(answer.text).not.toContain(secret)
  }
})
