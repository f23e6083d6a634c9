import { fields } from '../../http/fields/fields.ts'
import { type AnyRoute, type HttpRequest, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { AccessClaims } from '../../tokens/access-token.ts'
import { userFields } from '../fields.routes.ts'
import { type LeaveDeps, leave } from './leave.ts'
import { describeMe } from './me.ts'
import { getOwnUser } from './own-user.ts'
import { type RenameDeps, rename } from './rename.ts'

/** How a route finds out whose access token was shown, and what that may refuse. */
export interface Guarded {
  guard: (request: HttpRequest<unknown>) => AccessClaims
}

/** What every route refuses that asks for an access token, and reads the database then. */
export const ownRefusals = [
  'access_token_not_valid',
  'user_inactive',
  'user_not_found',
  'unavailable',
] as const

/** What a route refuses that also asks for the password. */
export const dangerousRefusals = [...ownRefusals, 'throttled', 'overloaded'] as const

const Me = schema.object({
  id: schema.text({ description: 'the `sub` and `user_id` of his tokens: a UUID, or a whole number' }),
  username: schema.text(),
  email: schema.text(),
  email_verified: schema.flag({ description: 'Whether he has shown that he reads what is sent there' }),
  is_staff: schema.flag(),
  date_joined: schema.instant(),
  last_login: schema.orNull(schema.instant()),
})

/** GET, PATCH and DELETE `/api/me/` */
export function meRoutes(deps: Guarded & RenameDeps & LeaveDeps): AnyRoute[] {
  const { guard } = deps
  const path = '/api/me/'
  const { recentPassword: password } = userFields
  return [
    route({
      ...{ method: 'GET', path, name: 'Me', summary: 'The user of the access token' },
      answers: { 200: Me },
      refusals: ownRefusals,
      guard,
      handle: async (_, claims) => ({ body: describeMe(await getOwnUser(deps.store, claims)) }),
    }),
    route({
      ...{ method: 'PATCH', path, name: 'Change Me', summary: 'Take another user name' },
      body: fields({ username: userFields.otherUsername, password }),
      answers: { 200: Me },
      refusals: dangerousRefusals,
      guard,
      async handle(request, claims) {
        const { username, password } = request.body
        if (username === undefined) return { body: describeMe(await getOwnUser(deps.store, claims)) }
        return { body: describeMe(await rename(deps, askerOf(request, claims), { username, password })) }
      },
    }),
    route({
      ...{ method: 'DELETE', path, name: 'Delete Me', summary: 'Delete the account, for good' },
      body: fields({ password }),
      answers: { 204: schema.nothing() },
      refusals: dangerousRefusals,
      guard,
      async handle(request, claims) {
        await leave(deps, askerOf(request, claims), request.body.password)
        return { status: 204, body: '' }
      },
    }),
  ]
}

/** Who asks for something about his own account. */
export function askerOf(request: HttpRequest<unknown>, claims: AccessClaims) {
  return { claims, origin: request.origin, signal: request.signal() }
}
