import { afterAll, expect, expectTypeOf, onTestFinished, test } from 'vitest'
import { errors } from '../../server/src/errors.ts'
import type { TokenPair as ServerTokenPair } from '../../server/src/sessions/issue.ts'
import type { CreatedUser } from '../../server/src/users/register.ts'
import { openTestServer } from '../../server/test/harness.ts'
import type { Credentials, NewUser, RegisteredUser, TokenPair } from '../src/contract.ts'
import { paths, tokenPaths } from '../src/contract.ts'
import { createClient, type KnownErrorCode } from '../src/index.ts'

const server = await openTestServer()
const address = await server.listen()
afterAll(() => server.close())

interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  required?: string[]
}

interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

const document = (await server.get('/openapi.json')).json() as {
  paths: Record<string, { post?: Operation }>
  components?: object
}

function resolved(schema: Schema | undefined): Schema {
  if (!schema?.$ref) return schema ?? {}
  const steps = schema.$ref.slice(2).split('/')
  return steps.reduce((at, step) => (at as Record<string, object>)[step] ?? {}, document as object)
}

function fieldsOf(content: Record<string, { schema: Schema }> | undefined) {
  const { properties = {}, required = [] } = resolved(content?.['application/json']?.schema)
  return { all: Object.keys(properties).sort(), required: [...required].sort() }
}

test('types are those of the server', () => {
  expectTypeOf<TokenPair>().toEqualTypeOf<ServerTokenPair>()
  expectTypeOf<Omit<RegisteredUser, 'warnings'>>().toEqualTypeOf<Omit<CreatedUser, 'warnings'>>()
})

test('paths and fields are those of the OpenAPI document', () => {
  const bodyOf = (path: string) => fieldsOf(document.paths[path]?.post?.requestBody?.content)
  const answerOf = (path: string, status: string) =>
    fieldsOf(document.paths[path]?.post?.responses[status]?.content)
  const pair: Required<TokenPair> = { access: '', refresh: '', access_expires_in: 0, refresh_expires_in: 0 }
  const credentials: Required<Credentials> = { username: '', password: '' }
  const newUser: Required<NewUser> = { username: '', email: '', password: '' }
  const user: Required<RegisteredUser> = { id: '', username: '', email: '', warnings: {} }
  const [login, refresh, logout] = [tokenPaths.login, tokenPaths.refresh, tokenPaths.logout].map(
    (path) => `/api/${path}`,
  ) as [string, string, string]
  expect(answerOf(login, '200').all).toEqual(Object.keys(pair).sort())
  expect(answerOf(refresh, '200').all).toEqual(Object.keys(pair).sort())
  expect(bodyOf(login).all).toEqual(Object.keys(credentials).sort())
  expect(bodyOf(paths.register).all).toEqual(Object.keys(newUser).sort())
  expect(paths.logoutEverywhere).toBe(logout)
  expect(answerOf(paths.register, '201').all).toEqual(Object.keys(user).sort())
  expect(bodyOf(refresh).all).toEqual(['refresh'])
  expect(bodyOf(logout).all).toEqual(['all', 'refresh'])
})

test('every code that the server sends is known', () => {
  const known: Record<KnownErrorCode, true> = {
    ...{ invalid: true, bad_request: true, invalid_credentials: true, email_not_verified: true },
    ...{ not_authenticated: true, bad_authorization_header: true, token_not_valid: true },
    ...{ user_inactive: true, user_not_found: true, throttled: true, unavailable: true, internal: true },
    ...{ refused: true, network_error: true, timeout: true, bad_answer: true, signed_out: true },
    ...{ foreign_origin: true, cookie_mode: true },
  }
  const sent = Object.values(errors).flatMap((error) => ('wireCode' in error ? [error.wireCode] : []))
  expect(sent.filter((code) => !(code in known))).toEqual([])
})

test('a whole story with the server', async () => {
  const client = createClient({ baseUrl: address })
  onTestFinished(() => client.dispose())
  const [username, password] = ['alice', 'a quiet harbour']
  await expect(client.register({ username: 'a b', email: 'x', password })).rejects.toMatchObject({
    code: 'invalid',
    status: 400,
    fields: { username: [expect.any(String)], email: [expect.any(String)] },
  })
  const user = await client.register({ username, email: 'alice@example.com', password })
  await expect(client.login({ username, password: 'wrong' })).rejects.toMatchObject({
    code: 'invalid_credentials',
    requestId: expect.any(String),
  })
  const session = await client.login({ username, password })
  expect(session.user).toEqual({ id: user.id, username })
  const greeting = await client.fetch('/api/protected/')
  expect(await greeting.json()).toMatchObject({ message: expect.stringContaining(username) })

  const other = createClient({ baseUrl: address, results: 'values' })
  onTestFinished(() => other.dispose())
  expect(await other.logoutEverywhere()).toMatchObject({ error: { code: 'signed_out' } })
  expect(await other.login({ username, password })).toMatchObject({ data: { user: session.user } })
  expect(await other.logoutEverywhere()).toEqual({ data: undefined, error: null })
  expect((await client.fetch('/api/protected/')).status).toBe(401)
  expect(await client.logout()).toBeUndefined()
  expect(client.session).toBeNull()
})
