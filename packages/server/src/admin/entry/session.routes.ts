import type { Clock } from '../../clock.ts'
import { fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, route } from '../../http/route.ts'
import type { Limits } from '../../limits/limits.ts'
import { isoText } from '../../times.ts'
import {
  type AdminRouteDeps,
  adminRoutes,
  compileBody,
  freshCookies,
  noCookies,
} from '../admin-route.routes.ts'
import type { SignedIn as SignedInAnswer } from '../answers.ts'
import { refuseOtherPages } from '../own-page.routes.ts'
import { permissionsOf } from '../permissions.ts'
import { SignedIn } from '../schemas.routes.ts'
import { type Admin, prove, provenMs, signIn, signOut } from './entry.ts'

type SessionDeps = AdminRouteDeps & { limits: Limits }

const password = text({ trim: false, format: 'password', example: 'test1234' })
const SignInBody = fields({ username: text({ example: 'alice' }), password })
const ProofBody = fields({ password })

/** Signing in to the console, and out of it. */
export function sessionRoutes(deps: SessionDeps): AnyRoute[] {
  const make = adminRoutes(deps)
  const path = '/api/admin/session/'
  return [
    signInRoute(deps, path),
    make({
      ...{ method: 'GET', path, name: 'Console Session', permission: 'self', answers: { 200: SignedIn } },
      summary: 'Who is signed in, and what he may do',
      act: async (_, admin) => ({ body: describe(deps.clock, admin) }),
    }),
    make({
      ...{ method: 'DELETE', path, name: 'Console Sign Out', permission: 'self' },
      summary: 'End the session, and take its cookies away',
      answers: { 204: { type: 'null' } },
      async act(_, admin) {
        await signOut(deps, admin)
        return { status: 204, body: '', cookies: noCookies(deps) }
      },
    }),
    make({
      ...{
        method: 'POST',
        path: `${path}proof/`,
        name: 'Console Proof',
        permission: 'self',
        body: ProofBody,
      },
      summary: 'Show the password again, for what is dangerous',
      answers: { 200: SignedIn },
      refusals: ['throttled', 'overloaded'],
      async act(request, admin) {
        const shown = { password: request.body.password, signal: request.signal() }
        const provenUntil = await prove(deps, admin, shown)
        return {
          body: describe(deps.clock, { ...admin, provenUntil }),
          cookies: freshCookies(deps, admin.session.id, provenUntil),
        }
      },
    }),
  ]
}

/** The one route of the console that asks for no session; a page of ours must have sent it all the same. */
function signInRoute(deps: SessionDeps, path: string): AnyRoute {
  const read = compileBody(SignInBody)
  return route({
    ...{ method: 'POST', path, name: 'Console Sign In', dialect: 'problem', body: SignInBody },
    summary: 'Sign in to the console',
    description: 'Sets two cookies. Needs no session.',
    answers: { 200: SignedIn },
    refusals: [
      ...(['invalid_credentials', 'email_not_verified', 'no_role', 'cross_site'] as const),
      ...(['throttled', 'overloaded', 'unavailable'] as const),
    ],
    policies: deps.limits.policies('login'),
    async handle(request) {
      refuseOtherPages(request, deps.publicOrigin)
      const admin = await signIn(deps, {
        ...read(request.body),
        ...{ origin: request.origin, signal: request.signal() },
      })
      const cookies = freshCookies(deps, admin.session.id, deps.clock() + provenMs)
      return { body: describe(deps.clock, admin), cookies }
    },
  })
}

function describe(clock: Clock, { user, role, session, provenUntil }: Admin): SignedInAnswer {
  return {
    user: { id: user.id, username: user.username, role },
    permissions: permissionsOf(role),
    proven_until: provenUntil > clock() ? isoText(provenUntil) : null,
    expires_at: isoText(session.expires_at),
    ends_at: isoText(session.ends_at),
  }
}
