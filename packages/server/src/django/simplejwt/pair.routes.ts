import { fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { LogoutDeps } from '../../sessions/logout.ts'
import { blacklist } from './blacklist.ts'
import { type VerifyDeps, verifyToken } from './verify.ts'

const access = schema.text({ description: 'JWT for `Authorization: Bearer …`' })
const refresh = schema.text({ description: 'Exchanged once for a new pair' })

const LoginPair = { 200: schema.object({ refresh, access }) }

/** Simplejwt's answers of the routes that we have anyway: fewer members, and in its order. */
export const pairAnswers: Readonly<Record<string, AnyRoute['answers']>> = {
  'POST /api/login/': LoginPair,
  'POST /api/token/': LoginPair,
  'POST /api/token/refresh/': { 200: schema.object({ access, refresh }) },
}

const VerifyBody = fields({ token: text({ description: 'A token of whatever kind' }) })
const BlacklistBody = fields({ refresh: text({ description: 'A refresh token of the session to end' }) })

/** `POST /api/token/verify/` */
export function verifyRoute(deps: VerifyDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/token/verify/',
    name: 'Token Verify',
    summary: 'Tell whether a token is good',
    body: VerifyBody,
    answers: { 200: schema.object({}) },
    refusals: ['token_not_valid', 'unavailable'],
    async handle({ body, origin }) {
      await verifyToken(deps, { ...body, origin })
      return { body: {} }
    },
  })
}

/** `POST /api/token/blacklist/` */
export function blacklistRoute(deps: LogoutDeps): AnyRoute {
  return route({
    method: 'POST',
    path: '/api/token/blacklist/',
    name: 'Token Blacklist',
    summary: 'End the session of a refresh token',
    body: BlacklistBody,
    answers: { 200: schema.object({}) },
    refusals: ['token_not_valid', 'token_wrong_type', 'unavailable'],
    async handle({ body, origin }) {
      await blacklist(deps, { ...body, origin })
      return { body: {} }
    },
  })
}
