import { afterEach, describe, expect, test } from 'vitest'
import { bearer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'
import { lettersTo, letterTo } from './mailbox.ts'

const password = 'correct horse battery'
const another = 'another horse battery'

const opened: TestServer[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

/** A server with these settings of accounts. */
async function open(settings: Partial<Record<'EMAIL_VERIFICATION' | 'LOGIN_BY' | 'HIDE_EMAILS', string>>) {
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`COUNTERSIGN_${name}`, value]),
  )
  const server = await openTestServer({ env })
  opened.push(server)
  const register = (username: string, email = `${username}@example.com`, secret = password) =>
    server.post('/api/register/', { username, email, password: secret })
  const login = (username: string, secret = password) =>
    server.post('/api/login/', { username, password: secret })
  const verify = async (email: string) => {
    const { token } = await letterTo(server, email, 'verify_email')
    return server.post('/api/email/verify/', { token })
  }
  return { server, register, login, verify }
}

describe('the proof of an address', () => {
  test('off: registration sends nothing; whoever asks gets a mail', async () => {
    const { server, register, login } = await open({})
    await register('alice')
    expect(await lettersTo(server, 'alice@example.com')).toEqual([])
    expect((await login('alice')).status).toBe(200)
    await server.post('/api/email/verify/resend/', { email: 'alice@example.com' })
    expect(await lettersTo(server, 'alice@example.com')).toHaveLength(1)
  })

  test('optional: registration sends one, and the user may log in at once', async () => {
    const { server, register, login, verify } = await open({ EMAIL_VERIFICATION: 'optional' })
    await register('alice')
    expect((await login('alice')).status).toBe(200)
    expect((await verify('alice@example.com')).status).toBe(200)
    const { access } = (await login('alice')).json() as TokenPair
    expect((await server.get('/api/me/', bearer(access))).json()).toMatchObject({ email_verified: true })
  })

  test('required: the right password is not enough before, and only it is told so', async () => {
    const { server, register, login, verify } = await open({ EMAIL_VERIFICATION: 'required' })
    await register('alice')
    const refused = await login('alice')
    expect([refused.status, refused.json().code]).toEqual([401, 'email_not_verified'])
    expect((await login('alice', 'wrong')).json()).not.toHaveProperty('code')
    server.clock.advance(1)
    await server.post('/api/email/verify/resend/', { email: 'alice@example.com' })
    expect((await verify('alice@example.com')).status).toBe(200)
    expect((await login('alice')).status).toBe(200)
  })

  test('required: a user whom an operator made without an address is let in', async () => {
    const { server, register, login } = await open({ EMAIL_VERIFICATION: 'required' })
    await register('alice')
    const { store } = server.deployment
    const user = await store.findUserByName('alice')
    await store.updateUser({ userId: user?.id ?? '', set: { email: '', email_canonical: null } })
    expect((await login('alice')).status).toBe(200)
  })

  test('required: a new password by mail proves the address too', async () => {
    const { server, register, login } = await open({ EMAIL_VERIFICATION: 'required' })
    await register('alice')
    await server.post('/api/password/reset/', { email: 'alice@example.com' })
    const { token } = await letterTo(server, 'alice@example.com', 'reset_password')
    await server.post('/api/password/reset/confirm/', { token, new_password: another })
    expect((await login('alice', another)).status).toBe(200)
  })
})

describe('login by address', () => {
  test.each(['email', 'both'])('%s: with the proven address, in any case', async (LOGIN_BY) => {
    const { register, login, verify } = await open({ LOGIN_BY, EMAIL_VERIFICATION: 'optional' })
    await register('alice')
    const before = await login('alice@example.com')
    expect([before.status, before.json().code]).toEqual([401, 'email_not_verified'])
    expect((await login('alice@example.com', 'wrong')).json()).not.toHaveProperty('code')
    await verify('alice@example.com')
    expect((await login(' Alice@EXAMPLE.com ')).status).toBe(200)
    expect((await login('alice')).status).toBe(LOGIN_BY === 'both' ? 200 : 401)
    expect((await login('nobody@example.com')).status).toBe(401)
  })

  test('username: an address is no name', async () => {
    const { register, login, verify } = await open({ EMAIL_VERIFICATION: 'optional' })
    await register('alice')
    await verify('alice@example.com')
    expect((await login('alice@example.com')).status).toBe(401)
  })

  test('a name that looks like an address must be the own one', async () => {
    const { server, register } = await open({ LOGIN_BY: 'both', EMAIL_VERIFICATION: 'optional' })
    const fault = { username: ['A username that looks like an e-mail address must be your own address.'] }
    const foreign = await register('victim@example.com', 'mallory@example.com')
    expect([foreign.status, foreign.json()]).toEqual([400, fault])
    expect((await register('Own@Example.com', 'own@example.com')).status).toBe(201)
    await register('mallory')
    const { access } = (
      await server.post('/api/login/', { username: 'mallory', password })
    ).json() as TokenPair
    const renamed = await server.request('PATCH', '/api/me/', {
      ...{ body: { username: 'victim@example.com' }, headers: bearer(access) },
    })
    expect([renamed.status, renamed.json()]).toEqual([400, fault])
  })

  test('a name from before that equals somebody’s proven address does not lock him out', async () => {
    const { server, register, login, verify } = await open({
      LOGIN_BY: 'both',
      EMAIL_VERIFICATION: 'optional',
    })
    await register('squatter')
    const { store } = server.deployment
    const squatter = await store.findUserByName('squatter')
    const name = 'victim@example.com'
    const set = { username: name, username_canonical: name }
    await store.updateUser({ userId: squatter?.id ?? '', set })
    expect((await login(name)).status).toBe(200)
    await register('victim', name, another)
    await verify(name)
    expect((await login(name, another)).status).toBe(200)
    expect((await login(name, password)).status).toBe(401)
  })
})

describe('P20: where it is hidden who has which address', () => {
  const hidden = { EMAIL_VERIFICATION: 'optional', HIDE_EMAILS: 'on' }

  test('registration answers alike; the owner gets a letter, the other one none', async () => {
    const { server, register } = await open(hidden)
    await register('owner', 'owner@example.com')
    const [known, unknown] = [
      await register('first', 'Owner@example.com'),
      await register('other', 'new@example.com'),
    ]
    expect(known.status).toBe(201)
    expect(Object.keys(known.json())).toEqual(Object.keys(unknown.json()))
    expect(known.json()).toMatchObject({ username: 'first', email: 'Owner@example.com' })
    const { text } = await letterTo(server, 'owner@example.com', 'account_exists')
    expect(text).toContain('owner')
    expect(text).not.toContain('first')
    const letters = await lettersTo(server, 'Owner@example.com')
    expect(letters).toEqual([])
  })

  test.each([
    'optional',
    'required',
  ])('%s: a login afterwards tells nothing either', async (EMAIL_VERIFICATION) => {
    const { register, login } = await open({ ...hidden, EMAIL_VERIFICATION })
    await register('owner')
    await register('first', 'owner@example.com')
    await register('other', 'new@example.com')
    const [known, unknown] = [await login('first'), await login('other')]
    expect(known.status).toBe(unknown.status)
    expect(Object.keys(known.json())).toEqual(Object.keys(unknown.json()))
    expect((await register('first', 'third@example.com')).json()).toHaveProperty('username')
  })

  test('what its user sees is the same, and the address is not his', async () => {
    const { server, register, login } = await open(hidden)
    await register('owner')
    await register('first', 'owner@example.com')
    const { access } = (await login('first')).json() as TokenPair
    const me = (await server.get('/api/me/', bearer(access))).json()
    expect(me).toMatchObject({ email: 'owner@example.com', email_verified: false })
    const { store } = server.deployment
    expect((await store.findUserByEmail('owner@example.com'))?.username).toBe('owner')
    await server.post('/api/password/reset/', { email: 'owner@example.com' })
    const { text } = await letterTo(server, 'owner@example.com', 'reset_password')
    expect(text).toContain('owner')
    await server.post(
      '/api/password/change/',
      { old_password: password, new_password: another },
      bearer(access),
    )
    const kinds = (await lettersTo(server, 'owner@example.com')).map(({ template }) => template)
    expect(kinds).not.toContain('password_changed')
  })

  test('a change to a known address answers alike, and its owner gets a letter', async () => {
    const { server, register, login } = await open(hidden)
    await register('owner')
    await register('other')
    const { access } = (await login('other')).json() as TokenPair
    const ask = (email: string) => server.post('/api/email/change/', { email }, bearer(access))
    const [known, unknown] = [await ask('owner@example.com'), await ask('new@example.com')]
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
    expect(await letterTo(server, 'owner@example.com', 'account_exists')).toBeDefined()
  })

  test('two who register an address at once are both let in, and one of them has it', async () => {
    const { server, register } = await open(hidden)
    const names = Array.from({ length: 8 }, (_, index) => `racer${index}`)
    const answers = await Promise.all(names.map((name) => register(name, 'same@example.com')))
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201))
    const users = await server.deployment.store.listUsers({ after: undefined, limit: 20 })
    expect(users.filter(({ email_canonical }) => email_canonical === 'same@example.com')).toHaveLength(1)
  })

  test('a name that somebody has is told as ever', async () => {
    const { register } = await open(hidden)
    await register('owner')
    const answer = await register('OWNER', 'owner@example.com')
    expect([answer.status, answer.json()]).toEqual([
      ...[400, { username: ['A user with that username already exists.'] }],
    ])
  })
})
