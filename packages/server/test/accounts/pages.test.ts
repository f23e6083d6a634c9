import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formBody } from '../contract/bodies.ts'
import { bearer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'
import { letterTo } from './mailbox.ts'

const password = 'correct horse battery'
const another = 'another horse battery'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer({
    env: { COUNTERSIGN_ISSUER: 'https://auth.example.com', MAIL_FROM: 'Acme & Co <no-reply@example.com>' },
  })
})
afterAll(() => server.close())

let users = 0
async function newUser() {
  users += 1
  const username = `person${users}`
  return { username, email: `${username}@example.com`, pair: await server.session(username) }
}

const ownForm = { 'sec-fetch-site': 'same-origin', origin: 'null' }

/** Sends a form as a browser does. */
function submit(path: string, members: Record<string, string>, headers: Record<string, string> = ownForm) {
  const { body, headers: type } = formBody(members)
  return server.post(path, body, { ...type, ...headers })
}

const login = (username: string, secret: string) => server.post('/api/login/', { username, password: secret })

async function resetLink() {
  const user = await newUser()
  await server.post('/api/password/reset/', { email: user.email })
  return { ...user, letter: await letterTo(server, user.email, 'reset_password') }
}

async function verifyLink() {
  const user = await newUser()
  await server.post('/api/email/verify/resend/', { email: user.email })
  return { ...user, letter: await letterTo(server, user.email, 'verify_email') }
}

async function changeLink() {
  const user = await newUser()
  const to = `${user.username}@example.net`
  await server.post('/api/email/change/', { email: to }, bearer(user.pair.access))
  return { ...user, to, letter: await letterTo(server, to, 'change_email') }
}

const verified = async ({ access }: TokenPair) => (await server.get('/api/me/', bearer(access))).json()

describe('every page', () => {
  const pages: [name: string, open: () => Promise<string>, status: number][] = [
    ['that asks for an address', async () => '/account/forgot', 200],
    ['that asks for an address again', async () => '/account/resend', 200],
    ['of a reset', async () => (await resetLink()).letter.path, 200],
    ['of a confirmation', async () => (await verifyLink()).letter.path, 200],
    ['of a code', async () => '/account/verify', 200],
    ['of a change', async () => (await changeLink()).letter.path, 200],
    ['of a link that is none', async () => '/account/reset?token=abc', 410],
    [
      'of a link for something else',
      async () => (await verifyLink()).letter.path.replace('verify', 'email'),
      410,
    ],
    ['at the end', async () => '/account/done?of=password', 200],
    ['that there is not', async () => '/account/done?of=constructor', 404],
  ]

  test.each(pages)('%s: strict headers, no script, nothing from elsewhere', async (_, open, status) => {
    const path = await open()
    const answer = await server.get(path)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.text).not.toMatch(/<script|<style|\sstyle=|\son\w+=|(src|href|action)="(?!\/|#)/)
    expect(answer.text).toContain('Acme &amp; Co')
    for (const [, asset = ''] of answer.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      expect((await server.get(asset)).status, asset).toBe(200)
    }
    const head = await server.request('HEAD', path)
    expect([head.status, head.text]).toEqual([status, ''])
  })

  test('F11: a link that is looked at does nothing', async () => {
    const { pair, letter } = await verifyLink()
    const change = await changeLink()
    for (const path of [letter.path, change.letter.path]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) await server.request(method, path)
    }
    expect(await verified(pair)).toMatchObject({ email_verified: false })
    expect(await verified(change.pair)).toMatchObject({ email: change.email })
  })

  test('says of a change what will happen, before it does', async () => {
    const { username, email, to, letter } = await changeLink()
    const { text } = await server.get(letter.path)
    for (const part of [username, email, to]) expect(text).toContain(part)
  })
})

describe('a new password', () => {
  const choose = (members: Record<string, string>, headers?: Record<string, string>) =>
    submit('/account/reset', { new_password: another, new_password_again: another, ...members }, headers)

  test('by link', async () => {
    const { username, letter } = await resetLink()
    const { text } = await server.get(letter.path)
    expect(text).toMatch(new RegExp(`autocomplete="username"[^>]*value="${username}"`, 's'))
    expect(text).toContain('autocomplete="new-password"')
    const answer = await choose({ token: letter.token, username })
    expect([answer.status, answer.headers.location]).toEqual([303, '/account/done?of=password'])
    expect((await login(username, another)).status).toBe(200)
    expect((await choose({ token: letter.token, username })).status).toBe(410)
  })

  test('by code, beginning with the address alone', async () => {
    const { username, email } = await newUser()
    const asked = await submit('/account/forgot', { email })
    expect(asked.status).toBe(200)
    expect(asked.text).toContain('autocomplete="one-time-code"')
    expect(asked.text).toContain(`value="${email}"`)
    const { code } = await letterTo(server, email, 'reset_password')
    const wrong = await choose({ email, code: code === '00000000' ? '11111111' : '00000000' })
    expect([wrong.status, wrong.text.includes('This code is not valid, or no longer.')]).toEqual([400, true])
    expect((await choose({ email, code })).status).toBe(303)
    expect((await login(username, another)).status).toBe(200)
  })

  test('that is refused: every message of the policy stands at its field, and the link is good still', async () => {
    const { username, letter } = await resetLink()
    const members = { token: letter.token, username }
    const short = await choose({ ...members, new_password: '1234', new_password_again: '1234' })
    expect(short.status).toBe(400)
    expect(short.text).toContain('<title>Error: ')
    expect(short.text).toContain('role="alert"')
    expect(short.text).toMatch(/id="new_password-fault">This password is too short.*entirely numeric\./)
    expect(short.text).toMatch(
      /name="new_password"[^>]*aria-describedby="new_password-hint new_password-fault"/s,
    )
    expect(short.text).not.toContain('1234"')
    const differing = await choose({ ...members, new_password_again: 'something else' })
    expect([differing.status, differing.text.includes('The two passwords are not the same.')]).toEqual([
      400,
      true,
    ])
    expect((await choose(members)).status).toBe(303)
  })

  test('answers alike to an address that nobody has', async () => {
    const { email } = await newUser()
    const [known, unknown] = [
      await submit('/account/forgot', { email }),
      await submit('/account/forgot', { email: 'nobody@example.com' }),
    ]
    expect(known.text.replaceAll(email, 'X')).toBe(unknown.text.replaceAll('nobody@example.com', 'X'))
  })

  test('/.well-known/change-password leads there', async () => {
    const { status, headers } = await server.get('/.well-known/change-password')
    expect([status, headers.location]).toEqual([302, '/account/forgot'])
  })
})

describe('an address', () => {
  test('is confirmed by link, once', async () => {
    const { pair, letter } = await verifyLink()
    const answer = await submit('/account/verify', { token: letter.token })
    expect([answer.status, answer.headers.location]).toEqual([303, '/account/done?of=verified'])
    expect(await verified(pair)).toMatchObject({ email_verified: true })
    expect((await submit('/account/verify', { token: letter.token })).status).toBe(410)
  })

  test('is confirmed by code', async () => {
    const { pair, email } = await newUser()
    expect((await submit('/account/resend', { email })).status).toBe(200)
    const { code } = await letterTo(server, email, 'verify_email')
    expect((await submit('/account/verify', { email, code })).status).toBe(303)
    expect(await verified(pair)).toMatchObject({ email_verified: true })
  })

  test('is changed by link, and the session that asked goes on', async () => {
    const { pair, to, letter } = await changeLink()
    const answer = await submit('/account/email', { token: letter.token })
    expect([answer.status, answer.headers.location]).toEqual([303, '/account/done?of=email'])
    expect(await verified(pair)).toMatchObject({ email: to, email_verified: true })
  })
})

describe('a form', () => {
  const foreign: [name: string, headers: Record<string, string>][] = [
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a neighbour', { 'sec-fetch-site': 'same-site', origin: 'https://app.example.com' }],
    ['another site that hides who it is', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['another site, in an old browser', { origin: 'https://evil.example' }],
  ]
  test.each(foreign)('that %s sends is refused, and nothing is done', async (_, headers) => {
    const { pair, letter } = await verifyLink()
    const answer = await submit('/account/verify', { token: letter.token }, headers)
    expect([answer.status, answer.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8'])
    expect(await verified(pair)).toMatchObject({ email_verified: false })
  })

  const ours: [name: string, headers: Record<string, string>][] = [
    ['a browser', ownForm],
    ['an old browser', { origin: 'https://auth.example.com' }],
    ['an old browser that hides who it is', { origin: 'null' }],
    ['a program', {}],
  ]
  test.each(ours)('that %s sends is taken', async (_, headers) => {
    const { letter } = await verifyLink()
    expect((await submit('/account/verify', { token: letter.token }, headers)).status).toBe(303)
  })

  const hostile = `"><script>alert(1)</script>'&<`
  test.each([
    ['/account/forgot', { email: hostile }],
    ['/account/resend', { email: hostile }],
    ['/account/verify', { email: hostile, code: hostile }],
    ['/account/reset', { email: hostile, code: hostile }],
    ['/account/reset', { token: hostile, username: hostile }],
  ])('%s shows what was typed as text', async (path, members) => {
    const { status, text } = await submit(path, members)
    expect(status).toBe(400)
    expect(text).not.toContain('<script')
    expect(text).toContain('&quot;&gt;&lt;script&gt;')
  })

  test.each([
    ['nothing', ''],
    ['a list', '[1]'],
    ['null', 'null'],
    ['what is no JSON', '{'],
  ])('of %s is no fault of ours', async (_, body) => {
    for (const path of ['forgot', 'reset', 'resend', 'verify', 'email']) {
      const answer = await server.post(`/account/${path}`, body, { 'content-type': 'application/json' })
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      expect(answer.status, path).toBeLessThan(500)
      expect(answer.headers['content-type'], path).toBe('text/html; charset=utf-8')
    }
  })

  test('that is sent too often says when to come again', async () => {
    const limited = await openTestServer({ env: { COUNTERSIGN_LIMITS: '1' } })
    const { body, headers } = formBody({ email: 'alice@example.com' })
    const answers = []
    for (let index = 0; index < 5; index += 1)
      answers.push(await limited.post('/account/forgot', body, headers))
    const last = answers.at(-1)
    expect(last?.status).toBe(429)
    expect(last?.headers['retry-after']).toMatch(/^\d+$/)
    expect(last?.text).toMatch(
      /<h1>Too many attempts<\/h1>\s*<p>Wait \d+ (seconds|minutes), then try again\.<\/p>/,
    )
    await limited.close()
  })
})

test('behind a path of the public address, everything leads there', async () => {
  const deep = await openTestServer({ env: { COUNTERSIGN_ISSUER: 'https://example.com/auth' } })
  const { text } = await deep.get('/account/forgot')
  for (const [, path] of text.matchAll(/(?:src|href|action)="([^"]+)"/g)) expect(path).toMatch(/^\/auth\//)
  expect((await deep.get('/.well-known/change-password')).headers.location).toBe('/auth/account/forgot')
  expect((await login('nobody', password)).status).toBe(401)
  await deep.close()
})
