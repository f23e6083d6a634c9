import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleFacts } from '../../src/mail/examples.ts'
import { outboxRoutes } from '../../src/mail/outbox.routes.ts'
import { openTestServer, type TestServer } from '../harness.ts'

const issuer = 'http://127.0.0.1:8000'
let server: TestServer
const ids: Record<string, string> = {}

beforeAll(async () => {
  server = await openTestServer({ env: { COUNTERSIGN_ISSUER: issuer } })
  const { letters, store } = server.deployment
  const facts = exampleFacts(server.clock())
  const evil = { ...facts.password_changed, username: '<img src=x onerror=alert(1)>', device: '"><script>' }
  const mails = {
    reset: letters.write('reset_password', {
      to: 'alice@example.net',
      userId: null,
      facts: facts.reset_password,
    }),
    evil: letters.write('password_changed', { to: '"<b>"@example.net', userId: null, facts: evil }),
    sent: letters.write('account_exists', {
      to: 'sent@example.net',
      userId: 'u1',
      facts: facts.account_exists,
    }),
  }
  for (const [name, mail] of Object.entries(mails)) {
    await store.addMail(mail)
    ids[name] = mail.id
  }
  await store.settleMail({ id: mails.sent.id, now: server.clock(), result: { sent: true } })
})
afterAll(() => server.close())

describe('in development', () => {
  test('/dev/outbox lists what would be sent', async () => {
    const { status, headers, text } = await server.get('/dev/outbox')
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    })
    expect(text).toContain(`<a href="/dev/outbox/${ids.reset}">Choose a new password for 127.0.0.1:8000</a>`)
    expect(text).toContain('alice@example.net')
    expect(text).toContain('· sent')
  })

  test('one mail: its text with links to click, its HTML in a frame that can do nothing', async () => {
    const { text } = await server.get(`/dev/outbox/${ids.reset}`)
    const link = `${issuer}/account/reset?token=an-example-that-opens-nothing-at-all-0000000`
    expect(text).toContain(`<a href="${link}">${link}</a>`)
    expect(text).toContain('48150421')
    expect(text).toContain(`src="/dev/outbox/${ids.reset}/html" sandbox="allow-popups`)
    const frame = await server.get(`/dev/outbox/${ids.reset}/html`)
    expect(frame.text).toContain('<base target="_blank">')
    const policy = String(frame.headers['content-security-policy'])
    expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';/)
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src|img-src/)
    expect(frame.headers['x-frame-options']).toBe('SAMEORIGIN')
  })

  test('the pages are bound by a policy that allows no script of anybody else, and are kept nowhere', async () => {
    for (const path of ['/dev/outbox', `/dev/outbox/${ids.reset}`]) {
      const { headers, text } = await server.get(path)
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=/)
    }
  })

  test('what somebody calls himself is no markup', async () => {
    for (const path of ['/dev/outbox', `/dev/outbox/${ids.evil}`, `/dev/outbox/${ids.evil}/html`])
      expect((await server.get(path)).text).not.toMatch(/<img|<script|<b>/)
  })

  test('what was sent is forgotten, and that is said', async () => {
    const { text } = await server.get(`/dev/outbox/${ids.sent}`)
    expect(text).toContain('What it said is forgotten')
    expect(text).not.toContain('iframe')
    expect((await server.get(`/dev/outbox/${ids.sent}/html`)).status).toBe(404)
  })

  test.each(['/dev/outbox/none', '/dev/outbox/none/html', '/dev'])('%s is not there', async (path) => {
    expect((await server.get(path)).status).toBe(404)
  })
})

test('in production there are no such pages', () => {
  const { store, letters } = server.deployment
  for (const mode of ['start', 'tool']) expect(outboxRoutes({ config: { mode }, store, letters })).toEqual([])
})

describe('what it shows opens accounts, so it is shown', () => {
  test.each([
    ['localhost:8000', 200],
    ['127.0.0.1', 200],
    ['[::1]:8000', 200],
    ['evil.example', 404],
    ['localhost.evil.example', 404],
    ['127.0.0.1.evil.example', 404],
    ['192.0.2.7:8000', 404],
  ])('to whoever says that he is at %s: %d', async (host, status) => {
    for (const path of ['/dev/outbox', `/dev/outbox/${ids.reset}`, `/dev/outbox/${ids.reset}/html`])
      expect((await server.get(path, { host })).status).toBe(status)
  })

  test('to nobody on another machine', async () => {
    const far = await openTestServer({ env: { COUNTERSIGN_TRUST_PROXY: '1' } })
    const headers = { host: 'localhost:8000', 'x-forwarded-for': '192.0.2.7' }
    expect((await far.get('/dev/outbox', headers)).status).toBe(404)
    expect((await far.get('/dev/outbox', { host: 'localhost:8000' })).status).toBe(200)
    await far.close()
  })
})
