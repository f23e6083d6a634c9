import { type AnyRoute, type HttpRequest, route } from '../http/route.ts'
import { schema } from '../http/schema.ts'
import { type AuthenticateDeps, authenticate } from './authenticate.ts'
import { type DashboardDeps, dashboard } from './dashboard.ts'

const Dashboard = schema.object({
  message: schema.text(),
  user: schema.object({
    id: schema.text(),
    username: schema.text(),
    email: schema.text(),
    is_staff: schema.flag(),
    date_joined: schema.instant(),
  }),
  sessions: schema.list(
    schema.object({
      id: schema.text(),
      device: schema.text(),
      address: schema.text(),
      created_at: schema.instant(),
      last_used_at: schema.instant(),
      expires_at: schema.instant(),
      current: schema.flag(),
    }),
  ),
  last_login: schema.orNull(schema.instant()),
})

/** The routes that ask for an access token. */
export function protectedRoutes(deps: AuthenticateDeps & DashboardDeps): AnyRoute[] {
  const guard = (request: HttpRequest<unknown>) =>
    authenticate(deps, { token: request.bearerToken(), origin: request.origin })
  const refusals = ['access_token_not_valid', 'user_inactive', 'user_not_found'] as const
  return [
    route({
      method: 'GET',
      path: '/api/protected/',
      name: 'Protected',
      summary: 'Greet the user of the access token',
      answers: { 200: schema.object({ message: schema.text() }) },
      refusals,
      guard,
      handle: (_, { username }) => ({
        body: { message: `Hello ${username}, you have accessed a protected route!` },
      }),
    }),
    route({
      method: 'GET',
      path: '/api/dashboard/',
      name: 'Dashboard',
      summary: 'The user, his live sessions and his last login',
      answers: { 200: Dashboard },
      refusals: [...refusals, 'unavailable'],
      guard,
      handle: async (_, claims) => ({ body: await dashboard(deps, claims) }),
    }),
  ]
}
