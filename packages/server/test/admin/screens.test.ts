import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consoleRoutes } from '../../src/admin/console.routes.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { faultsOf, listOperations, type OpenApi } from '../contract/openapi.ts'
import { temporaryFolder } from '../harness.ts'
import { openReceiver } from '../webhooks/receiver.ts'
import { type Browser, type ConsoleServer, openConsole, password, stores } from './console.ts'

const at = '/api/admin'

describe.each(stores)('the screens, on %s', (kind) => {
  let server: ConsoleServer
  let owner: Browser
  let document: OpenApi
  beforeAll(async () => {
    server = await openConsole(kind)
    owner = await server.signIn((await server.person('owner')).username)
    document = (await server.get(`${at}/openapi.json`)).json()
  })
  afterAll(() => server.close())

  test('every answer is what the description says', async () => {
    const { id } = await server.person()
    const samples: Record<string, string> = {
      id,
      template: 'test',
      number: '1',
      request: 'none',
      kid: 'none',
    }
    const lists = listOperations(document).filter(([name]) => name.startsWith('GET '))
    expect(lists.length).toBeGreaterThan(12)
    for (const [name, { responses }] of lists) {
      const path = name.replace('GET ', '').replace(/\{(\w+)\}/g, (_, key: string) => samples[key] ?? '')
      const answer = await owner.get(path)
      expect(answer.headers['cache-control'], name).toBe('no-store')
      const schema = responses[String(answer.status)]?.content?.['application/json']?.schema
      if (answer.status === 200 && schema?.type === 'object')
        expect(faultsOf(schema, answer.json()), name).toEqual([])
    }
  })

  test('sessions: of all, of a user, of an address, of an id; and one is ended', async () => {
    const { id, username } = await server.person()
    const { access } = (await server.post('/api/login/', { username, password })).json()
    const list = async (query: string) => (await owner.get(`${at}/sessions/?${query}`)).json()
    const { items } = await list(`user=${username}`)
    expect(items).toMatchObject([{ user_id: id, username, address: '127.0.0.1', live: true, current: false }])
    const sessionId = items[0].id as string
    expect((await list(`user=${id}`)).items).toEqual(items)
    expect((await list(`id=${sessionId}`)).items).toEqual(items)
    expect((await list('address=203.0.113.9')).items).toEqual([])
    const first = await list('limit=1&address=127.0.0.1')
    const second = await list(`limit=1&address=127.0.0.1&cursor=${first.next}`)
    expect(second.items[0].id < first.items[0].id).toBe(true)
    expect((await owner.request('DELETE', `${at}/sessions/${sessionId}/`)).status).toBe(204)
    expect((await owner.request('DELETE', `${at}/sessions/${sessionId}/`)).status).toBe(409)
    expect((await server.get('/api/protected/', { authorization: `Bearer ${access}` })).status).toBe(401)
    expect((await list(`id=${sessionId}`)).items).toMatchObject([{ live: false, revoked_reason: 'operator' }])
    expect((await owner.request('DELETE', `${at}/sessions/none/`)).status).toBe(404)
  })

  test('keys: rotated once known or at once, revoked, and told', async () => {
    const keys = async () => (await owner.get(`${at}/keys/`)).json()
    const before = await keys()
    const next = before.items.find(({ state }: { state: string }) => state === 'next')
    expect((await owner.post(`${at}/keys/rotate/`, {})).json()).toMatchObject({ status: 409 })
    const after = (await owner.post(`${at}/keys/rotate/`, { when: 'at_once' })).json()
    expect(after.items).toContainEqual(expect.objectContaining({ kid: next.kid, state: 'current' }))
    const revoked = (await owner.post(`${at}/keys/${next.kid}/revoke/`)).json()
    expect(revoked.items).toContainEqual(expect.objectContaining({ kid: next.kid, state: 'retired' }))
    const { items } = (await owner.get(`${at}/audit/?event=key.revoked`)).json()
    expect(items).toMatchObject([{ actor_name: expect.any(String), details: { kid: next.kid } }])
  })

  test('the trail: by every filter, page by page, one, its chain, and as a file', async () => {
    const { id, username } = await server.person()
    const refused = await server.post('/api/login/', { username, password: 'wrong' })
    const request = String(refused.headers['x-request-id'])
    const list = async (query: string) => (await owner.get(`${at}/audit/?${query}`)).json()
    const all = await list('limit=200')
    expect(all.items[0].number).toBeGreaterThan(all.items.at(-1).number)
    for (const query of [
      `user=${id}&result=refused`,
      `request=${request}`,
      `event=auth.login.failed&user=${id}`,
    ])
      expect((await list(query)).items, query).toMatchObject([{ user_name: username, result: 'refused' }])
    const [one, two] = [await list('limit=2'), await list('limit=2')]
    expect(two.items).toEqual(one.items)
    const rest = await list(`limit=200&cursor=${one.next}`)
    expect(one.items.concat(rest.items).map(({ number }: { number: number }) => number)).toEqual(
      all.items.map(({ number }: { number: number }) => number),
    )
    const { time, number } = all.items[0]
    expect((await list(`since=${encodeURIComponent(time)}`)).items[0]).toMatchObject({ number })
    expect((await list('until=2020-01-01')).items).toEqual([])
    expect((await owner.get(`${at}/audit/?since=yesterday`)).status).toBe(400)
    expect((await owner.get(`${at}/audit/${number}/`)).json()).toMatchObject({
      number,
      chain: expect.any(String),
    })
    expect((await owner.get(`${at}/audit/99999999/`)).status).toBe(404)
    expect((await owner.post(`${at}/audit/verify/`)).json()).toMatchObject({ outcome: 'whole', first: 1 })
    const { items } = (await owner.get(`${at}/audit/explain/${request}/`)).json()
    expect(items[0]).toMatchObject({ why: expect.stringContaining('the password is not') })
    const lines = (await owner.get(`${at}/audit/export/`)).text.trim().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ number: 1 })
  })

  test('mail: listed by state, shown as letters that say nothing true, retried, tried out', async () => {
    const { email } = await server.person()
    await server.post('/api/password/reset/', { email })
    const { items } = (await owner.get(`${at}/mail/?state=waiting`)).json()
    expect(items[0]).toMatchObject({ template: 'reset_password', to: email, state: 'waiting' })
    expect((await owner.get(`${at}/mail/?state=failed`)).json()).toEqual({ items: [], next: null })
    expect((await owner.post(`${at}/mail/${items[0].id}/retry/`)).status).toBe(409)
    const result = { sent: false, error: 'no such box', retryAt: null } as const
    await server.deployment.store.settleMail({ id: items[0].id, now: server.deployment.clock(), result })
    expect((await owner.get(`${at}/mail/?state=failed`)).json().items).toMatchObject([
      { last_error: 'no such box' },
    ])
    expect((await owner.post(`${at}/mail/${items[0].id}/retry/`)).json()).toMatchObject({ state: 'waiting' })
    expect((await owner.post(`${at}/mail/test/`, { to: email })).json()).toEqual({
      ...{ taken: false, said: 'SMTP_URL is not set' },
    })
    const preview = await owner.get(`${at}/mail/templates/reset_password/html/`)
    expect(preview.headers['content-security-policy']).toContain('sandbox')
    expect((await owner.get(`${at}/mail/templates/none/`)).status).toBe(404)
  })

  test('settings: every one, where it comes from, and no secret', async () => {
    const answer = await owner.get(`${at}/settings/`, { 'x-forwarded-for': '203.0.113.9' })
    const { items, you } = answer.json()
    const of = (name: string) => items.find((one: { name: string }) => one.name === name)
    expect(of('COUNTERSIGN_ARGON2_TIME')).toMatchObject({ value: '1', source: 'environment', default: '2' })
    expect(of('COUNTERSIGN_ACCESS_TTL')).toMatchObject({ value: '15m', source: 'default' })
    expect(of('COUNTERSIGN_SECRET')).toMatchObject({ value: null, source: 'environment', is_secret: true })
    expect(of('DATABASE_URL')).toMatchObject({ value: null, is_secret: true })
    expect(answer.text).not.toContain(server.config.secrets[0])
    expect(of('COUNTERSIGN_AUDIENCE')).toMatchObject({ value: server.config.audience, source: 'derived' })
    expect(of('COUNTERSIGN_MANAGEMENT_PORT')).toMatchObject({ value: null, source: 'none' })
    expect(you).toEqual({
      ...{ address: '127.0.0.1', peer: '127.0.0.1', forwarded_for: '203.0.113.9', trust_proxy: 'off' },
      ...{ host: expect.any(String), verdict: 'not_believed' },
    })
  })

  test('system and home: what it is, what happened, what to look after', async () => {
    expect((await owner.get(`${at}/system/`)).json()).toMatchObject({
      ...{
        mode: 'dev',
        pending_migrations: [],
        database: { kind: kind === 'SQLite' ? 'sqlite' : 'postgres' },
      },
      checks: expect.arrayContaining([expect.objectContaining({ name: 'database', ok: true })]),
    })
    const home = (await owner.get(`${at}/home/`, { 'x-forwarded-for': '203.0.113.9' })).json()
    expect([home.hours.length, home.days.length]).toEqual([24, 30])
    expect(home.hours.at(-1).registrations).toBeGreaterThan(0)
    expect(home.days.at(-1).failures).toBeGreaterThan(0)
    const codes = home.warnings.map(({ code }: { code: string }) => code)
    expect(codes).toEqual(['proxy_not_trusted', 'limits_off', 'one_owner', 'no_smtp'])
  })
})

test.each(
  stores,
)('webhooks on %s: how far each has come, a message to try them, events once more', async (kind) => {
  const receiver = await openReceiver()
  const server = await openConsole(kind, {
    env: {
      COUNTERSIGN_WEBHOOK_URLS: receiver.url,
      COUNTERSIGN_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      COUNTERSIGN_WEBHOOK_PRIVATE: 'allow',
    },
  })
  const owner = await server.signIn((await server.person('owner')).username)
  const { items } = (await owner.get(`${at}/webhooks/`)).json()
  expect(items).toMatchObject([{ host: new URL(receiver.url).host, position: null }])
  expect((await owner.post(`${at}/webhooks/test/`)).json().items).toMatchObject([{ count: 1, fault: null }])
  await server.deployment.trail.flush()
  const replayed = (await owner.post(`${at}/webhooks/replay/`, { since: '2020-01-01' })).json()
  expect(replayed.items[0].count).toBeGreaterThan(1)
  expect((await owner.post(`${at}/webhooks/replay/`, {})).status).toBe(400)
  await server.close()
  await receiver.close()
})

describe('the console itself', () => {
  async function serve(folder: string) {
    const api = { title: 'x', version: '1', description: 'x', address: 'http://127.0.0.1' }
    const options = { api, corsOrigins: [], trustProxy: false, onFailure: () => undefined } as const
    return createHttpServer({ ...options, routes: consoleRoutes(folder) })
  }

  test('F27: its page is asked for anew each time, its files never; nothing inline, nothing from outside', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Console</title>')
    writeFileSync(join(folder, 'assets', 'index-abc.js'), 'export {}')
    const server = await serve(folder)
    for (const path of ['/admin/', '/admin', '/admin/users', '/admin/users/42']) {
      const page = await server.inject({ url: path })
      expect(page.statusCode, path).toBe(200)
      expect(page.headers['cache-control']).toBe('no-cache')
      const policy = String(page.headers['content-security-policy'])
      expect(policy).toContain("script-src 'self'")
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      const etag = String(page.headers.etag)
      expect((await server.inject({ url: path, headers: { 'if-none-match': etag } })).statusCode).toBe(304)
    }
    const script = await server.inject({ url: '/admin/assets/index-abc.js' })
    expect(script.payload).toBe('export {}')
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    for (const path of ['/admin/assets/none.js', '/admin/assets/..%2findex.html'])
      expect((await server.inject({ url: path })).statusCode, path).toBe(404)
    await server.close(0)
  })

  test('says so where it is not built', async () => {
    const server = await serve(temporaryFolder())
    const page = await server.inject({ url: '/admin/' })
    expect([page.statusCode, page.payload]).toEqual([404, expect.stringContaining('npm run build')])
    await server.close(0)
  })

  test('H21: is nowhere where it is off', async () => {
    const server = await openConsole('SQLite', { env: { COUNTERSIGN_CONSOLE: 'off' } })
    for (const path of ['/admin/', `${at}/session/`, `${at}/openapi.json`])
      expect((await server.get(path)).status, path).toBe(404)
    await server.close()
  })
})
