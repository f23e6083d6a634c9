import { formBody } from '../bodies.ts'
import { endUser } from '../operator.ts'
import { reasons } from '../reasons.ts'
import type { Given, Scenario, ScenarioTable, Send } from '../scenario.ts'
import { claimsOf, signedByStranger, unsigned } from '../tokens.ts'

const env = { COUNTERSIGN_SIMPLEJWT: '5.2' }
const good = { status: 200, body: '{}' } as const
const invalid = '{"detail":"Token is invalid or expired","code":"token_not_valid"}'
const blacklisted = '{"detail":"Token is blacklisted","code":"token_not_valid"}'
const past = { iat: 1_599_999_100, exp: 1_600_000_000 }

type Make = (given: Given) => string | Promise<string>

/** Rows of one endpoint, each about a token that it is sent under this name. */
function rowsAbout(at: Scenario['at'], field: string) {
  const refused = (name: string, send: Send, status: number, body: string): Scenario => ({
    ...{ name, at, send, status, body },
  })
  return {
    accepted: (name: string, make: Make): Scenario => ({
      ...{ name, at, send: async (given) => ({ body: { [field]: await make(given) } }) },
      ...good,
    }),
    denied: (name: string, make: Make, body = invalid): Scenario => ({
      ...{ name, at, send: async (given) => ({ body: { [field]: await make(given) } }) },
      ...{ status: 401, body },
    }),
    unreadable: [
      refused('empty object', { body: {} }, 400, `{"${field}":["This field is required."]}`),
      refused('blank', { body: { [field]: '' } }, 400, `{"${field}":["This field may not be blank."]}`),
      refused('null', { body: { [field]: null } }, 400, `{"${field}":["This field may not be null."]}`),
      refused('list', { body: { [field]: [] } }, 400, `{"${field}":["Not a valid string."]}`),
      refused('no body', {}, 400, `{"${field}":["This field is required."]}`),
      {
        ...{ name: 'GET', at: at.replace('POST', 'GET') as Scenario['at'], status: 405 },
        body: '{"detail":"Method \\"GET\\" not allowed."}',
      },
    ] satisfies Scenario[],
  }
}

const refreshOf: Make = async ({ session }) => (await session()).refresh
const accessOf: Make = async ({ session }) => (await session()).access

/** Signed as ours are, for the session that it names, and past its end. */
const expiredRefresh: Make = async ({ server, session }) => {
  const { sub, sid } = claimsOf((await session()).refresh)
  const at = server.clock() - 1000
  const source = { userId: String(sub), sessionId: String(sid), generation: 0, rotatedAt: at, expiresAt: at }
  return server.deployment.refreshTokens.issue(source)
}

/** Exchanged for its successor so many milliseconds ago. */
function spent(ago: number): Make {
  return async ({ server, session }) => {
    const { refresh } = await session()
    await server.post('/api/token/refresh/', { refresh })
    server.clock.advance(ago)
    return refresh
  }
}

function afterBlacklist(which: 'access' | 'refresh'): Make {
  return async ({ server, session }) => {
    const pair = await session()
    await server.post('/api/token/blacklist/', { refresh: pair.refresh })
    return pair[which]
  }
}

function afterEnd(how: 'user_disabled' | 'user_deleted'): Make {
  return async (given) => {
    const { refresh } = await given.session()
    await endUser(given, how)
    return refresh
  }
}

const ended = { status: 400, body: '{"non_field_errors":["Token is blacklisted"]}' } as const
const verified = rowsAbout('POST /api/token/verify/', 'token')

/** `POST /api/token/verify/` */
export const verify: ScenarioTable = {
  ...{ group: 'verify', title: 'verify', env },
  rows: [
    verified.accepted('access token', accessOf),
    verified.accepted('refresh token', refreshOf),
    {
      ...verified.accepted('form-urlencoded', accessOf),
      send: async (given) => formBody({ token: await accessOf(given) }),
    },
    verified.denied('garbled', () => 'abc'),
    verified.denied('signed with another secret', async (given) => signedByStranger(await accessOf(given))),
    verified.denied('T03: alg none', async (given) => unsigned(await accessOf(given))),
    verified.denied('expired', ({ mint }) => mint(past)),
    verified.denied('expired refresh token', expiredRefresh),
    {
      ...verified.denied('well signed, of a type that nobody issues', ({ mint }) =>
        mint({ token_type: 'visitor' }),
      ),
      ...{ deviation: reasons.ownForm, django: '200 `{}`' },
    },
    { ...verified.accepted('S08: blacklisted refresh token', afterBlacklist('refresh')), ...ended },
    {
      ...verified.accepted('S09: access token after blacklist of its refresh', afterBlacklist('access')),
      ...{ ...ended, deviation: reasons.deadAccess, django: '200 `{}`' },
    },
    { ...verified.accepted('S01: rotated away, 11 seconds ago', spent(11_000)), ...ended },
    {
      ...verified.accepted('rotated away just now', spent(0)),
      ...{ deviation: reasons.grace, django: '400 `{"non_field_errors":["Token is blacklisted"]}`' },
    },
    ...Object.entries({ disabled: 'user_disabled', deleted: 'user_deleted' } as const).map(([name, how]) => ({
      ...verified.accepted(`S10: refresh token of a ${name} user`, afterEnd(how)),
      ...{ ...ended, deviation: reasons.activeUser, django: '200 `{}`' },
    })),
    ...verified.unreadable,
  ],
}

const listed = rowsAbout('POST /api/token/blacklist/', 'refresh')

/** `POST /api/token/blacklist/` */
export const blacklist: ScenarioTable = {
  ...{ group: 'blacklist', title: 'blacklist', env },
  rows: [
    listed.accepted('valid', refreshOf),
    {
      ...listed.accepted('form-urlencoded', refreshOf),
      send: async (given) => formBody({ refresh: await refreshOf(given) }),
    },
    listed.denied('same token again', afterBlacklist('refresh'), blacklisted),
    {
      ...listed.accepted('S15: rotated away, 11 seconds ago', spent(11_000)),
      ...{ deviation: reasons.anyGeneration, django: `401 \`${blacklisted}\`` },
    },
    listed.denied(
      'T11: access token in the field',
      accessOf,
      '{"detail":"Token has wrong type","code":"token_not_valid"}',
    ),
    listed.denied('S13: garbled', () => 'abc'),
    listed.denied('S14: signed with another secret', async (given) =>
      signedByStranger(await refreshOf(given)),
    ),
    listed.denied('expired', expiredRefresh),
    {
      ...listed.denied('token of a disabled user', afterEnd('user_disabled'), blacklisted),
      ...{ deviation: reasons.endedWithUser, django: '200 `{}`' },
    },
    ...listed.unreadable,
  ],
}
