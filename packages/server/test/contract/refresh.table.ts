import { newId } from '../../src/ids.ts'
import { formBody, multipartBody, typed } from './bodies.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, ScenarioTable, Send } from './scenario.ts'
import { claimsOf, signedByStranger, unsigned } from './tokens.ts'

const at = 'POST /api/token/refresh/'
const pair = '{"access":"<jwt>","refresh":"<jwt>","access_expires_in":900,"refresh_expires_in":604800}'
const invalid = '{"detail":"Token is invalid or expired","code":"token_not_valid"}'

/** The user's refresh token, sent in some way. */
function granted(name: string, send: (refresh: string) => Send): Scenario {
  return { name, at, send: async ({ session }) => send((await session()).refresh), status: 200, body: pair }
}

function refusedToken(name: string, make: (given: Given) => Promise<string>, body = invalid): Scenario {
  return { name, at, send: async (given) => ({ body: { refresh: await make(given) } }), status: 401, body }
}

function refused(name: string, send: Send, status: number, body: string): Scenario {
  return { name, at, send, status, body }
}

async function spend({ server, session }: Given): Promise<string> {
  const { refresh } = await session()
  await server.post('/api/token/refresh/', { refresh })
  return refresh
}

/** A refresh token signed as ours are, for this session and end. */
function forge({ server }: Given, source: { userId: string; sessionId: string; expiresAt: number }): string {
  return server.deployment.refreshTokens.issue({ ...source, generation: 0, rotatedAt: server.clock() })
}

async function endUser({ server, user }: Given, how: 'disabled' | 'deleted'): Promise<void> {
  const { store } = server.deployment
  const userId = (await store.findUserByName(user))?.id ?? ''
  if (how === 'deleted') await store.deleteUser({ userId, now: server.clock() })
  else await store.updateUser({ userId, set: { is_active: 0 } })
}

function endedUser(name: string, how: 'disabled' | 'deleted'): Scenario {
  const make = async (given: Given) => {
    const { refresh } = await given.session()
    await endUser(given, how)
    return refresh
  }
  return { ...refusedToken(name, make), deviation: reasons.activeUser }
}

const loggedOut = async ({ server, session }: Given): Promise<string> => {
  const { refresh } = await session()
  await server.post('/api/logout/', { refresh })
  return refresh
}

const otherSession = async ({ server, session }: Given): Promise<string> => {
  const other = await session()
  const { refresh } = await session()
  await server.post('/api/logout/', { refresh })
  return other.refresh
}

/** `POST /api/token/refresh/` */
export const refresh: ScenarioTable = {
  group: 'refresh',
  title: 'refresh',
  rows: [
    granted('valid', (token) => ({ body: { refresh: token } })),
    granted('form-urlencoded', (token) => formBody({ refresh: token })),
    granted('multipart/form-data', (token) => multipartBody({ refresh: token })),
    granted('token with outer spaces', (token) => ({ body: { refresh: `  ${token}\n` } })),
    granted('garbage Authorization header beside a good body', (token) => ({
      body: { refresh: token },
      headers: { authorization: 'Bearer garbage' },
    })),
    {
      name: 'S01: the new refresh token',
      at,
      async send({ server, session }) {
        const first = await session()
        const next = await server.post('/api/token/refresh/', { refresh: first.refresh })
        return { body: { refresh: next.json().refresh } }
      },
      status: 200,
      body: pair,
    },
    {
      ...granted('S01, S06: same token again (rotated away)', () => ({})),
      send: async (given) => ({ body: { refresh: await spend(given) } }),
      deviation: reasons.grace,
    },
    {
      ...refusedToken('S02: same token again, 11 seconds later', async (given) => {
        const token = await spend(given)
        given.server.clock.advance(11_000)
        return token
      }),
      deviation: reasons.oneTokenMessage,
      django: '401 `{"detail":"Token is blacklisted","code":"token_not_valid"}`',
    },
    refusedToken(
      'T11: access token used as refresh',
      async ({ session }) => (await session()).access,
      '{"detail":"Token has wrong type","code":"token_not_valid"}',
    ),
    refusedToken('garbled', async () => 'abc'),
    refusedToken('expired', async (given) => {
      const { sub, sid } = claimsOf((await given.session()).refresh)
      return forge(given, {
        userId: String(sub),
        sessionId: String(sid),
        expiresAt: given.server.clock() - 1000,
      })
    }),
    refusedToken('signed with another secret', async ({ session }) =>
      signedByStranger((await session()).refresh),
    ),
    refusedToken('T03: alg none', async ({ session }) => unsigned((await session()).refresh)),
    {
      ...refusedToken('well signed, jti never issued', async (given) => {
        const { sub } = claimsOf((await given.session()).refresh)
        const now = given.server.clock()
        return forge(given, { userId: String(sub), sessionId: newId(now), expiresAt: now + 60_000 })
      }),
      deviation: reasons.onlyIssued,
    },
    { ...refusedToken('token ended by blacklist', loggedOut), deviation: reasons.oneTokenMessage },
    { ...refusedToken('S08: token ended by logout', loggedOut), deviation: reasons.oneTokenMessage },
    ...["another session's token after blacklist", "another session's token after logout"].map(
      (name): Scenario => ({
        name,
        at,
        send: async (given) => ({ body: { refresh: await otherSession(given) } }),
        status: 200,
        body: pair,
      }),
    ),
    endedUser('S10, S11: user made inactive after login', 'disabled'),
    endedUser('S10, S11: user deleted after login', 'deleted'),
    refused('empty object', { body: {} }, 400, '{"refresh":["This field is required."]}'),
    refused('no body', {}, 400, '{"refresh":["This field is required."]}'),
    refused('blank', { body: { refresh: '' } }, 400, '{"refresh":["This field may not be blank."]}'),
    refused('null', { body: { refresh: null } }, 400, '{"refresh":["This field may not be null."]}'),
    refused('number', { body: { refresh: 12 } }, 401, invalid),
    refused('list', { body: { refresh: [] } }, 400, '{"refresh":["Not a valid string."]}'),
    refused(
      'body is a JSON list',
      { body: [] },
      400,
      '{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}',
    ),
    refused(
      'malformed JSON',
      typed('{'),
      400,
      '{"detail":"JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}',
    ),
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
      'NUL in token',
      { body: { refresh: 'a\0b' } },
      400,
      '{"refresh":["Null characters are not allowed."]}',
    ),
    {
      name: 'token in the Authorization header only',
      at,
      async send({ session }) {
        return { body: {}, headers: { authorization: `Bearer ${(await session()).refresh}` } }
      },
      status: 400,
      body: '{"refresh":["This field is required."]}',
    },
    {
      name: 'T25: token in the query string or a cookie only',
      at,
      async send({ session }) {
        const { refresh: token } = await session()
        return { body: {}, query: `?refresh=${token}`, headers: { cookie: `refresh=${token}` } }
      },
      status: 400,
      body: '{"refresh":["This field is required."]}',
    },
    {
      name: 'GET',
      at: 'GET /api/token/refresh/',
      status: 405,
      body: '{"detail":"Method \\"GET\\" not allowed."}',
    },
  ],
}
