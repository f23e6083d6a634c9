import { fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, route } from '../../http/route.ts'
import { askerOf, dangerousRefusals, type Guarded, ownRefusals } from '../../users/account/me.routes.ts'
import { getOwnUser } from '../../users/account/own-user.ts'
import { userFields } from '../../users/fields.routes.ts'
import { Details } from './answers.routes.ts'
import type { Profile } from './profile.ts'
import { type ChangeDetailsDeps, changeDetails, detailsOf } from './user-details.ts'

export type UserDeps = Guarded & ChangeDetailsDeps & { djRestAuth: Profile }

const name = { optional: true, allowBlank: true, maxLength: 150 } as const
const others = {
  first_name: text({ ...name, example: 'Alice' }),
  last_name: text({ ...name, example: 'Liddell' }),
  password: userFields.recentPassword,
}

/** GET, PUT and PATCH of the user's own names. */
export function userRoutes(deps: UserDeps): AnyRoute[] {
  const path = `${deps.djRestAuth.prefix}user/`
  const { guard } = deps
  const change = {
    path,
    answers: { 200: Details },
    refusals: [...dangerousRefusals, 'cross_site'],
    guard,
  } as const
  return [
    route({
      ...{
        method: 'GET',
        path,
        name: 'User Details (dj-rest-auth)',
        summary: 'The user of the access token',
      },
      answers: { 200: Details },
      refusals: ownRefusals,
      guard,
      handle: async (_, claims) => ({ body: detailsOf(await getOwnUser(deps.store, claims)) }),
    }),
    route({
      ...{
        ...change,
        method: 'PUT',
        name: 'Replace User Details (dj-rest-auth)',
        summary: 'Take other names',
      },
      body: fields({ username: userFields.username, ...others }),
      handle: async (request, claims) => ({
        body: await changeDetails(deps, askerOf(request, claims), request.body),
      }),
    }),
    route({
      ...{
        ...change,
        method: 'PATCH',
        name: 'Change User Details (dj-rest-auth)',
        summary: 'Take another name',
      },
      body: fields({ username: userFields.otherUsername, ...others }),
      handle: async (request, claims) => ({
        body: await changeDetails(deps, askerOf(request, claims), request.body),
      }),
    }),
  ]
}
