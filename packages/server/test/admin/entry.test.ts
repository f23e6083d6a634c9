import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, openTestServer } from '../harness.ts'
import { type ConsoleServer, fromPage, openConsole, password, stores } from './console.ts'

const path = '/api/admin/session/'

describe.each(stores)('signing in to the console, on %s', (kind) => {
  let server: ConsoleServer
  beforeAll(async () => {
    server = await openConsole(kind)
  })
  afterAll(() => server.close())

  test('tells who is in and what he may do, and the trail that he came', async () => {
    const { username, id } = await server.person('auditor')
    const { opened, get } = await server.signIn(username)
    expect(opened.status).toBe(200)
    expect(opened.headers['cache-control']).toBe('no-store')
    const { user, permissions, proven_until } = (await get(path)).json()
    expect(user).toEqual({ id, username, role: 'auditor' })
    expect(permissions).toContain('users.read')
    expect(permissions).not.toContain('users.change')
    expect(proven_until).not.toBeNull()
    expect(server.events.some(({ event }) => event === 'auth.login.succeeded')).toBe(true)
  })

  test.each([
    ['nobody', 401, 'invalid_credentials'],
    ['a user without a role', 403, 'no_role'],
    ['a disabled owner', 401, 'invalid_credentials'],
  ])('%s: %i %s, and no session is opened', async (who, status, code) => {
    const { id, username } = await server.person(who === 'a disabled owner' ? 'owner' : null)
    if (who === 'a disabled owner')
      await server.deployment.store.updateUser({ userId: id, set: { is_active: 0 } })
    const { opened } = await server.signIn(who === 'nobody' ? 'nobody' : username)
    expect(opened.status).toBe(status)
    expect(opened.headers['content-type']).toBe('application/problem+json')
    expect(opened.json()).toMatchObject({ status, code, type: 'about:blank' })
    expect(opened.headers['set-cookie']).toBeUndefined()
    expect(await server.deployment.store.listSessionsOfUser(id, server.deployment.clock())).toEqual([])
  })

  test('F27: cookies no script reads; no token is in any answer', async () => {
    const { username } = await server.person('owner')
    const { opened } = await server.signIn(username)
    const cookies = opened.headers['set-cookie'] as string[]
    expect(cookies).toHaveLength(2)
    for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/)
    expect(opened.text).not.toMatch(/access|refresh|eyJ/)
  })

  test('the session is a row like all others: seen, ended, and then good for nothing', async () => {
    const { id, username } = await server.person('owner')
    const browser = await server.signIn(username)
    const [session] = await server.deployment.store.listSessionsOfUser(id, server.deployment.clock())
    expect(session?.device).toMatch(/\(console\)$/)
    expect((session?.ends_at ?? 0) - (session?.created_at ?? 0)).toBe(8 * 3_600_000)
    await server.deployment.store.endSession({
      sessionId: session?.id ?? '',
      now: server.deployment.clock(),
      reason: 'operator',
    })
    expect((await browser.get(path)).status).toBe(401)
  })

  test('a role that was taken away ends what he may do at once', async () => {
    const { id, username } = await server.person('admin')
    const browser = await server.signIn(username)
    await server.deployment.store.updateUser({ userId: id, set: { admin_role: null } })
    expect((await browser.get('/api/admin/users/')).json()).toMatchObject({ status: 403, code: 'no_role' })
  })

  test('signing out ends the session and takes the cookies away', async () => {
    const { username } = await server.person('owner')
    const browser = await server.signIn(username)
    const before = new Map(browser.jar)
    expect((await browser.request('DELETE', path)).status).toBe(204)
    expect(browser.jar.size).toBe(0)
    for (const [name, value] of before) browser.jar.set(name, value)
    expect((await browser.get(path)).status).toBe(401)
  })
})

describe('the session of the console', () => {
  let server: ConsoleServer
  beforeAll(async () => {
    server = await openConsole('SQLite')
  })
  afterAll(() => server.close())

  test('S12: ends after half an hour without use, and after eight hours in any case', async () => {
    const { username } = await server.person('owner')
    const idle = await server.signIn(username)
    server.clock.advance(29 * 60_000)
    expect((await idle.get(path)).status).toBe(200)
    server.clock.advance(31 * 60_000)
    expect((await idle.get(path)).status).toBe(401)
    const busy = await server.signIn(username)
    let last = 0
    for (let minutes = 0; minutes < 9 * 60; minutes += 20) {
      server.clock.advance(20 * 60_000)
      if ((await busy.get(path)).status === 200) last = minutes + 20
    }
    expect(last).toBeLessThan(8 * 60)
    expect(last).toBeGreaterThan(7 * 60)
  })

  test('what is dangerous asks for the password again, ten minutes after it was shown', async () => {
    const { username } = await server.person('owner')
    const browser = await server.signIn(username)
    server.clock.advance(11 * 60_000)
    const rotate = () => browser.post('/api/admin/keys/rotate/', { when: 'at_once' })
    expect((await rotate()).json()).toMatchObject({ status: 403, code: 'reauthentication_required' })
    expect((await browser.post(`${path}proof/`, { password: 'wrong' })).json()).toMatchObject({
      status: 400,
      errors: [{ pointer: '/password' }],
    })
    expect((await rotate()).status).toBe(403)
    expect((await browser.post(`${path}proof/`, { password })).status).toBe(200)
    expect((await rotate()).status).toBe(200)
  })

  test('a proof of one session is none of another', async () => {
    const { username } = await server.person('owner')
    const [old, proven] = [await server.signIn(username), await server.signIn(username)]
    server.clock.advance(11 * 60_000)
    await proven.post(`${path}proof/`, { password })
    old.jar.set('countersign-console-proof', proven.jar.get('countersign-console-proof') ?? '')
    expect((await old.post('/api/admin/keys/rotate/', { when: 'at_once' })).status).toBe(403)
  })

  const forged: [string, (pass: string, id: string) => string][] = [
    ['cut', (pass) => pass.slice(0, -2)],
    ['of another session', (pass, id) => `${id}.${pass.split('.')[1]}`],
    ['unsigned', (_, id) => id],
    ['empty', () => ''],
    ['junk', () => '%00=;;"'],
  ]
  test.each(forged)('a pass that is %s lets nobody in', async (_, change) => {
    const { username } = await server.person('owner')
    const browser = await server.signIn(username)
    const pass = browser.jar.get('countersign-console') ?? ''
    expect((await server.get(path, { ...fromPage, cookie: `countersign-console=${pass}` })).status).toBe(200)
    const cookie = `countersign-console=${change(pass, '01a20118-2f5f-7308-a715-ebe14927edf9')}`
    expect((await server.get(path, { ...fromPage, cookie })).status).toBe(401)
  })

  test('T25: a token of an application is none, and a pass is no token', async () => {
    const { username } = await server.person('owner')
    const browser = await server.signIn(username)
    const { access, refresh } = await server
      .post('/api/login/', { username, password })
      .then((answer) => answer.json())
    for (const token of [access, refresh]) {
      expect((await server.get(path, { ...bearer(token), ...fromPage })).status).toBe(401)
      expect((await server.get(path, { cookie: `countersign-console=${token}`, ...fromPage })).status).toBe(
        401,
      )
    }
    const pass = browser.jar.get('countersign-console') ?? ''
    expect((await server.get('/api/protected/', bearer(pass))).status).toBe(401)
    expect((await server.post('/api/token/refresh/', { refresh: pass })).status).toBe(401)
  })

  const own = 'http://127.0.0.1:8000'
  const sites: { name: string; headers: Record<string, string>; reads: number; changes: number }[] = [
    { name: 'a page of ours', headers: { 'sec-fetch-site': 'same-origin' }, reads: 200, changes: 204 },
    { name: 'a page of ours, by origin', headers: { origin: own }, reads: 200, changes: 204 },
    {
      name: 'by the host that is asked',
      headers: { origin: 'http://x:1', host: 'x:1' },
      reads: 200,
      changes: 204,
    },
    { name: 'another site', headers: { 'sec-fetch-site': 'cross-site' }, reads: 403, changes: 403 },
    { name: 'a neighbour', headers: { 'sec-fetch-site': 'same-site' }, reads: 403, changes: 403 },
    { name: 'another origin', headers: { origin: 'https://evil.example' }, reads: 403, changes: 403 },
    { name: 'no origin that is told', headers: { origin: 'null' }, reads: 403, changes: 403 },
    { name: 'an address that was typed', headers: { 'sec-fetch-site': 'none' }, reads: 200, changes: 403 },
    { name: 'nobody knows where', headers: {}, reads: 200, changes: 403 },
    {
      name: 'another site with our origin',
      headers: { 'sec-fetch-site': 'cross-site', origin: own },
      reads: 403,
      changes: 403,
    },
  ]
  test.each(sites)('F27: a request from $name', async ({ headers, reads, changes }) => {
    const { username } = await server.person('owner')
    const { id } = await server.person()
    const { jar } = await server.signIn(username)
    const cookie = `countersign-console=${jar.get('countersign-console')}`
    const ask = (method: string, at: string) =>
      server.request(method, at, { headers: { ...headers, cookie } })
    expect((await ask('GET', path)).status).toBe(reads)
    expect((await ask('POST', `/api/admin/users/${id}/disable/`)).status).toBe(changes)
    expect((await server.deployment.store.findUserById(id))?.is_active).toBe(changes === 204 ? 0 : 1)
  })

  test.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
  ])('H07: a body of the type %s is refused', async (type) => {
    const { username } = await server.person('owner')
    const browser = await server.signIn(username)
    const answer = await browser.request('POST', '/api/admin/mail/test/', undefined, { 'content-type': type })
    expect(answer.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  })

  test('F27: behind https the cookies have the prefix that ties them to this host', async () => {
    const secure = await openTestServer({ env: { COUNTERSIGN_ISSUER: 'https://auth.example.com' } })
    await secure.session('alice', password)
    const user = await secure.deployment.store.findUserByName('alice')
    await secure.deployment.store.updateUser({ userId: user?.id ?? '', set: { admin_role: 'owner' } })
    const { headers } = await secure.post(path, { username: 'alice', password }, fromPage)
    for (const cookie of headers['set-cookie'] as string[]) {
      expect(cookie).toMatch(/^__Host-countersign-console(-proof)?=/)
      expect(cookie).toMatch(/; Path=\/;.*; HttpOnly; SameSite=Strict; Secure$/)
      expect(cookie).not.toContain('Domain')
    }
    await secure.close()
  })

  test('P25: guesses at the password of an administrator are limited as any login', async () => {
    const limited = await openConsole('SQLite', { env: { COUNTERSIGN_LIMITS: '1' } })
    const { username } = await limited.person('owner')
    const guess = () => limited.post(path, { username, password: 'wrong' }, fromPage)
    const statuses: number[] = []
    for (let index = 0; index < 8; index += 1) statuses.push((await guess()).status)
    expect(statuses).toContain(429)
    await limited.close()
  })
})

const first = '/api/admin/first/'
const owner = { username: 'root', email: '', password: 'a quiet harbour' }

describe.each(stores)('P26: the first owner, on %s', (kind) => {
  test('is made once, by a link that development prints', async () => {
    const server = await openConsole(kind)
    // Whoever was imported, or has registered, is no owner.
    await server.person()
    await server.person('admin')
    const token = await server.deployment.firstOwner?.invite()
    const ask = (given: unknown) => server.post(first, { ...owner, token: given }, fromPage)
    expect((await ask('wrong')).status).toBe(404)
    expect((await server.post(first, { ...owner, password: '12345678', token }, fromPage)).status).toBe(400)
    expect((await ask(token)).status).toBe(201)
    expect((await server.deployment.store.findUserByName('root'))?.admin_role).toBe('owner')
    expect((await ask(token)).status).toBe(404)
    expect(await server.deployment.firstOwner?.invite()).toBeUndefined()
    await server.close()
  })

  test('of eight at once with one link, one is made', async () => {
    const server = await openConsole(kind)
    const token = await server.deployment.firstOwner?.invite()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        server.post(first, { ...owner, username: `root${index}`, token }, fromPage),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    await server.close()
  })
})

test('P26: the link to the first owner ends after half an hour, or when somebody else has become an owner', async () => {
  const server = await openConsole('SQLite')
  const late = await server.deployment.firstOwner?.invite()
  server.clock.advance(30 * 60_000)
  expect((await server.post(first, { ...owner, token: late }, fromPage)).status).toBe(404)
  const token = await server.deployment.firstOwner?.invite()
  await server.person('owner')
  expect((await server.post(first, { ...owner, token }, fromPage)).status).toBe(404)
  await server.close()
})
