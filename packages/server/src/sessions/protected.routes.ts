import { type AnyRoute, route } from '../http/route.ts'
import { schema } from '../http/schema.ts'
import { accessRefusals, bearerGuard, type GuardDeps } from './authenticate.routes.ts'
import { type DashboardDeps, dashboard } from './dashboard.ts'
import { OwnSession } from './own/own-sessions.routes.ts'

const Dashboard = schema.object({
  message: schema.text(),
  user: schema.object({
    id: schema.text(),
    username: schema.text(),
    email: schema.text(),
    is_staff: schema.flag(),
    date_joined: schema.instant(),
  }),
  sessions: schema.list(OwnSession),
  last_login: schema.orNull(schema.instant()),
})

/** The routes that ask for an access token. */
export function protectedRoutes(deps: GuardDeps & DashboardDeps): AnyRoute[] {
  const guard = bearerGuard(deps)
  return [
    route({
      method: 'GET',
      path: '/api/protected/',
      name: 'Protected',
      summary: 'Greet the user of the access token',
      answers: { 200: schema.object({ message: schema.text() }) },
      refusals: accessRefusals,
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
      refusals: [...accessRefusals, 'unavailable'],
      guard,
      handle: async (_, claims) => ({ body: await dashboard(deps, claims) }),
    }),
  ]
}
