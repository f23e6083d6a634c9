import { type AnyRoute, type HttpRequest, route } from '../http/route.ts'
import { Type } from '../http/schema.ts'
import { type AuthenticateDeps, authenticate } from './authenticate.ts'
import { type DashboardDeps, dashboard } from './dashboard.ts'

const Dashboard = Type.Object({
  message: Type.String(),
  user: Type.Object({
    id: Type.String(),
    username: Type.String(),
    email: Type.String(),
    is_staff: Type.Boolean(),
    date_joined: Type.String({ format: 'date-time' }),
  }),
  sessions: Type.Array(
    Type.Object({
      id: Type.String(),
      device: Type.String(),
      address: Type.String(),
      created_at: Type.String({ format: 'date-time' }),
      last_used_at: Type.String({ format: 'date-time' }),
      expires_at: Type.String({ format: 'date-time' }),
      current: Type.Boolean(),
    }),
  ),
  last_login: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
})

/** The routes that ask for an access token. */
export function protectedRoutes(deps: AuthenticateDeps & DashboardDeps): AnyRoute[] {
  const guard = (request: HttpRequest<unknown>) => authenticate(deps, request.bearerToken())
  const refusals = ['not_authenticated', 'access_token_not_valid', 'user_inactive', 'user_not_found'] as const
  return [
    route({
      method: 'GET',
      path: '/api/protected/',
      name: 'Protected',
      summary: 'Greet the user of the access token',
      answers: { 200: Type.Object({ message: Type.String() }) },
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
