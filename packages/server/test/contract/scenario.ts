import { expect } from 'vitest'
import { type Answer, openTestServer, type TestServer, type TokenPair } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { account } from './bodies.ts'
import { mintAccess } from './tokens.ts'

/** One request and the answer that it gets. */
export interface Scenario {
  /** as in `django.json` where Django was asked the same, after the ids of the requirements that it shows */
  name: string
  /** method and path */
  at: `${string} /${string}`
  send?: Send | ((given: Given) => Send | Promise<Send>)
  status: number
  /** the whole answer, byte for byte, with `<user>`, `<jwt>`, `<uuid>` and `<instant>` for what differs each time */
  body?: string
  /** texts that the answer holds */
  has?: readonly string[]
  hasNot?: readonly string[]
  /** null where there must be none; `allow`, `content-type` and those of every answer are looked at anyway */
  headers?: Readonly<Record<string, string | null>>
  /** why we do not answer as Django does */
  deviation?: string
  /** what Django answers, where the recording lacks the case */
  django?: string
  /** a method that cannot be sent without a socket */
  over?: 'socket'
}

export interface Send {
  /** an object goes out as JSON */
  body?: object | string | Buffer
  headers?: Record<string, string>
  query?: string
  /** stands for `{id}` in the path */
  id?: string
}

/** What a request may need. */
export interface Given {
  server: TestServer
  /** a user name that nobody has */
  user: string
  /** registers that user and logs him in */
  session(): Promise<TokenPair>
  /** an access token of that user's session, signed by the server's key, with other claims; undefined drops one */
  mint(change: Record<string, unknown>): Promise<string>
}

/** The group under which `django.json` has the cases of a table; none of `account`, which Django leaves to others. */
export type Group =
  | 'register'
  | 'login'
  | 'protected'
  | 'refresh'
  | 'logout'
  | 'verify'
  | 'blacklist'
  | 'paths'
  | 'account'

export interface ScenarioTable {
  group: Group
  /** tells tables of one group apart */
  title: string
  /** on top of the harness's settings */
  env?: Record<string, string>
  rows: readonly Scenario[]
}

export interface ScenarioServer {
  run(row: Scenario): Promise<void>
  close(): Promise<void>
}

let users = 0

/** A server on which the rows of a table run one after another, each with a user of its own. */
export async function openScenarioServer({ env = {} }: ScenarioTable): Promise<ScenarioServer> {
  const server = await openTestServer({ env: { COUNTERSIGN_PASSWORD_COMMON: 'enforce', ...env } })
  const address = await server.listen()
  return {
    async run(row) {
      users += 1
      const given = giveUser(server, `u${String(users).padStart(6, '0')}`)
      const answer = await ask(address, row, given)
      expectAnswer(row, answer, given.user)
    },
    close: () => server.close(),
  }
}

function giveUser(server: TestServer, user: string): Given {
  const session = () => openSession(server, user)
  const mint = async (change: Record<string, unknown>) => mintAccess(server, await session(), change)
  return { server, user, session, mint }
}

/** Registers somebody of that name and logs him in. */
export async function openSession(server: TestServer, user: string): Promise<TokenPair> {
  await server.post('/api/register/', account(user))
  const { username, password } = account(user)
  return (await server.post('/api/login/', { username, password })).json() as TokenPair
}

async function ask(address: string, row: Scenario, given: Given): Promise<Answer> {
  const [method = '', pattern = ''] = row.at.split(' ', 2)
  const sent = typeof row.send === 'function' ? await row.send(given) : (row.send ?? {})
  const { query = '', id = '', ...options } = sent
  const path = pattern.replace('{id}', id)
  if (row.over !== 'socket') return given.server.request(method, path + query, options)
  return requestOverSocket(address, method, path + query, options)
}

function expectAnswer(row: Scenario, answer: Answer, user: string): void {
  const text = withoutVariety(answer.text, user)
  expect({ status: answer.status, text }).toMatchObject({ status: row.status })
  if (row.body !== undefined) expect(text).toBe(row.body)
  for (const part of row.has ?? []) expect(text).toContain(part)
  for (const part of row.hasNot ?? []) expect(text).not.toContain(part)
  expectHeaders(row, answer)
}

/** Puts a placeholder where an answer differs each time. */
export function withoutVariety(text: string, user: string): string {
  return text
    .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jwt>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<instant>')
    .replaceAll(user, '<user>')
}

/** What a path answers to, where it is something else than a POST. */
const allowed: Readonly<Record<string, string>> = {
  '/api/protected': 'GET, HEAD, OPTIONS',
  '/api/dashboard': 'GET, HEAD, OPTIONS',
  '/api/me': 'GET, HEAD, PATCH, DELETE, OPTIONS',
  '/api/sessions': 'GET, HEAD, DELETE, OPTIONS',
  '/api/sessions/{id}': 'DELETE, OPTIONS',
}

function expectHeaders({ at, status, headers = {} }: Scenario, answer: Answer): void {
  const path = (at.split(' ')[1] ?? '').replace(/\/$/, '')
  const allow = allowed[path] ?? 'POST, OPTIONS'
  const expected: Record<string, string | null> = {
    'content-type': 'application/json',
    vary: 'Accept',
    allow: status === 404 ? null : allow,
    'cache-control': 'no-store',
    'www-authenticate': status === 401 ? 'Bearer realm="api"' : null,
    'x-content-type-options': 'nosniff',
    server: null,
    'x-powered-by': null,
    'set-cookie': null,
    'access-control-allow-origin': null,
    ...headers,
  }
  for (const [name, value] of Object.entries(expected)) {
    expect({ [name]: answer.headers[name] ?? null }).toEqual({ [name]: value })
  }
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
}
