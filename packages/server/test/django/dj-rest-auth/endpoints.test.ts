import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routeTable } from '../../../src/app/route-table.ts'
import { faultsOf, listOperations, type OpenApi } from '../../contract/openapi.ts'
import { bearer, type TestServer } from '../../harness.ts'
import { type Row, table } from './endpoints.table.ts'
import { newPerson, openProfile, type Person, password, prefix } from './people.ts'

let server: TestServer
beforeAll(async () => {
  server = await openProfile()
  await newPerson(server, 'taken')
})
afterAll(() => server.close())

function asked(row: Row, person: Person) {
  const [path = '', method = 'POST'] = row.at.split(' ').reverse()
  const body = typeof row.body === 'function' ? row.body(person) : row.body
  const headers = row.headers?.(person)
  return server.request(method, prefix + path, { ...(body && { body }), ...(headers && { headers }) })
}

describe.each(Object.entries(table))('%s', (_, rows) => {
  test.each(rows)('$name: $status', async (row) => {
    const person = await newPerson(server)
    const answer = await asked(row, person)
    expect(answer.status, answer.text).toBe(row.status)
    expect(answer.json()).toEqual(typeof row.answer === 'function' ? row.answer(person) : row.answer)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.headers['cache-control']).toBe('no-store')
  })
})

test('H08: login answers both tokens and the user, in its order, for no cache to keep', async () => {
  const { username, email, id: pk } = await newPerson(server)
  const answer = await server.post(`${prefix}login/`, { username, password })
  expect(answer.status).toBe(200)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(Object.keys(answer.json())).toEqual(['access', 'refresh', 'user'])
  expect(answer.json().user).toEqual({ pk, username, email, first_name: '', last_name: '' })
  const { access, refresh } = answer.json()
  expect((await server.get(`${prefix}user/`, bearer(access))).status).toBe(200)
  expect((await server.post(`${prefix}token/refresh/`, { refresh })).status).toBe(200)
})

test('S10, P19: a disabled user is told what anybody is told', async () => {
  const { id: userId, username, pair } = await newPerson(server)
  await server.deployment.store.updateUser({ userId, set: { is_active: 0 } })
  const answer = await server.post(`${prefix}login/`, { username, password })
  expect([answer.status, answer.json()]).toEqual([
    400,
    { non_field_errors: ['Unable to log in with provided credentials.'] },
  ])
  expect((await server.post(`${prefix}token/refresh/`, { refresh: pair.refresh })).status).toBe(401)
})

test('S01, S02: a refresh rotates, and the spent token ends the session', async () => {
  const { pair } = await newPerson(server)
  const first = await server.post(`${prefix}token/refresh/`, { refresh: pair.refresh })
  expect(Object.keys(first.json())).toEqual(['access', 'refresh', 'access_expiration', 'refresh_expiration'])
  expect(Date.parse(first.json().access_expiration)).toBe(server.clock() + 900_000)
  expect(first.json().refresh).not.toBe(pair.refresh)
  server.clock.advance(11_000)
  expect((await server.post(`${prefix}token/refresh/`, { refresh: pair.refresh })).status).toBe(401)
  const next = await server.post(`${prefix}token/refresh/`, { refresh: first.json().refresh })
  expect(next.status).toBe(401)
})

test.each([
  'refresh',
  'access',
] as const)('S08, S09: after a logout by its %s token nothing of the session lives', async (by) => {
  const { pair, headers } = await newPerson(server)
  const shown = by === 'refresh' ? { refresh: pair.refresh } : undefined
  const answer = await server.post(`${prefix}logout/`, shown, by === 'access' ? headers : undefined)
  expect(answer.status).toBe(200)
  expect((await server.get(`${prefix}user/`, headers)).status).toBe(401)
  expect((await server.post(`${prefix}token/refresh/`, { refresh: pair.refresh })).status).toBe(401)
  expect((await server.post(`${prefix}logout/`, shown, headers)).status).toBe(200)
  const verified = await server.post(`${prefix}token/verify/`, { token: pair.refresh })
  expect([verified.status, verified.json()]).toEqual([400, { non_field_errors: ['Token is blacklisted'] }])
})

test('S12: another password ends the other sessions, and only the new one opens one', async () => {
  const { username, pair, headers } = await newPerson(server)
  const other = (await server.post(`${prefix}login/`, { username, password })).json()
  const body = { old_password: password, new_password1: 'a quiet harbour', new_password2: 'a quiet harbour' }
  expect((await server.post(`${prefix}password/change/`, body, headers)).status).toBe(200)
  expect((await server.get(`${prefix}user/`, bearer(other.access))).status).toBe(401)
  expect((await server.post(`${prefix}token/refresh/`, { refresh: pair.refresh })).status).toBe(200)
  expect((await server.post(`${prefix}login/`, { username, password })).status).toBe(400)
  const again = { username, password: 'a quiet harbour' }
  expect((await server.post(`${prefix}login/`, again)).status).toBe(200)
})

test('P25: another user name takes the password once the session is old', async () => {
  const { username, headers } = await newPerson(server)
  server.clock.advance(301_000)
  const body = { username: `${username}.y`, first_name: 'Ada' }
  const refused = await server.request('PUT', `${prefix}user/`, { body, headers })
  expect([refused.status, refused.json()]).toEqual([400, { password: ['This field is required.'] }])
  const names = await server.request('PATCH', `${prefix}user/`, { body: { first_name: 'Ada' }, headers })
  expect(names.json()).toMatchObject({ username, first_name: 'Ada' })
  const renamed = await server.request('PUT', `${prefix}user/`, { body: { ...body, password }, headers })
  expect(renamed.json()).toMatchObject({ username: `${username}.y`, first_name: 'Ada' })
  expect((await server.get(`${prefix}user/`, headers)).json()).toEqual(renamed.json())
})

describe('registration', () => {
  const body = (username: string) => ({
    ...{ username, email: `${username}@example.com` },
    ...{ password1: 'a quiet harbour', password2: 'a quiet harbour' },
  })

  test('P21: creates a user and logs him in', async () => {
    const answer = await server.post(`${prefix}registration/`, {
      ...{ ...body('newcomer1'), is_staff: true, pk: 1, first_name: 'X' },
    })
    expect(answer.status).toBe(201)
    expect(Object.keys(answer.json())).toEqual(['access', 'refresh', 'user'])
    expect(answer.json().user).toMatchObject({ username: 'newcomer1', first_name: '' })
    const user = await server.deployment.store.findUserById(answer.json().user.pk)
    expect(user).toMatchObject({ is_staff: 0, is_superuser: 0 })
    expect((await server.get(`${prefix}user/`, bearer(answer.json().access))).status).toBe(200)
  })

  test('opens no session before the address is proven, where it must be', async () => {
    const strict = await openProfile({ env: { COUNTERSIGN_EMAIL_VERIFICATION: 'required' } })
    const answer = await strict.post(`${prefix}registration/`, body('newcomer'))
    expect([answer.status, answer.json()]).toEqual([201, { detail: 'Verification e-mail sent.' }])
    const login = await strict.post(`${prefix}login/`, { username: 'newcomer', password: 'a quiet harbour' })
    expect([login.status, login.json()]).toEqual([400, { non_field_errors: ['E-mail is not verified.'] }])
    await strict.close()
  })

  test('P20: tells nobody that an address is taken, where that is hidden', async () => {
    const env = {
      COUNTERSIGN_EMAIL_VERIFICATION: 'optional',
      COUNTERSIGN_HIDE_EMAILS: 'on',
      COUNTERSIGN_LOGIN_BY: 'both',
    }
    const quiet = await openProfile({ env })
    const owner = await newPerson(quiet, 'owner')
    for (const [username, email] of [
      ['one', 'free@example.com'],
      ['two', owner.email],
      [owner.email, owner.email],
    ] as const) {
      const answer = await quiet.post(`${prefix}registration/`, { ...body('x'), username, email })
      expect(answer.status, username).toBe(201)
      expect(answer.json().user).toMatchObject({ username, email })
    }
    await quiet.close()
  })

  test('takes no address where none is asked for', async () => {
    const easy = await openProfile({ env: { COUNTERSIGN_EMAIL: 'optional' } })
    const { email: _, ...rest } = body('newcomer')
    const answer = await easy.post(`${prefix}registration/`, rest)
    expect([answer.status, answer.json().user.email]).toEqual([201, ''])
    await easy.close()
  })
})

describe('login by address', () => {
  const proven = async (loginBy: string) => {
    const server = await openProfile({
      env: { COUNTERSIGN_LOGIN_BY: loginBy, COUNTERSIGN_EMAIL_VERIFICATION: 'optional' },
    })
    const body = { username: 'ann', email: 'ann@example.com', password }
    const { id: userId } = (await server.post('/api/register/', body)).json()
    await server.deployment.store.updateUser({ userId, set: { email_verified_at: server.clock() } })
    return server
  }

  test.each([
    ['email', { email: 'Ann@Example.com' }, 200],
    ['email', { username: 'ann@example.com' }, 'Must include "email" and "password".'],
    ['both', { email: 'ann@example.com' }, 200],
    ['both', { username: 'ann' }, 200],
    ['both', {}, 'Must include either "username" or "email" and "password".'],
  ])('%s, with %j: %s', async (loginBy, typed, expected) => {
    const one = await proven(loginBy)
    const answer = await one.post(`${prefix}login/`, { ...typed, password })
    const told = answer.status === 200 ? 200 : answer.json().non_field_errors[0]
    expect(told).toBe(expected)
    await one.close()
  })
})

test('old_password is spared a young session, where the settings say so', async () => {
  const easy = await openProfile({ env: { COUNTERSIGN_DJ_REST_AUTH_OLD_PASSWORD: 'unless_recent' } })
  const [young, old] = [await newPerson(easy), await newPerson(easy)]
  const body = { new_password1: 'a quiet harbour', new_password2: 'a quiet harbour' }
  expect((await easy.post(`${prefix}password/change/`, body, young.headers)).status).toBe(200)
  easy.clock.advance(301_000)
  const refused = await easy.post(`${prefix}password/change/`, body, old.headers)
  expect([refused.status, refused.json()]).toEqual([400, { old_password: ['This field is required.'] }])
  const wrong = await easy.post(`${prefix}password/change/`, { ...body, old_password: 'x' }, old.headers)
  expect(wrong.status).toBe(400)
  await easy.close()
})

test('the ends of the tokens are told where the settings say so', async () => {
  const telling = await openProfile({ env: { COUNTERSIGN_DJ_REST_AUTH_EXPIRATION: 'on' } })
  const { username } = await newPerson(telling)
  const answer = (await telling.post(`${prefix}login/`, { username, password })).json()
  expect(Object.keys(answer)).toEqual([
    'access',
    'refresh',
    'user',
    'access_expiration',
    'refresh_expiration',
  ])
  expect(Date.parse(answer.refresh_expiration)).toBe(telling.clock() + 604_800_000)
  await telling.close()
})

test('a user whose id is a number has one for his pk', async () => {
  const counting = await openProfile({ env: { COUNTERSIGN_USER_IDS: 'integer' } })
  const { username, headers, id } = await newPerson(counting)
  const login = await counting.post(`${prefix}login/`, { username, password })
  expect(login.json().user.pk).toBe(Number(id))
  expect((await counting.get(`${prefix}user/`, headers)).json().pk).toBe(Number(id))
  await counting.close()
})

describe('the document of the API', () => {
  test('has every path of it once, and says what it answers', async () => {
    const document = (await server.get('/openapi.json')).json() as OpenApi
    const operations = new Map(listOperations(document))
    const ids = [...operations.values()].map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const { username } = await newPerson(server)
    const login = await server.post(`${prefix}login/`, { username, password })
    const described = operations.get(`POST ${prefix}login/`)?.responses[200]?.content?.['application/json']
      ?.schema
    expect(described && faultsOf(described, login.json())).toEqual([])
  })

  test('is as it was where the profile is off', async () => {
    const off = await openProfile({ env: { COUNTERSIGN_DJ_REST_AUTH: 'off' } })
    const routes = routeTable(off.deployment, { isDraining: () => false, describe: async () => ({}) })
    expect(routes.filter(({ path, method }) => path.startsWith(prefix) || method === 'PUT')).toEqual([])
    expect((await off.post(`${prefix}login/`, {})).status).toBe(404)
    await off.close()
  })
})

test.each([
  '/',
  '/dj-rest-auth/',
  '/api/v1/auth/',
  '/account/',
  '/api/token/',
])('it can be served under %s', async (path) => {
  const elsewhere = await openProfile({ env: { COUNTERSIGN_DJ_REST_AUTH: path } })
  const { username } = await newPerson(elsewhere)
  expect((await elsewhere.post(`${path}login/`, { username, password })).status).toBe(200)
  expect((await elsewhere.post(`${path}login`, { username, password })).status).toBe(200)
  await elsewhere.close()
})

test("refusals of tokens are in simplejwt's words where its profile is on too", async () => {
  const both = await openProfile({ env: { COUNTERSIGN_SIMPLEJWT: '5.5' } })
  const { username } = await newPerson(both)
  const login = (await both.post(`${prefix}login/`, { username, password })).json()
  expect(Object.keys(login)).toEqual(['access', 'refresh', 'user'])
  await both.post(`${prefix}logout/`, { refresh: login.refresh })
  const told = async (body: object) => (await both.post(`${prefix}token/refresh/`, body)).json().detail
  expect(await told({ refresh: login.refresh })).toBe('Token is blacklisted')
  expect(await told({ refresh: 'garbage' })).toBe('Token is invalid')
  expect(await told({})).toBe('No valid refresh token found.')
  await both.close()
})
