import { createHash, timingSafeEqual } from 'node:crypto'
import { AuthError } from '../../errors.ts'
import { fields, text } from '../../http/fields/fields.ts'
import { type AnyRoute, type HttpRequest, route } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { LogoutDeps } from '../logout.ts'
import { type IntrospectDeps, introspect } from './introspect.ts'
import { revoke } from './revoke.ts'

interface OAuthDeps extends LogoutDeps {
  store: LogoutDeps['store'] & IntrospectDeps['store']
  /** what resource servers show; none may ask where there are none */
  introspectionSecrets: readonly string[]
}

const TokenBody = fields({
  token: text({ description: 'An access token or a refresh token' }),
  token_type_hint: text({ optional: true, description: 'Not needed: the token says what it is' }),
})

const { text: words, flag, integer, object, optional } = schema

/** The classic ways to ask about a token and to end it. */
export function oauthRoutes(deps: OAuthDeps): AnyRoute[] {
  const isKnown = secretCheck(deps.introspectionSecrets)
  return [
    route({
      method: 'POST',
      path: '/api/oauth/introspect/',
      name: 'Introspect',
      summary: 'Whether a token is good now, for resource servers that show a secret',
      body: TokenBody,
      answers: {
        200: object({
          active: flag(),
          token_type: optional(words()),
          sub: optional(words()),
          sid: optional(words()),
          username: optional(words()),
          iat: optional(integer()),
          exp: optional(integer()),
        }),
      },
      refusals: ['not_authenticated', 'unavailable'],
      guard: (request) => {
        if (!isKnown(secretIn(request))) throw new AuthError('not_authenticated')
      },
      handle: async ({ body }) => ({ body: await introspect(deps, body.token) }),
    }),
    route({
      method: 'POST',
      path: '/api/oauth/revoke/',
      name: 'Revoke',
      summary: 'End the session of a token, for whoever has the token',
      body: TokenBody,
      answers: { 200: object({}) },
      refusals: ['unavailable'],
      async handle({ body, origin }) {
        await revoke(deps, { token: body.token, origin })
        return { body: {} }
      },
    }),
  ]
}

/** @throws AuthError `not_authenticated`, `bad_authorization_header` */
function secretIn(request: HttpRequest<unknown>): string {
  const [, encoded] = /^basic +(\S+)$/i.exec(request.header('authorization') ?? '') ?? []
  if (encoded === undefined) return request.bearerToken()
  const decoded = Buffer.from(encoded, 'base64').toString()
  return decodeURIComponentOrNothing(decoded.slice(decoded.indexOf(':') + 1))
}

/** Names and passwords in this header are form-encoded first. @see RFC 6749 section 2.3.1 */
function decodeURIComponentOrNothing(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '))
  } catch {
    return ''
  }
}

/** Compared by their digests, so that the time says nothing, not even their length. */
function secretCheck(secrets: readonly string[]): (shown: string) => boolean {
  const known = secrets.map(digest)
  return (shown) => {
    const given = digest(shown)
    return known.map((one) => timingSafeEqual(one, given)).includes(true)
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
