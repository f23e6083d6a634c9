import { AuthError } from '../../errors.ts'
import { fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { Limits } from '../../limits/limits.ts'
import { userFields } from '../../users/fields.routes.ts'
import { compileBody } from '../admin-route.routes.ts'
import { refuseOtherPages } from '../own-page.routes.ts'
import type { FirstOwner } from './first.ts'

interface FirstDeps {
  /** undefined where no link is given out: in production, where a command makes the first owner */
  firstOwner: FirstOwner | undefined
  limits: Pick<Limits, 'admit' | 'policies'>
  publicOrigin: string
}

const { username, ownEmail: email, newPassword: password } = userFields
const FirstBody = fields({
  token: text({ description: 'What stands behind the `#` of the link' }),
  ...{ username, email, password },
})

/** `POST /api/admin/first/`: the first owner, made with the link that `countersign dev` prints. */
export function firstRoutes({ firstOwner, limits, publicOrigin }: FirstDeps): AnyRoute[] {
  const read = compileBody(FirstBody)
  return [
    route({
      ...{
        method: 'POST',
        path: '/api/admin/first/',
        name: 'Admin First',
        dialect: 'problem',
        body: FirstBody,
      },
      summary: 'Make the first owner',
      description: 'Needs no session. He signs in afterwards.',
      answers: { 201: schema.object({ id: schema.text(), username: schema.text() }) },
      refusals: ['cross_site', 'throttled', 'overloaded', 'unavailable'],
      policies: limits.policies('register'),
      async handle(request) {
        refuseOtherPages(request, publicOrigin)
        await limits.admit('register', { origin: request.origin })
        const { email: address = '', ...owner } = read(request.body)
        if (!firstOwner) throw new AuthError('not_found')
        const made = await firstOwner.create({ ...owner, email: address, origin: request.origin })
        return { status: 201, body: { id: made.id, username: made.username } }
      },
    }),
  ]
}
