import { bearer } from '../../harness.ts'
import { typed } from '../bodies.ts'
import { endUser } from '../operator.ts'
import type { Scenario, Send } from '../scenario.ts'
import { signedByStranger } from '../tokens.ts'

const notGood =
  '{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid or expired"}]}'

/** What every operation says that asks for an access token, or takes one, to those who have no good one. */
export function guardRows(at: Scenario['at'], request: Send = {}): Scenario[] {
  const row = (name: string, send: Scenario['send'], body: string): Scenario => ({
    ...{ name: `${at}, ${name}`, at, status: 401, body },
    ...(send && { send }),
  })
  const shown = (authorization: string) => ({ ...request, headers: { authorization } })
  return [
    row(
      'another scheme',
      shown('Basic YWxpY2U6dGVzdDEyMzQ='),
      '{"detail":"Authentication credentials were not provided."}',
    ),
    row(
      'two values in the header',
      shown('Bearer a b'),
      '{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}',
    ),
    row(
      'signed by somebody else',
      async ({ session }) => ({ ...request, headers: bearer(signedByStranger((await session()).access)) }),
      notGood,
    ),
    row(
      'after the logout',
      async ({ session, server }) => {
        const { access, refresh } = await session()
        await server.post('/api/logout/', { refresh })
        return { ...request, headers: bearer(access) }
      },
      notGood,
    ),
    ...(['user_disabled', 'user_deleted'] as const).map((how) =>
      row(
        `S10: ${how}`,
        async (given) => {
          const { access } = await given.session()
          await endUser(given, how)
          return { ...request, headers: bearer(access) }
        },
        how === 'user_disabled'
          ? '{"detail":"User is inactive","code":"user_inactive"}'
          : '{"detail":"User not found","code":"user_not_found"}',
      ),
    ),
  ]
}

/** What every operation says to a body that it does not take. */
export function bodyRows(at: Scenario['at']): Scenario[] {
  return [
    {
      ...{ name: `${at}, text/plain`, at, status: 415 },
      send: async ({ session }) => withHeaders(typed('abc', 'text/plain'), bearer((await session()).access)),
      body: '{"detail":"Unsupported media type \\"text/plain\\" in request."}',
    },
    {
      ...{ name: `${at}, H03: a body that is too large`, at, status: 413 },
      send: async ({ session }) => ({
        ...{ body: { password: 'x'.repeat(65_536) }, headers: bearer((await session()).access) },
      }),
      body: '{"detail":"The request body is larger than 65536 bytes."}',
    },
  ]
}

function withHeaders(send: Send, headers: Record<string, string>): Send {
  return { ...send, headers: { ...send.headers, ...headers } }
}
