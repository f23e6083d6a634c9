import { fields, text } from '../http/fields.ts'
import { type AnyRoute, route } from '../http/route.ts'
import { schema } from '../http/schema.ts'
import { passwordFieldFaults } from '../passwords/policy.ts'
import { emailFault } from './email.ts'
import { usernameFault } from './names.ts'
import { type RegisterDeps, register } from './register.ts'

const CreatedUser = schema.object({
  id: schema.text({ description: 'UUID of the user; the `sub` and `user_id` of his tokens' }),
  username: schema.text(),
  email: schema.text(),
  warnings: schema.optional(schema.record(schema.list(schema.text()))),
})

/** `POST /api/register/` */
export function usersRoutes(deps: RegisterDeps & { rules: { email: 'required' | 'optional' } }): AnyRoute[] {
  const password = text({
    trim: false,
    first: [(value) => passwordFieldFaults(value.replaceAll('\0', ''))[0]],
    format: 'password',
    description: 'At least 8 characters, at most 1024 bytes; taken exactly as given',
    example: 'test1234',
  })
  const username = text({
    maxLength: 150,
    first: [usernameFault],
    description: 'Letters, digits and @ . + - _; unique whatever its case or Unicode spelling',
    example: 'alice',
  })
  const email = { last: [emailFault], format: 'email', example: 'alice@example.com' } as const
  const optional = deps.rules.email === 'optional'
  const body = optional
    ? fields({ username, email: text({ ...email, optional: true, allowBlank: true }), password })
    : fields({ username, email: text(email), password })

  return [
    route({
      method: 'POST',
      path: '/api/register/',
      name: 'Register',
      summary: 'Create a user',
      body,
      answers: { 201: CreatedUser },
      refusals: ['overloaded', 'unavailable'],
      async handle({ body: { username, email = '', password }, origin }) {
        const { warnings, ...user } = await register(deps, { username, email, password, origin })
        const warned = warnings.length > 0 && { warnings: { password: warnings } }
        return { status: 201, body: { ...user, ...warned } }
      },
    }),
  ]
}
