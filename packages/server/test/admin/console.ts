import type { AdminRole } from '../../src/store/schema.ts'
import { type Answer, openTestServer, type TestServer, type TestServerOptions } from '../harness.ts'
import { createDatabase } from '../postgres/database.ts'

export const password = 'correct horse battery'

/** The stores that the console's tests run on. */
export const stores = ['SQLite', 'PostgreSQL'] as const

/** A server with users of every role, and what a browser with the console would send it. */
export async function openConsole(
  kind: (typeof stores)[number],
  { env = {}, ...options }: TestServerOptions = {},
) {
  const address = kind === 'SQLite' ? 'sqlite::memory:' : (await createDatabase()).url
  const server = await openTestServer({ ...options, env: { DATABASE_URL: address, ...env } })
  let made = 0

  /** Somebody new, with that role or none. */
  async function person(role: AdminRole | null = null) {
    made += 1
    const username = `person${made}`
    const body = { username, email: `${username}@example.com`, password }
    const { id } = (await server.post('/api/register/', body)).json() as { id: string }
    if (role) await server.deployment.store.updateUser({ userId: id, set: { admin_role: role } })
    return { id, username, email: body.email }
  }

  return { ...server, person, signIn: (username: string) => signIn(server.request, username) }
}

export type ConsoleServer = Awaited<ReturnType<typeof openConsole>>

/** What a browser sends of itself with a request of a page of ours. */
export const fromPage = { 'sec-fetch-site': 'same-origin' }

type Ask = TestServer['request']

/** Signs in, and keeps cookies as a browser does. */
async function signIn(ask: Ask, username: string) {
  const jar = new Map<string, string>()
  async function request(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await ask(method, path, {
      ...(body && { body }),
      headers: { ...fromPage, ...(cookie && { cookie }), ...headers },
    })
    keep(jar, answer)
    return answer
  }
  const opened = await request('POST', '/api/admin/session/', { username, password })
  return {
    opened,
    jar,
    request,
    get: (path: string, headers?: Record<string, string>) => request('GET', path, undefined, headers),
    post: (path: string, body?: object, headers?: Record<string, string>) =>
      request('POST', path, body, headers),
  }
}

export type Browser = Awaited<ReturnType<typeof signIn>>

function keep(jar: Map<string, string>, { headers }: Answer): void {
  for (const line of [headers['set-cookie'] ?? []].flat() as string[]) {
    const [pair = '', ...flags] = line.split('; ')
    const [name = '', value = ''] = pair.split('=')
    if (flags.includes('Max-Age=0')) jar.delete(name)
    else jar.set(name, value)
  }
}
