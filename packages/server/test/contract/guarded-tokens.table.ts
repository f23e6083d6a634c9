import { bearer, type TokenPair } from '../harness.ts'
import { endUser } from './operator.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, Send } from './scenario.ts'
import {
  signedByPublicKey,
  signedByStranger,
  unsigned,
  withOtherPayload,
  withOtherSignature,
} from './tokens.ts'

export type GuardedPath = '/api/protected/' | '/api/dashboard/'

const badToken = (message: string) =>
  `{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"${message}"}]}`
const invalid = badToken('Token is invalid or expired')
const notFound = '{"detail":"User not found","code":"user_not_found"}'
const past = 1_600_000_000
const future = 1_900_000_000

/** What a guarded route answers to a good token. */
export const greetings: Readonly<Record<GuardedPath, string>> = {
  '/api/protected/': '{"message":"Hello <user>, you have accessed a protected route!"}',
  '/api/dashboard/':
    '{"message":"Welcome <user>, this is your dashboard!",' +
    '"user":{"id":"<uuid>","username":"<user>","email":"<user>@example.com","is_staff":false,"date_joined":"<instant>"},' +
    '"sessions":[{"id":"<uuid>","device":"lightMyRequest","address":"127.0.0.1","created_at":"<instant>",' +
    '"last_used_at":"<instant>","expires_at":"<instant>","current":true}],"last_login":"<instant>"}',
}

/** Tokens that are not good. */
export function badTokenRows(path: GuardedPath): Scenario[] {
  const at = `GET ${path}` as const
  const row = (name: string, make: (given: Given) => string | Promise<string>, body = invalid): Scenario => ({
    name,
    at,
    send: async (given) => withToken(await make(given)),
    status: 401,
    body,
  })
  const mistold = { deviation: reasons.oneTokenMessage }
  return [
    row("garbled token 'abc'", () => 'abc'),
    row('three garbage segments', () => 'abc.def.ghi'),
    row('non-ASCII token bytes', () => 'tök€n'.normalize('NFC').replaceAll('€', '\xa4')),
    row("signature's first char changed", async ({ session }) =>
      withOtherSignature((await session()).access),
    ),
    row('T01: payload changed, old signature', async ({ session }) =>
      withOtherPayload((await session()).access),
    ),
    row('signed with another secret', async ({ session }) => signedByStranger((await session()).access)),
    row('T03: alg none', async ({ session }) => unsigned((await session()).access)),
    row('T02, T04: alg HS512, right secret', async ({ session, server }) =>
      signedByPublicKey(server, (await session()).access),
    ),
    row('expired', ({ mint }) => mint({ iat: past - 900, exp: past })),
    { ...row('T08: no exp claim', ({ mint }) => mint({ exp: undefined })), ...mistold },
    { ...row('no jti claim', ({ mint }) => mint({ jti: undefined })), ...mistold },
    { ...row('no user_id claim', ({ mint }) => mint({ user_id: undefined, sub: undefined })), ...mistold },
    { ...row('no token-type claim', ({ mint }) => mint({ token_type: undefined })), ...mistold },
    row('T09: iat in the future', ({ mint }) => mint({ iat: future, exp: future + 900 })),
    row('T09: nbf in the future', ({ mint }) => mint({ nbf: future })),
    row(
      'T11: refresh token used as access',
      async ({ session }) => (await session()).refresh,
      badToken('Token has wrong type'),
    ),
    row('T10: another issuer', ({ mint }) => mint({ iss: 'https://elsewhere.example' })),
    row('T10: another audience', ({ mint }) => mint({ aud: 'https://elsewhere.example' })),
  ]
}

/** The token where it belongs. */
export function withToken(access: string): Send {
  return { headers: bearer(access) }
}

/** Tokens whose user or session has changed since. */
export function userRows(path: GuardedPath): Scenario[] {
  const at = `GET ${path}` as const
  const good = { status: 200, body: greetings[path] } as const
  const readsUser = path === '/api/dashboard/'
  const unknown = '00000000-0000-7000-8000-000000000000'
  const ofNobody = (name: string, sub: string): Scenario => ({
    name,
    at,
    send: async ({ mint }) => withToken(await mint({ sub, user_id: sub })),
    ...(readsUser ? { status: 401, body: notFound } : { ...good, deviation: reasons.ownSignature }),
  })
  return [
    ofNobody('unknown user_id', unknown),
    { ...ofNobody('user_id is not a number', 'abc'), ...(readsUser && { deviation: reasons.never500 }) },
    {
      name: 'S10: user made inactive after login',
      at,
      async send(given) {
        const { access } = await given.session()
        await endUser(given, 'user_disabled')
        return withToken(access)
      },
      status: 401,
      body: '{"detail":"User is inactive","code":"user_inactive"}',
    },
    {
      name: 'S10: user deleted after login',
      at,
      async send(given) {
        const { access } = await given.session()
        await endUser(given, 'user_deleted')
        return withToken(access)
      },
      status: 401,
      body: notFound,
    },
    {
      name: 'access token from a refresh',
      at,
      async send({ session, server }) {
        const { refresh } = await session()
        const next = await server.post('/api/token/refresh/', { refresh })
        return withToken((next.json() as TokenPair).access)
      },
      ...good,
    },
    {
      name: 'old access token after its refresh was rotated',
      at,
      async send({ session, server }) {
        const { access, refresh } = await session()
        await server.post('/api/token/refresh/', { refresh })
        return withToken(access)
      },
      ...good,
    },
    {
      ...ended('access token after blacklist of its refresh', at),
      deviation: reasons.deadAccess,
    },
    {
      ...ended('S09: access token after logout of its refresh', at),
      deviation: reasons.deadAccess,
      django: '200',
    },
  ]
}

function ended(name: string, at: Scenario['at']): Scenario {
  return {
    name,
    at,
    async send({ session, server }) {
      const { access, refresh } = await session()
      await server.post('/api/logout/', { refresh })
      return withToken(access)
    },
    status: 401,
    body: invalid,
  }
}
