import { bearer, type TokenPair } from '../harness.ts'
import { badTokenRows, type GuardedPath, greetings, userRows, withToken } from './guarded-tokens.table.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, ScenarioTable } from './scenario.ts'

const missing = '{"detail":"Authentication credentials were not provided."}'
const twoValues =
  '{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}'
const parses = '["application/json","application/x-www-form-urlencoded","multipart/form-data"]'

const metadata: Readonly<Record<GuardedPath, string>> = {
  '/api/protected/': `{"name":"Protected","description":"Greet the user of the access token","renders":["application/json"],"parses":${parses}}`,
  '/api/dashboard/': `{"name":"Dashboard","description":"The user, his live sessions and his last login","renders":["application/json"],"parses":${parses}}`,
}

/** The same cases for each guarded route. */
export function guarded(path: GuardedPath): ScenarioTable {
  return {
    group: 'protected',
    title: path,
    rows: [
      ...credentialRows(path),
      ...badTokenRows(path),
      ...userRows(path),
      ...negotiationRows(path),
      ...methodRows(path),
    ],
  }
}

function credentialRows(path: GuardedPath): Scenario[] {
  const at = `GET ${path}` as const
  const header = (name: string, make: (pair: TokenPair) => string, body: string): Scenario => ({
    name,
    at,
    send: async ({ session }) => ({ headers: { authorization: make(await session()) } }),
    status: 401,
    body,
  })
  const good = { status: 200, body: greetings[path] } as const
  return [
    { ...header('valid access token', ({ access }) => `Bearer ${access}`, ''), ...good },
    { name: 'no Authorization header', at, status: 401, body: missing },
    header('empty Authorization header', () => '', missing),
    header("'Bearer' with no token", () => 'Bearer', twoValues),
    header("'Bearer ' and two parts", () => 'Bearer a b', twoValues),
    { ...header('two spaces before the token', ({ access }) => `Bearer  ${access}`, ''), ...good },
    header("lower-case 'bearer'", ({ access }) => `bearer ${access}`, missing),
    header("upper-case 'BEARER'", ({ access }) => `BEARER ${access}`, missing),
    header("scheme 'Token'", ({ access }) => `Token ${access}`, missing),
    header("scheme 'JWT'", ({ access }) => `JWT ${access}`, missing),
    header('Basic scheme', () => 'Basic YWxpY2U6dGVzdDEyMzQ=', missing),
    header('bare token without a scheme', ({ access }) => access, missing),
    {
      name: 'T25: token in the query string',
      at,
      async send({ session }) {
        const { access } = await session()
        return { query: `?token=${access}&access_token=${access}&jwt=${access}` }
      },
      status: 401,
      body: missing,
    },
    {
      name: 'T25: token in a cookie or another header',
      at,
      async send({ session }) {
        const { access } = await session()
        const cookie = `access=${access}; access_token=${access}; jwt=${access}; token=${access}`
        const other = { 'x-access-token': access, 'x-authorization': `Bearer ${access}` }
        return { headers: { cookie, ...other, 'proxy-authorization': `Bearer ${access}` } }
      },
      status: 401,
      body: missing,
    },
  ]
}

function negotiationRows(path: GuardedPath): Scenario[] {
  const at = `GET ${path}` as const
  const good = { status: 200, body: greetings[path] } as const
  const asking = (name: string, accept: string): Scenario => ({
    name,
    at,
    send: async ({ session }) => ({ headers: { ...bearer((await session()).access), accept } }),
    ...good,
  })
  const format = (value: string): Scenario => ({
    name: `?format=${value}`,
    at,
    send: async ({ session }) => ({ ...withToken((await session()).access), query: `?format=${value}` }),
    ...good,
  })
  return [
    { ...asking('Accept: text/html', 'text/html'), deviation: reasons.jsonOnly },
    {
      ...asking('Accept: application/xml', 'application/xml'),
      status: 406,
      body: '{"detail":"Could not satisfy the request Accept header."}',
    },
    {
      ...asking('Accept with nothing in it', ''),
      deviation: reasons.emptyAccept,
      django: '406 `{"detail":"Could not satisfy the request Accept header."}`',
    },
    {
      ...asking('Accept: application/json; indent=4', 'application/json; indent=4'),
      deviation: reasons.compactJson,
      django: '200, indented',
    },
    format(''),
    asking('Accept: application/*, text/plain;q=0.5', 'application/*, text/plain;q=0.5'),
    format('json'),
    {
      ...format('xml'),
      status: 404,
      body: '{"detail":"Not found."}',
      headers: { allow: 'GET, HEAD, OPTIONS' },
    },
  ]
}

function methodRows(path: GuardedPath): Scenario[] {
  const shown = async ({ session }: Given) => withToken((await session()).access)
  const notAllowed = (method: string) => `{"detail":"Method \\"${method}\\" not allowed."}`
  return [
    { name: 'HEAD with a valid token', at: `HEAD ${path}`, send: shown, status: 200, body: '' },
    { name: 'HEAD without a token', at: `HEAD ${path}`, status: 401, body: '' },
    {
      name: 'POST with a valid token',
      at: `POST ${path}`,
      send: shown,
      status: 405,
      body: notAllowed('POST'),
    },
    { name: 'POST without a token', at: `POST ${path}`, status: 401, body: missing },
    {
      name: 'DELETE on the protected route, valid token',
      at: `DELETE ${path}`,
      send: shown,
      status: 405,
      body: notAllowed('DELETE'),
    },
    { name: 'DELETE on the protected route, no token', at: `DELETE ${path}`, status: 401, body: missing },
    {
      name: 'OPTIONS with a valid token',
      at: `OPTIONS ${path}`,
      send: shown,
      status: 200,
      body: metadata[path],
      deviation: reasons.optionsJson,
    },
    { name: 'OPTIONS without a token', at: `OPTIONS ${path}`, status: 401, body: missing },
  ]
}
