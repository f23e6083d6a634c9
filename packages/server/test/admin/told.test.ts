import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lettersTo, letterTo } from '../accounts/mailbox.ts'
import { type Browser, type ConsoleServer, openConsole, password, stores } from './console.ts'

const users = '/api/admin/users/'

describe.each(stores)('P27: what an administrator does to a user, the user is told, on %s', (kind) => {
  let server: ConsoleServer
  let owner: Browser
  beforeAll(async () => {
    server = await openConsole(kind, { env: { COUNTERSIGN_EMAIL_VERIFICATION: 'optional' } })
    owner = await server.signIn((await server.person('owner')).username)
  })
  afterAll(() => server.close())

  async function patch(id: string, body: object) {
    const seen = { 'if-match': String((await owner.get(`${users}${id}/`)).headers.etag) }
    return owner.request('PATCH', `${users}${id}/`, body, seen)
  }
  const templatesTo = async (address: string) =>
    (await lettersTo(server, address)).map(({ template }) => template)

  test('a new address: the old one hears of it, the new one is unproven until its link was followed', async () => {
    const { id, email, username } = await server.person()
    const next = `new-${email}`
    expect((await patch(id, { email: next })).json()).toMatchObject({ email: next, email_verified: false })
    const told = await letterTo(server, email, 'email_changed')
    expect(told.text).toContain(username)
    expect(told.text).toMatch(/Device\s+an administrator\nAddress\s+not told\n/)
    expect(told.text).not.toContain(next)
    expect(await templatesTo(next)).toEqual(['verify_email'])
    const { token } = await letterTo(server, next, 'verify_email')
    expect((await server.post('/api/email/verify/', { token })).status).toBe(200)
    expect((await owner.get(`${users}${id}/`)).json()).toMatchObject({ email_verified: true })
  })

  test('the link to the address before proves nothing any more', async () => {
    const { id, email } = await server.person()
    const { token } = await letterTo(server, email, 'verify_email')
    await patch(id, { email: `new-${email}` })
    expect((await server.post('/api/email/verify/', { token })).status).toBe(400)
    expect((await owner.get(`${users}${id}/`)).json()).toMatchObject({ email_verified: false })
  })

  test('an address that the administrator says is proven gets no link; nor does that of a disabled user', async () => {
    const [one, two] = [await server.person(), await server.person()]
    await patch(one.id, { email: `new-${one.email}`, email_verified: true })
    expect(await templatesTo(`new-${one.email}`)).toEqual([])
    await patch(two.id, { email: `new-${two.email}`, is_active: false })
    expect(await templatesTo(`new-${two.email}`)).toEqual([])
    for (const { email } of [one, two]) expect(await templatesTo(email)).toContain('email_changed')
  })

  test('another name, another role, the end of the account', async () => {
    const { id, email, username } = await server.person()
    await patch(id, { username: `${username}-renamed` })
    expect((await letterTo(server, email, 'username_changed')).text).toContain(username)
    await patch(id, { role: 'support' })
    expect((await letterTo(server, email, 'role_changed')).text).toContain('now: support.')
    server.clock.advance(1_000)
    await patch(id, { role: 'none' })
    expect((await letterTo(server, email, 'role_changed')).text).toContain('now: none.')
    await patch(id, { role: 'none' })
    expect((await owner.request('DELETE', `${users}${id}/`)).status).toBe(204)
    const templates = await templatesTo(email)
    expect(templates.filter((one) => one === 'role_changed')).toHaveLength(2)
    expect(templates).toContain('account_deleted')
  })

  test('what is refused or changes nothing tells nobody', async () => {
    const [one, other] = [await server.person(), await server.person()]
    const before = await templatesTo(one.email)
    expect((await patch(one.id, { email: other.email })).status).toBe(400)
    expect((await patch(one.id, { username: one.username, email: one.email })).status).toBe(200)
    expect(await templatesTo(one.email)).toEqual(before)
  })

  test('a link to a new password, and a password that was taken away: each says which it is', async () => {
    const { id, email } = await server.person()
    await owner.post(`${users}${id}/send-reset/`)
    expect((await letterTo(server, email, 'reset_sent')).text).toContain('your password stays as it is')
    await owner.post(`${users}${id}/require-reset/`)
    const { text, token } = await letterTo(server, email, 'reset_required')
    expect(text).toContain('has taken the password')
    const body = { token, new_password: 'another quiet harbour' }
    expect((await server.post('/api/password/reset/confirm/', body)).status).toBe(200)
  })
})

describe.each(stores)('unlocking a user, on %s', (kind) => {
  const home = '198.51.100.7'
  let server: ConsoleServer
  let owner: Browser
  beforeAll(async () => {
    const env = { COUNTERSIGN_LIMITS: '1', COUNTERSIGN_TRUST_PROXY: '1' }
    server = await openConsole(kind, { env })
    owner = await server.signIn((await server.person('owner')).username)
  })
  afterAll(() => server.close())

  test('lets him in where he is known and where he is not; another user waits on', async () => {
    const [one, other] = [await server.person(), await server.person()]
    const logIn = async (username: string, address: string, given = password) => {
      const body = { username, password: given }
      return (await server.post('/api/login/', body, { 'x-forwarded-for': address })).status
    }
    const places = [home, '203.0.113.9']
    for (const { username } of [one, other]) expect(await logIn(username, home)).toBe(200)
    for (const { username } of [one, other])
      for (const address of places)
        for (let tried = 0; tried < 7; tried += 1) await logIn(username, address, 'wrong')
    for (const address of places) expect(await logIn(one.username, address)).toBe(429)
    await server.deployment.trail.flush()
    expect((await owner.post(`${users}${one.id}/unlock/`)).status).toBe(204)
    for (const address of places) {
      expect(await logIn(one.username, address), address).toBe(200)
      expect(await logIn(other.username, address), address).toBe(429)
    }
  })

  test('also of the password that he is asked for again', async () => {
    const { id, username } = await server.person()
    const { access } = (await server.post('/api/login/', { username, password })).json()
    const headers = { authorization: `Bearer ${access}` }
    const change = async (old_password: string) => {
      const body = { old_password, new_password: 'another quiet harbour' }
      return (await server.post('/api/password/change/', body, headers)).status
    }
    for (let tried = 0; tried < 7; tried += 1) await change('wrong')
    expect(await change(password)).toBe(429)
    await owner.post(`${users}${id}/unlock/`)
    expect(await change(password)).toBe(200)
  })
})
