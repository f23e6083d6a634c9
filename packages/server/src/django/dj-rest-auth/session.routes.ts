import { AuthError } from '../../errors.ts'
import { fields, text } from '../../http/fields/fields.ts'
import { renderError } from '../../http/refusals/render-error.ts'
import { type AnyRoute, type HttpAnswer, type HttpRequest, route } from '../../http/route.ts'
import type { Limits } from '../../limits/limits.ts'
import { type LoginDeps, login } from '../../sessions/login.ts'
import { type RefreshDeps, refresh } from '../../sessions/refresh.ts'
import { idempotencyKey } from '../../sessions/sessions.routes.ts'
import { userFields } from '../../users/fields.routes.ts'
import type { LoginBy } from '../../users/who.ts'
import { verifyRoute } from '../simplejwt/pair.routes.ts'
import type { VerifyDeps } from '../simplejwt/verify.ts'
import {
  type AnswerDeps,
  getOwner,
  Opened,
  type OwnerDeps,
  opened,
  renewed,
  renewedSchema,
  Sentence,
} from './answers.routes.ts'
import { type LogoutOfDeps, logoutOf } from './logout.ts'
import { bodyFault, retold } from './retell.ts'
import { forgetWhenDead, forgotten, refreshIn, refuseForeign } from './token-cookies.routes.ts'

export type SessionDeps = AnswerDeps &
  LoginDeps &
  RefreshDeps &
  LogoutOfDeps &
  VerifyDeps &
  OwnerDeps & { limits: Limits }

const password = text({ trim: false, format: 'password', example: 'test1234' })
const LoginBody = fields({
  username: text({ optional: true, allowBlank: true, example: 'alice' }),
  email: userFields.ownEmail,
  password,
})
const RefreshBody = fields({
  refresh: text({
    optional: true,
    allowBlank: true,
    description: 'The current refresh token; without it that of the cookie counts',
  }),
})
const LogoutBody = fields({
  refresh: text({
    optional: true,
    allowBlank: true,
    description:
      'A refresh token of the session to end; without it that of the cookie counts, or the access token',
  }),
})

/** Log in, log out, refresh, verify. */
export function sessionRoutes(deps: SessionDeps): AnyRoute[] {
  const { prefix } = deps.djRestAuth
  const verify = { path: `${prefix}token/verify/`, name: 'Token Verify (dj-rest-auth)' }
  return [loginRoute(deps), logoutRoute(deps), { ...verifyRoute(deps), ...verify }, refreshRoute(deps)]
}

/** What is said to whoever leaves out what he logs in by. */
const needed: Readonly<Record<LoginBy, string>> = {
  username: 'Must include "username" and "password".',
  email: 'Must include "email" and "password".',
  both: 'Must include either "username" or "email" and "password".',
}

function loginRoute(deps: SessionDeps): AnyRoute {
  return route({
    method: 'POST',
    path: `${deps.djRestAuth.prefix}login/`,
    name: 'Login (dj-rest-auth)',
    summary: 'Open a session with user name or e-mail address and password',
    body: LoginBody,
    answers: { 200: Opened },
    refusals: ['cross_site', 'throttled', 'overloaded', 'unavailable'],
    policies: deps.limits.policies('login'),
    async handle(request) {
      refuseForeign(deps, request)
      const { body, origin } = request
      const input = { username: typedIn(body, deps.rules.loginBy), password: body.password, origin }
      const pair = await retold(() => login(deps, { ...input, signal: request.signal() }), asFault)
      return opened(deps, pair, await getOwner(deps, pair))
    },
  })
}

function typedIn(
  { username = '', email = '' }: { username: string | undefined; email: string | undefined },
  loginBy: LoginBy,
): string {
  const typed = { username, email, both: email || username }[loginBy]
  if (typed === '') throw bodyFault(needed[loginBy])
  return typed
}

/** Refusals of a login are faults of its body there. */
function asFault(refusal: AuthError): AuthError {
  const { code, details } = refusal
  if (code === 'invalid_credentials')
    return bodyFault('Unable to log in with provided credentials.', details.reason)
  return code === 'email_not_verified' ? bodyFault('E-mail is not verified.', details.reason) : refusal
}

function logoutRoute(deps: SessionDeps): AnyRoute {
  const { prefix, cookies } = deps.djRestAuth
  return route({
    method: 'POST',
    path: `${prefix}logout/`,
    name: 'Logout (dj-rest-auth)',
    summary: 'End a session',
    body: LogoutBody,
    takesToken: true,
    answers: { 200: Sentence },
    refusals: ['cross_site', 'unavailable'],
    async handle(request) {
      refuseForeign(deps, request)
      const { body, origin } = request
      const brought = { refresh: body.refresh, refreshCookie: refreshIn(cookies, request) }
      const isDone = await logoutOf(deps, { ...brought, access: accessIn(deps, request), origin })
      if (!isDone && !cookies) throw nothingBrought()
      return {
        body: { detail: 'Successfully logged out.' },
        ...(cookies && { cookies: forgotten(cookies) }),
      }
    },
  })
}

function nothingBrought(): AuthError {
  return new AuthError('not_authenticated', { detail: 'Refresh token was not included in request data.' })
}

/** Not the guard's reading of it: here nothing is wrong with a header or a cookie that says nothing. */
function accessIn({ djRestAuth: { cookies } }: SessionDeps, request: HttpRequest<unknown>) {
  const header = request.header('authorization')
  if (header !== undefined) return /^Bearer (\S+)$/.exec(header)?.[1]
  return (cookies?.access && request.cookie(cookies.access)) || undefined
}

function refreshRoute(deps: SessionDeps): AnyRoute {
  const { prefix, cookies } = deps.djRestAuth
  return route({
    method: 'POST',
    path: `${prefix}token/refresh/`,
    name: 'Token Refresh (dj-rest-auth)',
    summary: 'Exchange a refresh token for a new pair',
    body: RefreshBody,
    answers: { 200: renewedSchema(deps.djRestAuth) },
    refusals: ['cross_site', 'token_not_valid', 'token_wrong_type', 'throttled', 'unavailable'],
    policies: deps.limits.policies('refresh'),
    ...(cookies && { refusalCookies: forgetWhenDead(cookies) }),
    async handle(request) {
      refuseForeign(deps, request)
      const { body, origin } = request
      const shown = body.refresh || refreshIn(cookies, request)
      if (!shown) return noToken(request)
      const input = { refresh: shown, origin, idempotencyKey: idempotencyKey(request) }
      return renewed(deps, await refresh(deps, { ...input, hasGone: request.hasGone }))
    },
  })
}

/** An answer and no refusal: whoever words refusals has other words for a token that was shown. */
function noToken({ origin }: HttpRequest<unknown>): HttpAnswer {
  const detail = 'No valid refresh token found.'
  return renderError(new AuthError('token_not_valid', { detail }), origin.requestId)
}
