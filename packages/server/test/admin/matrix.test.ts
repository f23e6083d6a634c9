import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Permission, permissions } from '../../src/admin/permissions.ts'
import { consoleTable } from '../../src/app/console.ts'
import { listOperations, type OpenApi } from '../contract/openapi.ts'
import { bearer } from '../harness.ts'
import { type Browser, type ConsoleServer, fromPage, openConsole, password } from './console.ts'

const roles = ['owner', 'admin', 'support', 'auditor'] as const
const callers = ['anonymous', 'user', 'token', ...roles] as const
type Caller = (typeof callers)[number]

interface Row {
  permission: Permission | 'none'
  /** where it is asked of somebody without a role, what the allowed get */
  status: number
  body?: (victim: Victim) => object
  /** the body is a file, which a browser says with this header */
  type?: string
  path?: (victim: Victim) => string
  ifMatch?: true
}
interface Victim {
  id: string
  sessionId: string
}

const at = '/api/admin'
const ofUser = (end = '') => ({ path: ({ id }: Victim) => `${at}/users/${id}/${end}` })
const users = `/users/{id}/`

/** Every route, the permission that it must ask for, and what it answers to whoever has it. */
const table: Readonly<Record<string, Row>> = {
  'POST /first/': {
    ...{ permission: 'none', status: 404 },
    body: () => ({ token: 'abc', username: 'nobody', password: 'a quiet harbour' }),
  },
  'POST /session/': {
    ...{ permission: 'none', status: 401 },
    body: () => ({ username: 'nobody', password: 'wrong' }),
  },
  'GET /session/': { permission: 'self', status: 200 },
  'DELETE /session/': { permission: 'self', status: 204 },
  'POST /session/proof/': { permission: 'self', status: 200, body: () => ({ password }) },
  'GET /home/': { permission: 'home.read', status: 200 },
  'GET /users/': { permission: 'users.read', status: 200 },
  'GET /users/export/': { permission: 'users.export', status: 200 },
  'POST /users/bulk/': {
    ...{ permission: 'users.change', status: 200 },
    body: ({ id }) => ({ act: 'disable', ids: [id] }),
  },
  [`GET ${users}`]: { permission: 'users.read', status: 200, ...ofUser() },
  [`PATCH ${users}`]: {
    ...{ permission: 'users.change', status: 200, ...ofUser(), ifMatch: true },
    body: () => ({ is_active: false }),
  },
  [`DELETE ${users}`]: { permission: 'users.delete', status: 204, ...ofUser() },
  [`POST ${users}activate/`]: { permission: 'users.change', status: 204, ...ofUser('activate/') },
  [`POST ${users}disable/`]: { permission: 'users.change', status: 204, ...ofUser('disable/') },
  [`POST ${users}sign-out/`]: { permission: 'users.assist', status: 204, ...ofUser('sign-out/') },
  [`POST ${users}send-reset/`]: { permission: 'users.assist', status: 204, ...ofUser('send-reset/') },
  [`POST ${users}unlock/`]: { permission: 'users.assist', status: 204, ...ofUser('unlock/') },
  [`POST ${users}require-reset/`]: {
    ...{ permission: 'users.require_reset', status: 204, ...ofUser('require-reset/') },
  },
  'POST /imports/': {
    ...{ permission: 'users.import', status: 200, type: 'application/octet-stream' },
    body: () => Buffer.from('{"id":"1","username":"one"}\n'),
  },
  'GET /sessions/': { permission: 'sessions.read', status: 200 },
  'DELETE /sessions/{id}/': {
    ...{ permission: 'sessions.revoke', status: 204 },
    path: ({ sessionId }) => `${at}/sessions/${sessionId}/`,
  },
  'GET /keys/': { permission: 'keys.read', status: 200 },
  'POST /keys/rotate/': { permission: 'keys.change', status: 200, body: () => ({ when: 'at_once' }) },
  'POST /keys/{kid}/revoke/': {
    permission: 'keys.change',
    status: 404,
    path: () => `${at}/keys/none/revoke/`,
  },
  'GET /audit/': { permission: 'audit.read', status: 200 },
  'GET /audit/chain/': { permission: 'audit.read', status: 200 },
  'POST /audit/verify/': { permission: 'audit.export', status: 200 },
  'GET /audit/export/': { permission: 'audit.export', status: 200 },
  'GET /audit/explain/{request}/': {
    permission: 'audit.read',
    status: 404,
    path: () => `${at}/audit/explain/x/`,
  },
  'GET /audit/{number}/': { permission: 'audit.read', status: 200, path: () => `${at}/audit/1/` },
  'GET /mail/': { permission: 'mail.read', status: 200 },
  'POST /mail/{id}/retry/': { permission: 'mail.retry', status: 404, path: () => `${at}/mail/none/retry/` },
  'POST /mail/test/': { permission: 'mail.test', status: 200, body: () => ({ to: 'a@example.com' }) },
  'GET /mail/templates/': { permission: 'mail.read', status: 200 },
  'GET /mail/templates/{template}/': {
    ...{ permission: 'mail.read', status: 200, path: () => `${at}/mail/templates/test/` },
  },
  'GET /mail/templates/{template}/html/': {
    ...{ permission: 'mail.read', status: 200, path: () => `${at}/mail/templates/test/html/` },
  },
  'GET /webhooks/': { permission: 'webhooks.read', status: 200 },
  'POST /webhooks/test/': { permission: 'webhooks.send', status: 409 },
  'POST /webhooks/replay/': { permission: 'webhooks.send', status: 409, body: () => ({ id: 'x' }) },
  'GET /settings/': { permission: 'settings.read', status: 200 },
  'GET /system/': { permission: 'system.read', status: 200 },
  'GET /system/doctor/': { permission: 'system.examine', status: 200 },
}

let server: ConsoleServer
let staff: Record<(typeof roles)[number], string>
let routes: ReturnType<typeof consoleTable>
beforeAll(async () => {
  server = await openConsole('SQLite')
  staff = { owner: '', admin: '', support: '', auditor: '' }
  for (const role of roles) staff[role] = (await server.person(role)).username
  routes = consoleTable(server.deployment, { isDraining: () => false, describe: async () => ({}) })
})
afterAll(() => server.close())

const keyOf = ({ method, path }: { method: string; path: string }) => `${method} ${path.replace(at, '')}`

describe('the table of who may do what', () => {
  test('F25: has every route for administrators, and no other', () => {
    const served = routes.filter(({ page }) => !page).map(keyOf)
    expect(Object.keys(table).sort()).toEqual(served.sort())
  })

  test('F25: every route asks for a session, but for the two that lead to one', () => {
    for (const route of routes.filter(({ page }) => !page))
      expect(route.guard === undefined, keyOf(route)).toBe(table[keyOf(route)]?.permission === 'none')
  })

  test('F25: the description of the API tells the same permission', async () => {
    const document = (await server.get(`${at}/openapi.json`)).json() as OpenApi
    const operations = listOperations(document) as [string, { description?: string }][]
    expect(operations).toHaveLength(Object.keys(table).length)
    for (const [name, { description = '' }] of operations) {
      const permission = table[name.replace(at, '')]?.permission
      if (permission === 'none' || name.includes('/bulk/')) continue
      expect(description, name).toContain(`Permission \`${permission}\``)
    }
  })

  test('names each permission at least once', () => {
    const named = new Set(Object.values(table).map(({ permission }) => permission))
    const elsewhere = ['users.roles']
    expect(Object.keys(permissions).filter((one) => !named.has(one as Permission))).toEqual(elsewhere)
  })
})

async function newVictim(): Promise<Victim> {
  const { id, username } = await server.person()
  await server.post('/api/login/', { username, password })
  const [session] = await server.deployment.store.listSessionsOfUser(id, server.deployment.clock())
  return { id, sessionId: session?.id ?? '' }
}

async function ask(caller: Caller, key: string): Promise<number> {
  const row = table[key]
  if (!row) throw new Error(`no row ${key}`)
  const victim = await newVictim()
  const [method = '', pattern = ''] = key.split(' ')
  const path = row.path?.(victim) ?? `${at}${pattern}`
  const user = await server.deployment.store.findUserById(victim.id)
  const { etagOf } = await import('../../src/admin/users/describe.ts')
  const headers: Record<string, string> = {
    ...(row.ifMatch && user && { 'if-match': etagOf(user) }),
    ...(row.type && { 'content-type': row.type }),
  }
  const body = row.body?.(victim)
  if (caller === 'anonymous' || caller === 'user' || caller === 'token') {
    // Somebody with a token of an application, whatever his role, has no session of the console.
    const name = caller === 'token' ? staff.owner : (await server.person()).username
    const { access, refresh } = (await server.post('/api/login/', { username: name, password })).json()
    const cookie = `countersign-console=${refresh}`
    const shown = caller === 'anonymous' ? {} : { ...bearer(access), cookie }
    const answer = await server.request(method, path, {
      ...(body && { body }),
      headers: { ...fromPage, ...headers, ...shown },
    })
    return answer.status
  }
  const browser: Browser = await server.signIn(staff[caller])
  return (await browser.request(method, path, body, headers)).status
}

/** By the table itself, not by the code that reads it. */
const mayAsk = (role: (typeof roles)[number], permission: Permission) =>
  [...permissions[permission]].some((one) => one === role)

const cells = Object.keys(table).flatMap((key) => callers.map((caller) => ({ key, caller })))

test.each(cells)('F25: $key asked by $caller', async ({ key, caller }) => {
  const row = table[key]
  if (row?.permission === 'none') {
    expect(await ask(caller, key)).toBe(row.status)
    return
  }
  const isStranger = caller === 'anonymous' || caller === 'user' || caller === 'token'
  const expected = isStranger ? 401 : mayAsk(caller, row?.permission ?? 'self') ? row?.status : 403
  expect(await ask(caller, key)).toBe(expected)
})
