import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lettersTo } from '../accounts/mailbox.ts'
import { type Browser, type ConsoleServer, openConsole, password, stores } from './console.ts'

const users = '/api/admin/users/'

describe.each(stores)('users in the console, on %s', (kind) => {
  let server: ConsoleServer
  let owner: Browser
  beforeAll(async () => {
    server = await openConsole(kind)
    owner = await server.signIn((await server.person('owner')).username)
  })
  afterAll(() => server.close())

  const as = async (role: 'owner' | 'admin' | 'support' | 'auditor') =>
    server.signIn((await server.person(role)).username)
  const find = (id: string) => server.deployment.store.findUserById(id)
  const etagOf = async (id: string) => String((await owner.get(`${users}${id}/`)).headers.etag)
  const patch = async (browser: Browser, id: string, body: object) =>
    browser.request('PATCH', `${users}${id}/`, body, { 'if-match': await etagOf(id) })

  async function every(query: string) {
    const found: { id: string; username: string; email: string }[] = []
    let cursor = ''
    do {
      const { items, next } = (
        await owner.get(`${users}?${query}&limit=3${cursor && `&cursor=${cursor}`}`)
      ).json()
      found.push(...items)
      cursor = next ?? ''
    } while (cursor)
    return found
  }

  test('are listed page by page, each once, in either order of either column', async () => {
    for (let index = 0; index < 8; index += 1) await server.person()
    for (const column of ['created', 'username']) {
      const [up, down] = [await every(`sort=${column}`), await every(`sort=-${column}`)]
      expect(up.length).toBeGreaterThanOrEqual(9)
      expect(new Set(up.map(({ id }) => id)).size).toBe(up.length)
      const names = ({ username }: { username: string }) => username
      if (column === 'username') expect(down.map(names)).toEqual(up.map(names).reverse())
      expect(down.map(names).sort()).toEqual(up.map(names).sort())
    }
  })

  test('by address those without one come last, in either direction, and are not lost', async () => {
    const silent = [await server.person(), await server.person()].map(({ id }) => id)
    for (const userId of silent)
      await server.deployment.store.updateUser({ userId, set: { email: '', email_canonical: null } })
    const all = (await every('sort=created')).map(({ username }) => username).sort()
    const [up, down] = [await every('sort=email'), await every('sort=-email')]
    const addresses = (list: typeof up) => list.map(({ email }) => email).filter((email) => email !== '')
    expect(addresses(up)).toEqual([...addresses(up)].sort())
    expect(addresses(down)).toEqual([...addresses(up)].reverse())
    for (const list of [up, down]) {
      expect(list.map(({ username }) => username).sort()).toEqual(all)
      expect(
        list
          .slice(-2)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(silent.sort())
    }
  })

  test('a cursor is good for its own list alone', async () => {
    const { next } = (await owner.get(`${users}?sort=username&limit=1`)).json()
    const forged = [
      '["created_at","string","x","y"]',
      '["created_at","number","1e400","y"]',
      '["id","string","",""]',
    ]
    for (const cursor of [next, ...forged.map((text) => Buffer.from(text).toString('base64url'))]) {
      const answer = await owner.get(`${users}?sort=created&cursor=${cursor}`)
      expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/cursor' }] })
    }
    expect((await owner.get(`${users}?search=x&cursor=${next}`)).status).toBe(200)
  })

  test('are found by the beginning of a name or an address, and by id', async () => {
    const create = async (username: string, email: string) =>
      ((await server.post('/api/register/', { username, email, password })).json() as { id: string }).id
    const named = [await create('zoe1', 'zoe1@example.com'), await create('zoe2', 'other@example.com')]
    const addressed = await create('ann', 'zoe3@example.com')
    expect((await every('search=ZOE')).map(({ id }) => id)).toEqual([...named, addressed])
    for (const search of named) expect(await every(`search=${search}`)).toMatchObject([{ id: search }])
    expect(await every('search=zoe3@example.com')).toMatchObject([{ id: addressed }])
    expect(await every('search=nobody-has-this')).toEqual([])
    expect(await every('search=%00')).toEqual([])
  })

  test('are filtered by what they are', async () => {
    const { id } = await server.person()
    await server.deployment.store.updateUser({
      userId: id,
      set: { is_active: 0, is_staff: 1, email_verified_at: 1 },
    })
    for (const query of ['active=false', 'staff=true', 'verified=true'])
      expect((await every(query)).map((one) => one.id)).toEqual([id])
    expect((await every('role=any')).length).toBeGreaterThan(0)
    expect((await every('role=auditor&active=false')).length).toBe(0)
    expect((await every('role=none')).map((one) => one.id)).toContain(id)
  })

  test.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'cursor=x',
    'sort=last_login',
    'active=yes',
    'role=root',
  ])('%s is refused with its name', async (query) => {
    const [name = ''] = query.split('=')
    const answer = await owner.get(`${users}?${query}`)
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid', errors: [{ pointer: `/${name}` }] })
  })

  test('one is shown with his password’s kind and never with it', async () => {
    const { id, username } = await server.person()
    const answer = await owner.get(`${users}${id}/`)
    expect(answer.json()).toMatchObject({
      ...{ id, username, role: null, is_active: true, touchable: true, live_sessions: 0 },
      password: { algorithm: 'argon2id', changed_at: null },
    })
    expect(answer.text).not.toContain('$argon2')
    expect((await owner.get(`${users}nobody/`)).json()).toMatchObject({ status: 404, code: 'not_found' })
  })

  test('a change is made only to what was seen, and told before and after', async () => {
    const { id } = await server.person()
    const seen = await etagOf(id)
    const change = (body: object, headers: Record<string, string>) =>
      owner.request('PATCH', `${users}${id}/`, body, headers)
    expect((await change({ is_active: false }, {})).status).toBe(428)
    const changed = await change({ is_active: false, username: 'Renamed-by-console' }, { 'if-match': seen })
    expect(changed.json()).toMatchObject({ is_active: false, username: 'Renamed-by-console' })
    expect(changed.headers.etag).not.toBe(seen)
    expect((await change({ is_active: true }, { 'if-match': seen })).json()).toMatchObject({ status: 412 })
    expect((await find(id))?.is_active).toBe(0)
    const { items } = (await owner.get(`/api/admin/audit/?user=${id}&event=user.updated`)).json()
    expect(items).toMatchObject([
      {
        actor_name: expect.stringMatching(/^person/),
        client_ip: '127.0.0.1',
        changes: { is_active: { before: true, after: false }, username: { after: 'Renamed-by-console' } },
      },
    ])
    const logged = JSON.stringify(server.events.filter(({ event }) => event === 'user.updated'))
    expect(logged).not.toContain('Renamed-by-console')
  })

  test('two administrators at once: one wins, the other is told', async () => {
    const { id } = await server.person()
    const seen = { 'if-match': await etagOf(id) }
    const both = await Promise.all(
      [{ is_staff: true }, { is_active: false }].map((body) =>
        owner.request('PATCH', `${users}${id}/`, body, seen),
      ),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
  })

  test('a new address is unproven, ends the sessions, and must be nobody’s', async () => {
    const [one, other] = [await server.person(), await server.person()]
    await server.deployment.store.updateUser({ userId: one.id, set: { email_verified_at: 5 } })
    expect((await patch(owner, one.id, { email: other.email })).json()).toMatchObject({
      errors: [{ pointer: '/email' }],
    })
    const answer = await patch(owner, one.id, { email: `new-${one.email}` })
    expect(answer.json()).toMatchObject({ email: `new-${one.email}`, email_verified: false })
    expect((await patch(owner, one.id, { nonsense: 1 })).json()).toMatchObject({
      errors: [{ pointer: '/nonsense' }],
    })
  })

  test('F25: roles are an owner’s to give, with a fresh password', async () => {
    const { id } = await server.person()
    for (const body of [{ role: 'owner' }, { is_superuser: true }, { is_staff: true }])
      expect((await patch(await as('admin'), id, body)).status).toBe(403)
    expect((await patch(owner, id, { role: 'auditor' })).json()).toMatchObject({ role: 'auditor' })
    expect((await patch(owner, id, { role: 'root' })).status).toBe(400)
    expect((await patch(owner, id, { role: 'none' })).json()).toMatchObject({ role: null })
  })

  test('F25: nobody touches whose role is not below his own: it would be a way to that role', async () => {
    const [admin, support] = [await as('admin'), await as('support')]
    const [boss, peer] = [await server.person('owner'), await server.person('admin')]
    for (const { id } of [boss, peer]) {
      expect((await patch(admin, id, { email: `taken-${id}@example.com` })).status).toBe(403)
      for (const act of ['disable', 'sign-out', 'send-reset', 'require-reset', 'unlock'])
        expect((await admin.post(`${users}${id}/${act}/`)).status, act).toBe(403)
      expect((await admin.request('DELETE', `${users}${id}/`)).status).toBe(403)
      expect((await support.post(`${users}${id}/sign-out/`)).status).toBe(403)
    }
    expect(await find(boss.id)).toMatchObject({ is_active: 1, admin_role: 'owner' })
    expect(server.events.filter(({ event }) => event === 'admin.refused').length).toBeGreaterThan(5)
  })

  test('disabling ends his sessions at once; activating lets him in again', async () => {
    const { id, username } = await server.person()
    const { access } = (await server.post('/api/login/', { username, password })).json()
    const isIn = async () =>
      (await server.get('/api/protected/', { authorization: `Bearer ${access}` })).status
    expect(await isIn()).toBe(200)
    expect((await owner.post(`${users}${id}/disable/`)).status).toBe(204)
    expect(await isIn()).toBe(401)
    expect((await server.post('/api/login/', { username, password })).status).toBe(401)
    expect((await owner.post(`${users}${id}/activate/`)).status).toBe(204)
    expect((await server.post('/api/login/', { username, password })).status).toBe(200)
  })

  test('P26: a reset is begun, never done: the old password stays good, or is taken away', async () => {
    const { id, username, email } = await server.person()
    const isGood = async () => (await server.post('/api/login/', { username, password })).status === 200
    expect((await owner.post(`${users}${id}/send-reset/`)).status).toBe(204)
    expect([(await lettersTo(server, email)).length, await isGood()]).toEqual([1, true])
    expect((await owner.post(`${users}${id}/require-reset/`)).status).toBe(204)
    expect([(await lettersTo(server, email)).length, await isGood()]).toEqual([2, false])
    expect((await owner.get(`${users}${id}/`)).json().password.algorithm).toBeNull()
  })

  test('many at once: each is done or not by itself', async () => {
    const [one, boss] = [await server.person(), await server.person('owner')]
    const admin = await as('admin')
    const ids = [one.id, boss.id, 'nobody']
    const { items } = (await admin.post(`${users}bulk/`, { act: 'disable', ids })).json()
    expect(items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['done', 'forbidden', 'missing'])
    expect((await admin.post(`${users}bulk/`, { act: 'promote', ids })).status).toBe(400)
    expect((await admin.post(`${users}bulk/`, { act: 'delete', ids: [] })).status).toBe(400)
    const support = await as('support')
    expect((await support.post(`${users}bulk/`, { act: 'delete', ids })).status).toBe(403)
    expect((await owner.post(`${users}bulk/`, { act: 'delete', ids: [one.id] })).json().items).toMatchObject([
      { outcome: 'done' },
    ])
    expect(await find(one.id)).toBeUndefined()
  })

  test('an export has all of them, and no formula', async () => {
    const { id } = await server.person()
    await server.deployment.store.updateUser({ userId: id, set: { username: '=1+1' } })
    const csv = await owner.get(`${users}export/`)
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(csv.text.split('\r\n')[0]).toMatch(/^id,username,email/)
    expect(csv.text).toContain(`${id},'=1+1,`)
    const lines = (await owner.get(`${users}export/?as=ndjson`)).text.trim().split('\n')
    expect(lines).toHaveLength((await every('sort=created')).length)
    expect(csv.text).not.toContain('$argon2')
  })

  test('an export of some has them in the order named, whatever else is filtered, and is in the trail', async () => {
    const [one, other] = [await server.person(), await server.person()]
    await server.person()
    const ids = [other.id, 'nobody', one.id].join(',')
    const answer = await owner.get(`${users}export/?as=ndjson&active=false&ids=${ids}`)
    const lines = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string })
    expect(lines.map(({ id }) => id)).toEqual([other.id, one.id])
    expect((await owner.get(`${users}export/?as=ndjson&ids=`)).text).toBe('')
    const many = Array.from({ length: 201 }, (_, index) => index).join(',')
    expect((await owner.get(`${users}export/?ids=${many}`)).json()).toMatchObject({
      errors: [{ pointer: '/ids' }],
    })
    const { items } = (await owner.get('/api/admin/audit/?event=admin.acted')).json()
    expect(items[0]).toMatchObject({ details: { reason: 'users_exported' } })
  })
})

describe.each(stores)('P26: the last owner, on %s', (kind) => {
  test('cannot be disabled, demoted or deleted; of two who remove each other one stays', async () => {
    const server = await openConsole(kind)
    const [one, other] = [await server.person('owner'), await server.person('owner')]
    const [first, second] = [await server.signIn(one.username), await server.signIn(other.username)]
    const removed = await Promise.all([
      first.request('DELETE', `${users}${other.id}/`),
      second.request('DELETE', `${users}${one.id}/`),
    ])
    expect(removed.filter(({ status }) => status === 204)).toHaveLength(1)
    const [last, browser] = (await server.deployment.store.findUserById(one.id))
      ? [one, first]
      : [other, second]
    const path = `${users}${last.id}/`
    expect((await browser.post(`${path}disable/`)).json()).toMatchObject({ status: 409, code: 'conflict' })
    expect((await browser.request('DELETE', path)).status).toBe(409)
    const seen = { 'if-match': String((await browser.get(path)).headers.etag) }
    expect((await browser.request('PATCH', path, { role: 'admin' }, seen)).status).toBe(409)
    expect(await server.deployment.store.findUserById(last.id)).toMatchObject({
      is_active: 1,
      admin_role: 'owner',
    })
    await server.close()
  })
})
