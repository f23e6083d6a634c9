import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endUser } from '../contract/operator.ts'
import { type Given, openSession } from '../contract/scenario.ts'
import { mintAccess, signedByStranger } from '../contract/tokens.ts'
import { bearer, openTestServer, type TestServer } from '../harness.ts'

const versions = ['5.2', '5.5'] as const
type Texts = Readonly<Record<(typeof versions)[number], string>>

const both = (text: string): Texts => ({ '5.2': text, '5.5': text })
const detail = (text: string) => `{"detail":"${text}","code":"token_not_valid"}`
const guarded = (message: string) =>
  `{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"${message}"}]}`
const ofEach = (texts: Texts, shape: (text: string) => string): Texts => ({
  '5.2': shape(texts['5.2']),
  '5.5': shape(texts['5.5']),
})

const invalid: Texts = { '5.2': 'Token is invalid or expired', '5.5': 'Token is invalid' }
const expired: Texts = { '5.2': 'Token is invalid or expired', '5.5': 'Token is expired' }
const blacklisted = both('Token is blacklisted')
const wrongType = both('Token has wrong type')
const noAccount = '{"detail":"No active account found for the given token."}'

type Make = (given: Given) => string | Promise<string>
interface Row {
  name: string
  at: 'refresh' | 'blacklist' | 'verify' | 'guarded'
  make: Make
  status?: number
  body: Texts
}

const past = { iat: 1_599_999_100, exp: 1_600_000_000 }
const access: Make = async ({ session }) => (await session()).access
const refresh: Make = async ({ session }) => (await session()).refresh

const spent: Make = async ({ server, session }) => {
  const { refresh: token } = await session()
  await server.post('/api/token/refresh/', { refresh: token })
  server.clock.advance(11_000)
  return token
}

function listed(which: 'access' | 'refresh'): Make {
  return async ({ server, session }) => {
    const pair = await session()
    await server.post('/api/token/blacklist/', { refresh: pair.refresh })
    return pair[which]
  }
}

function ofEndedUser(how: 'user_disabled' | 'user_deleted', which: 'access' | 'refresh' = 'refresh'): Make {
  return async (given) => {
    const pair = await given.session()
    await endUser(given, how)
    return pair[which]
  }
}

const ended = both('{"non_field_errors":["Token is blacklisted"]}')
const account: Texts = { '5.2': detail('Token is blacklisted'), '5.5': noAccount }

const rows: readonly Row[] = [
  ...(['refresh', 'blacklist', 'verify'] as const).flatMap((at): Row[] => [
    { name: 'malformed', at, make: () => 'abc', body: ofEach(invalid, detail) },
    {
      name: 'badly signed',
      at,
      make: async (given) => signedByStranger(await access(given)),
      body: ofEach(invalid, detail),
    },
    { name: 'an expired access token', at, make: ({ mint }) => mint(past), body: ofEach(expired, detail) },
    { name: 'issued in the future', at, make: ({ mint }) => mint(future), body: ofEach(invalid, detail) },
  ]),
  ...(['refresh', 'blacklist'] as const).flatMap((at): Row[] => [
    { name: 'an access token', at, make: access, body: ofEach(wrongType, detail) },
    { name: 'a blacklisted token', at, make: listed('refresh'), body: ofEach(blacklisted, detail) },
  ]),
  { name: 'an access token', at: 'verify', make: access, status: 200, body: both('{}') },
  { name: 'a refresh token', at: 'verify', make: refresh, status: 200, body: both('{}') },
  { name: 'a blacklisted token', at: 'verify', make: listed('refresh'), status: 400, body: ended },
  { name: 'S02: a spent token', at: 'refresh', make: spent, body: ofEach(blacklisted, detail) },
  { name: 'S10, S11: of a disabled user', at: 'refresh', make: ofEndedUser('user_disabled'), body: account },
  { name: 'S10, S11: of a deleted user', at: 'refresh', make: ofEndedUser('user_deleted'), body: account },
  { name: 'malformed', at: 'guarded', make: () => 'abc', body: ofEach(invalid, guarded) },
  { name: 'expired', at: 'guarded', make: ({ mint }) => mint(past), body: ofEach(expired, guarded) },
  { name: 'T11: a refresh token', at: 'guarded', make: refresh, body: ofEach(wrongType, guarded) },
  {
    name: 'S09: of a session on the blacklist',
    at: 'guarded',
    make: listed('access'),
    body: ofEach(blacklisted, guarded),
  },
  {
    name: 'S10: of a disabled user',
    at: 'guarded',
    make: ofEndedUser('user_disabled', 'access'),
    body: both('{"detail":"User is inactive","code":"user_inactive"}'),
  },
  {
    name: 'S10: of a deleted user',
    at: 'guarded',
    make: ofEndedUser('user_deleted', 'access'),
    body: both('{"detail":"User not found","code":"user_not_found"}'),
  },
]

const future = { iat: 1_900_000_000, exp: 1_900_000_900 }

describe.each(versions)('the words of simplejwt %s', (version) => {
  let server: TestServer
  let users = 0
  beforeAll(async () => {
    server = await openTestServer({ env: { COUNTERSIGN_SIMPLEJWT: version } })
  })
  afterAll(() => server.close())

  test.each(rows)('$at: $name', async ({ at, make, status = 401, body }) => {
    users += 1
    const user = `u${version.replace('.', '')}x${users}`
    const session = () => openSession(server, user)
    const mint = async (change: Record<string, unknown>) => mintAccess(server, await session(), change)
    const token = await make({ server, user, session, mint })
    const answer =
      at === 'guarded'
        ? await server.get('/api/protected/', bearer(token))
        : await server.post(`/api/token/${at}/`, { [at === 'verify' ? 'token' : 'refresh']: token })
    expect({ status: answer.status, text: answer.text }).toEqual({ status, text: body[version] })
    const realm = status === 401 ? 'Bearer realm="api"' : undefined
    expect(answer.headers['www-authenticate']).toBe(realm)
  })

  test('an expired refresh token', async () => {
    const { refresh: token } = await openSession(server, `late${version.replace('.', '')}`)
    server.clock.advance(604_801_000)
    for (const [path, field] of [
      ['refresh', 'refresh'],
      ['blacklist', 'refresh'],
      ['verify', 'token'],
    ] as const) {
      const answer = await server.post(`/api/token/${path}/`, { [field]: token })
      expect({ path, text: answer.text }).toEqual({ path, text: detail(expired[version]) })
    }
  })
})
