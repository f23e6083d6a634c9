import { AuthError, invalidFields } from '../errors.ts'
import { fields, flag, text } from '../http/fields/fields.ts'
import { type AnyRoute, type HttpRequest, route } from '../http/route.ts'
import { schema } from '../http/schema.ts'
import type { Limits } from '../limits/limits.ts'
import { bearerGuard, type GuardDeps } from './authenticate.routes.ts'
import { type LoginDeps, login } from './login.ts'
import { type LogoutDeps, logout, logoutEverywhere } from './logout.ts'
import { type RefreshDeps, refresh } from './refresh.ts'

type SessionsDeps = LoginDeps & RefreshDeps & LogoutDeps & GuardDeps & { limits: Limits }

const TokenPair = schema.object({
  access: schema.text({ description: 'JWT for `Authorization: Bearer …`' }),
  refresh: schema.text({ description: 'Exchanged once for a new pair' }),
  access_expires_in: schema.integer({ description: 'Seconds' }),
  refresh_expires_in: schema.integer({ description: 'Seconds' }),
})

/** What a login is asked with. */
export const LoginBody = fields({
  username: text({ example: 'alice' }),
  password: text({ trim: false, format: 'password', example: 'test1234' }),
})
const RefreshBody = fields({ refresh: text({ description: 'The current refresh token' }) })
const LogoutBody = fields({
  refresh: text({ optional: true, description: 'A refresh token of the session to end, of any generation' }),
  all: flag({ optional: true, description: 'End all sessions of the user whose access token is shown' }),
})

/** Log in, refresh, log out. */
export function sessionsRoutes(deps: SessionsDeps): AnyRoute[] {
  return [
    loginRoute(deps, '/api/login/', 'Login'),
    loginRoute(deps, '/api/token/', 'Token Obtain Pair'),
    route({
      method: 'POST',
      path: '/api/token/refresh/',
      name: 'Token Refresh',
      summary: 'Exchange a refresh token for a new pair',
      body: RefreshBody,
      answers: { 200: TokenPair },
      refusals: ['token_not_valid', 'token_wrong_type', 'throttled', 'unavailable'],
      policies: deps.limits.policies('refresh'),
      async handle(request) {
        const { body, origin } = request
        const shown = { ...body, origin, idempotencyKey: idempotencyKey(request) }
        return { body: await refresh(deps, { ...shown, hasGone: request.hasGone }) }
      },
    }),
    logoutRoute(deps),
  ]
}

function loginRoute(deps: SessionsDeps, path: string, name: string): AnyRoute {
  return route({
    method: 'POST',
    path,
    name,
    summary: 'Open a session with user name and password',
    body: LoginBody,
    answers: { 200: TokenPair },
    refusals: ['invalid_credentials', 'email_not_verified', 'throttled', 'overloaded', 'unavailable'],
    policies: deps.limits.policies('login'),
    async handle(request) {
      const { body, origin } = request
      return { body: await login(deps, { ...body, origin, signal: request.signal() }) }
    },
  })
}

/** `POST /api/logout/`, whatever ends a session there. */
export function logoutRoute(deps: LogoutDeps & GuardDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/logout/',
    name: 'Logout',
    summary: 'End a session, or all of a user',
    body: LogoutBody,
    takesToken: true,
    answers: { 200: schema.object({ message: schema.text() }) },
    refusals: [
      'token_not_valid',
      'token_wrong_type',
      'access_token_not_valid',
      'user_inactive',
      'user_not_found',
      'unavailable',
    ],
    async handle(request) {
      const { body, origin } = request
      if (body.all) {
        await logoutEverywhere(deps, { claims: bearerGuard(deps)(request), origin })
      } else await logout(deps, { refresh: required(body.refresh), origin })
      return { body: { message: 'Logged out successfully' } }
    },
  })
}

function required(refreshToken: string | undefined): string {
  if (refreshToken !== undefined) return refreshToken
  throw invalidFields({ refresh: ['This field is required.'] })
}

const maxIdempotencyKeyLength = 255

/** The client's own key for an attempt. @throws AuthError `bad_request` for one of an unfit length */
export function idempotencyKey(request: HttpRequest<unknown>): string | undefined {
  const key = request.header('idempotency-key')
  if (key === undefined || (key.length > 0 && key.length <= maxIdempotencyKeyLength)) return key
  throw new AuthError('bad_request', { detail: 'Idempotency-Key must have 1 to 255 characters.' })
}
