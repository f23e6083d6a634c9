import { fields } from '../http/fields/fields.ts'
import { type AnyRoute, route } from '../http/route.ts'
import { schema } from '../http/schema.ts'
import type { Limits } from '../limits/limits.ts'
import { userFields } from './fields.routes.ts'
import { type RegisterDeps, register } from './register.ts'

const CreatedUser = schema.object({
  id: schema.text({ description: 'the `sub` and `user_id` of his tokens: a UUID, or a whole number' }),
  username: schema.text(),
  email: schema.text(),
  warnings: schema.optional(schema.record(schema.list(schema.text()))),
})

/** `POST /api/register/` */
export function usersRoutes(
  deps: RegisterDeps & { limits: Limits; rules: { email: 'required' | 'optional' } },
): AnyRoute[] {
  const { username, newPassword: password } = userFields
  const body =
    deps.rules.email === 'optional'
      ? fields({ username, email: userFields.ownEmail, password })
      : fields({ username, email: userFields.email, password })

  return [
    route({
      method: 'POST',
      path: '/api/register/',
      name: 'Register',
      summary: 'Create a user',
      body,
      answers: { 201: CreatedUser },
      refusals: ['throttled', 'overloaded', 'unavailable'],
      policies: deps.limits.policies('register'),
      async handle({ body: { username, email = '', password }, origin }) {
        const { warnings, ...user } = await register(deps, { username, email, password, origin })
        const warned = warnings.length > 0 && { warnings: { password: warnings } }
        return { status: 201, body: { ...user, ...warned } }
      },
    }),
  ]
}
