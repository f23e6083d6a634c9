import {
  bearer,
  openTestServer,
  type TestServer,
  type TestServerOptions,
  type TokenPair,
} from '../../harness.ts'

export const prefix = '/api/auth/'
export const password = 'correct horse battery'

/** A server whose settings turn the profile on. */
export function openProfile({ env, ...options }: TestServerOptions = {}): Promise<TestServer> {
  return openTestServer({ ...options, env: { COUNTERSIGN_DJ_REST_AUTH: prefix, ...env } })
}

/** Somebody who has registered and logged in, by our own API. */
export interface Person {
  id: string
  username: string
  email: string
  pair: TokenPair
  /** his access token in a header */
  headers: { authorization: string }
}

let made = 0

/** @param username a name of its own for everybody, unless given */
export async function newPerson(server: TestServer, username = `person${++made}`): Promise<Person> {
  const email = `${username}@example.com`
  const created = await server.post('/api/register/', { username, email, password })
  const pair = (await server.post('/api/login/', { username, password })).json() as TokenPair
  return { id: created.json().id, username, email, pair, headers: bearer(pair.access) }
}
