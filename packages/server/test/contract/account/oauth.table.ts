import { bearer } from '../../harness.ts'
import { typed } from '../bodies.ts'
import type { Scenario, ScenarioTable } from '../scenario.ts'
import { bodyRows } from './guards.ts'

const introspect = 'POST /api/oauth/introspect/'
const revoke = 'POST /api/oauth/revoke/'
const secret = 'a-secret-that-resource-servers-have'
const shown = bearer(secret)
const required = '{"token":["This field is required."]}'

function asked(name: string, row: Partial<Scenario>): Scenario {
  return { at: introspect, name: `${introspect}, ${name}`, status: 200, ...row }
}

/** What resource servers ask about a token, and what ends one. */
export const oauthTable: ScenarioTable = {
  group: 'account',
  title: '/api/oauth/',
  env: { COUNTERSIGN_INTROSPECTION_SECRET: secret },
  rows: [
    asked('an access token', {
      send: async ({ session }) => ({ body: { token: (await session()).access }, headers: shown }),
      has: ['"active":true', '"token_type":"Bearer"'],
    }),
    asked('a token that is not good', {
      send: { body: { token: 'abc' }, headers: shown },
      body: '{"active":false}',
    }),
    asked('no token', { send: { body: {}, headers: shown }, status: 400, body: required }),
    asked('no secret', {
      send: { body: { token: 'abc' } },
      status: 401,
      body: '{"detail":"Authentication credentials were not provided."}',
    }),
    asked('two values in the header', {
      send: { body: { token: 'abc' }, headers: { authorization: 'Bearer a b' } },
      status: 401,
      body: '{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}',
    }),
    asked('text/plain', {
      send: { ...typed('abc', 'text/plain'), headers: { 'content-type': 'text/plain', ...shown } },
      status: 415,
      body: '{"detail":"Unsupported media type \\"text/plain\\" in request."}',
    }),
    asked('H03: a body that is too large', {
      send: { body: { token: 'x'.repeat(65_536) }, headers: shown },
      status: 413,
    }),
    {
      ...{ at: revoke, name: `${revoke}, a refresh token`, status: 200, body: '{}' },
      send: async ({ session }) => ({ body: { token: (await session()).refresh } }),
    },
    {
      at: revoke,
      name: `${revoke}, a token that is not good`,
      send: { body: { token: 'abc' } },
      status: 200,
      body: '{}',
    },
    { at: revoke, name: `${revoke}, no token`, send: { body: {} }, status: 400, body: required },
    ...bodyRows(revoke),
  ],
}
