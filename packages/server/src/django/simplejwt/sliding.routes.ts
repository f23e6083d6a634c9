import { fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { Limits } from '../../limits/limits.ts'
import { type LoginDeps, login } from '../../sessions/login.ts'
import type { LogoutDeps } from '../../sessions/logout.ts'
import { LoginBody, logoutRoute } from '../../sessions/sessions.routes.ts'
import { blacklist } from './blacklist.ts'
import { asRefreshToken, extend, type SlidingDeps } from './sliding.ts'

export type SlidingRoutesDeps = SlidingDeps & LoginDeps & LogoutDeps & { limits: Limits }

const Token = {
  200: schema.object({ token: schema.text({ description: 'JWT for `Authorization: Bearer …`' }) }),
}
const TokenBody = fields({ token: text({ description: 'A sliding token' }) })

/** Simplejwt's sliding tokens: one token that opens routes and, while it is good, gets one with a later end. */
export function slidingRoutes(deps: SlidingRoutesDeps): AnyRoute[] {
  const endingDeps = { ...deps, refreshTokens: asRefreshToken(deps) }
  return [
    obtainRoute(deps, '/api/login/'),
    obtainRoute(deps, '/api/token/'),
    refreshRoute(deps),
    blacklistRoute(endingDeps),
    logoutRoute(endingDeps),
  ]
}

function obtainRoute(deps: SlidingRoutesDeps, path: string): AnyRoute {
  const slidingDeps = { ...deps, accessTokens: deps.slidingTokens }
  return route({
    method: 'POST',
    path,
    name: path === '/api/login/' ? 'Login' : 'Token Obtain Sliding',
    summary: 'Open a session with user name and password',
    body: LoginBody,
    answers: Token,
    refusals: ['invalid_credentials', 'email_not_verified', 'throttled', 'overloaded', 'unavailable'],
    policies: deps.limits.policies('login'),
    async handle(request) {
      const { body, origin } = request
      const { access } = await login(slidingDeps, { ...body, origin, signal: request.signal() })
      return { body: { token: access } }
    },
  })
}

function refreshRoute(deps: SlidingRoutesDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/token/refresh/',
    name: 'Token Refresh Sliding',
    summary: 'Get a sliding token with a later end',
    body: TokenBody,
    answers: Token,
    refusals: ['token_not_valid', 'token_wrong_type', 'throttled', 'unavailable'],
    policies: deps.limits.policies('refresh'),
    async handle({ body, origin }) {
      return { body: { token: await extend(deps, { ...body, origin }) } }
    },
  })
}

function blacklistRoute(deps: LogoutDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/token/blacklist/',
    name: 'Token Blacklist',
    summary: 'End the session of a sliding token',
    body: TokenBody,
    answers: { 200: schema.object({}) },
    refusals: ['token_not_valid', 'token_wrong_type', 'unavailable'],
    async handle({ body, origin }) {
      await blacklist(deps, { refresh: body.token, origin })
      return { body: {} }
    },
  })
}
