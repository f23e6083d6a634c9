import { bearer, type TokenPair } from '../harness.ts'
import { formBody, multipartBody, typed } from './bodies.ts'
import { endUser } from './operator.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, ScenarioTable, Send } from './scenario.ts'
import { signedByStranger } from './tokens.ts'

const at = 'POST /api/logout/'
const done = { status: 200, body: '{"message":"Logged out successfully"}' } as const
const invalid = '{"detail":"Token is invalid or expired","code":"token_not_valid"}'

function accepted(name: string, send: (pair: TokenPair) => Send): Scenario {
  return { name, at, send: async ({ session }) => send(await session()), ...done }
}

function refused(name: string, send: Send, status: number, body: string): Scenario {
  return { name, at, send, status, body }
}

async function spentToken({ server, session }: Given): Promise<string> {
  const { refresh } = await session()
  await server.post('/api/token/refresh/', { refresh })
  return refresh
}

function allOfEnded(name: string, how: 'user_disabled' | 'user_deleted', body: string): Scenario {
  return {
    name,
    at,
    async send(given) {
      const { access } = await given.session()
      await endUser(given, how)
      return { body: { all: true }, headers: bearer(access) }
    },
    status: 401,
    body,
  }
}

/** `POST /api/logout/`; what it ends is told by the rows on refresh and on the guarded routes. */
export const logout: ScenarioTable = {
  group: 'logout',
  title: 'logout',
  rows: [
    accepted('valid', ({ refresh }) => ({ body: { refresh } })),
    accepted('form-urlencoded', ({ refresh }) => formBody({ refresh })),
    accepted('multipart/form-data', ({ refresh }) => multipartBody({ refresh })),
    accepted('garbage Authorization header beside a good body', ({ refresh }) => ({
      body: { refresh },
      headers: { authorization: 'Bearer garbage' },
    })),
    {
      ...accepted('all sessions, by access token', ({ access }) => ({
        body: { all: true },
        headers: bearer(access),
      })),
      deviation: reasons.logoutAll,
      django: '400 `{"refresh":["This field is required."]}`',
    },
    {
      name: 'same token again',
      at,
      async send({ server, session }) {
        const { refresh } = await session()
        await server.post('/api/logout/', { refresh })
        return { body: { refresh } }
      },
      ...done,
      deviation: reasons.idempotentLogout,
    },
    {
      name: 'S15: a spent token of a live session',
      at,
      send: async (given) => ({ body: { refresh: await spentToken(given) } }),
      ...done,
      deviation: reasons.anyGeneration,
      django: '401 `{"detail":"Token is blacklisted","code":"token_not_valid"}`',
    },
    {
      ...refused(
        'access token in the field',
        {},
        401,
        '{"detail":"Token has wrong type","code":"token_not_valid"}',
      ),
      send: async ({ session }) => ({ body: { refresh: (await session()).access } }),
    },
    refused('S13: garbled', { body: { refresh: 'abc' } }, 401, invalid),
    {
      ...refused('S14: signed with another secret', {}, 401, invalid),
      send: async ({ session }) => ({ body: { refresh: signedByStranger((await session()).refresh) } }),
    },
    refused('empty object', { body: {} }, 400, '{"refresh":["This field is required."]}'),
    refused('blank', { body: { refresh: '' } }, 400, '{"refresh":["This field may not be blank."]}'),
    refused('null', { body: { refresh: null } }, 400, '{"refresh":["This field may not be null."]}'),
    refused('no body', {}, 400, '{"refresh":["This field is required."]}'),
    refused('all is no flag', { body: { all: 'perhaps' } }, 400, '{"all":["Must be a valid boolean."]}'),
    refused(
      'text/plain',
      typed('abc', 'text/plain'),
      415,
      '{"detail":"Unsupported media type \\"text/plain\\" in request."}',
    ),
    refused(
      'H03: a body that is too large',
      { body: { refresh: 'x'.repeat(65_536) } },
      413,
      '{"detail":"The request body is larger than 65536 bytes."}',
    ),
    refused(
      'all sessions, without a token',
      { body: { all: true } },
      401,
      '{"detail":"Authentication credentials were not provided."}',
    ),
    refused(
      'all sessions, two values in the header',
      { body: { all: true }, headers: { authorization: 'Bearer a b' } },
      401,
      '{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}',
    ),
    refused(
      'all sessions, bad token',
      { body: { all: true }, headers: bearer('abc') },
      401,
      '{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid or expired"}]}',
    ),
    {
      ...refused(
        'all sessions, expired token',
        {},
        401,
        '{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid or expired"}]}',
      ),
      send: async ({ mint }) => ({
        body: { all: true },
        headers: bearer(await mint({ iat: 1_599_999_100, exp: 1_600_000_000 })),
      }),
    },
    allOfEnded(
      'all sessions, disabled user',
      'user_disabled',
      '{"detail":"User is inactive","code":"user_inactive"}',
    ),
    allOfEnded(
      'all sessions, deleted user',
      'user_deleted',
      '{"detail":"User not found","code":"user_not_found"}',
    ),
    { name: 'GET', at: 'GET /api/logout/', status: 405, body: '{"detail":"Method \\"GET\\" not allowed."}' },
  ],
}
