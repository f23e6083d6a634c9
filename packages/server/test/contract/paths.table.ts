import { bearer } from '../harness.ts'
import { account, goodPassword } from './bodies.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, ScenarioTable, Send } from './scenario.ts'

const notFound = '{"detail":"Not found."}'
const pair = '{"access":"<jwt>","refresh":"<jwt>","access_expires_in":900,"refresh_expires_in":604800}'
const hello = '{"message":"Hello <user>, you have accessed a protected route!"}'
const parses = '["application/json","application/x-www-form-urlencoded","multipart/form-data"]'
const loginMetadata = `{"name":"Login","description":"Open a session with user name and password","renders":["application/json"],"parses":${parses}}`
const registerMetadata = `{"name":"Register","description":"Create a user","renders":["application/json"],"parses":${parses}}`

function onRegister(method: string): Scenario {
  const at = `${method} /api/register/` as const
  const body = method === 'HEAD' ? '' : `{"detail":"Method \\"${method}\\" not allowed."}`
  return { name: `${method} on register`, at, status: 405, body }
}

function unknown(name: string, at: Scenario['at']): Scenario {
  return { name, at, status: 404, body: notFound, deviation: reasons.jsonErrors }
}

async function registered({ server, user }: Given): Promise<Send> {
  await server.post('/api/register/', account(user))
  return { body: { username: user, password: goodPassword } }
}

async function shown({ session }: Given): Promise<Send> {
  return { headers: bearer((await session()).access) }
}

async function refreshToken({ session }: Given): Promise<Send> {
  return { body: { refresh: (await session()).refresh } }
}

/** Methods, paths, slashes. */
export const paths: ScenarioTable = {
  group: 'paths',
  title: 'methods, paths, slashes',
  rows: [
    ...['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'].map(onRegister),
    { ...onRegister('TRACE'), over: 'socket' },
    { ...onRegister('FOO'), over: 'socket' },
    {
      name: 'FOO on the protected route, no token',
      at: 'FOO /api/protected/',
      over: 'socket',
      status: 405,
      body: '{"detail":"Method \\"FOO\\" not allowed."}',
      deviation: reasons.unknownMethod,
      django: '401 `{"detail":"Authentication credentials were not provided."}`',
    },
    {
      name: 'a wrong method, percent-encoded',
      at: 'DELETE /%61pi/register/',
      status: 405,
      body: '{"detail":"Method \\"DELETE\\" not allowed."}',
    },
    {
      name: 'a wrong method, and no JSON wanted',
      at: 'DELETE /api/register/',
      send: { headers: { accept: 'application/xml' } },
      status: 406,
      body: '{"detail":"Could not satisfy the request Accept header."}',
    },
    {
      name: 'a wrong method, ?format=xml',
      at: 'DELETE /api/protected/',
      send: { query: '?format=xml' },
      status: 404,
      body: notFound,
      headers: { allow: 'GET, HEAD, OPTIONS' },
    },
    {
      name: 'DELETE on the protected route, valid token',
      at: 'DELETE /api/protected/',
      send: shown,
      status: 405,
      body: '{"detail":"Method \\"DELETE\\" not allowed."}',
    },
    {
      name: 'DELETE on the protected route, no token',
      at: 'DELETE /api/protected/',
      status: 401,
      body: '{"detail":"Authentication credentials were not provided."}',
    },
    unknown('unknown path under /api/', 'GET /api/nope/'),
    unknown('unknown path, POST', 'POST /api/nope/'),
    {
      name: 'root',
      at: 'GET /',
      status: 200,
      has: ['"name":"Countersign"', '/openapi.json"'],
      headers: { allow: 'GET, HEAD, OPTIONS' },
      deviation: reasons.home,
    },
    unknown('/api/', 'GET /api/'),
    { ...unknown('double trailing slash', 'GET /api/protected//'), send: shown },
    unknown('upper-case path', 'POST /API/LOGIN/'),
    {
      name: 'GET protected, no trailing slash',
      at: 'GET /api/protected',
      send: shown,
      status: 200,
      body: hello,
      deviation: reasons.noRedirect,
    },
    {
      name: 'POST login, no trailing slash',
      at: 'POST /api/login',
      send: registered,
      status: 200,
      body: pair,
      deviation: reasons.noRedirect,
    },
    {
      name: 'POST refresh, no trailing slash',
      at: 'POST /api/token/refresh',
      send: refreshToken,
      status: 200,
      body: pair,
      deviation: reasons.noRedirect,
    },
    {
      name: 'GET on login, no trailing slash',
      at: 'GET /api/login',
      status: 405,
      body: '{"detail":"Method \\"GET\\" not allowed."}',
    },
    {
      name: 'query string on login',
      at: 'POST /api/login/',
      send: async (given) => ({ ...(await registered(given)), query: '?next=/&username=somebody' }),
      status: 200,
      body: pair,
    },
    {
      name: 'OPTIONS on login',
      at: 'OPTIONS /api/login/',
      status: 200,
      body: loginMetadata,
      deviation: reasons.optionsJson,
    },
    {
      name: 'OPTIONS on register',
      at: 'OPTIONS /api/register/',
      status: 200,
      body: registerMetadata,
      deviation: reasons.optionsJson,
    },
    {
      name: 'CORS preflight',
      at: 'OPTIONS /api/login/',
      send: { headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' } },
      status: 200,
      body: loginMetadata,
      headers: { 'access-control-allow-methods': null, 'access-control-allow-headers': null },
      deviation: reasons.optionsJson,
    },
    {
      name: 'unknown Host header',
      at: 'GET /api/protected/',
      send: async (given) => ({ headers: { ...(await shown(given)).headers, host: 'elsewhere.example' } }),
      status: 200,
      body: hello,
      deviation: reasons.anyHost,
    },
  ],
}
