import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AnyRoute } from '../route.ts'

/** Whose pages may talk to us. */
export interface CorsOptions {
  /** exact origins */
  corsOrigins: readonly string[]
  /** browsers may send our cookies along from there, and keep those that an answer sets */
  corsCookies?: boolean | undefined
  /** what there is to ask for */
  routes: readonly AnyRoute[]
}

const readable = { 'access-control-expose-headers': 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id' }

/**
 * The CORS headers of an answer to a page of that origin: an exact comparison with the list, no pattern, no echo of
 * what is not in it, and cookies only where they are asked for.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
function createCorsHeaders({ corsOrigins, corsCookies, routes }: CorsOptions) {
  const put = routes.some(({ method }) => method === 'PUT') ? ', PUT' : ''
  const cookies = corsCookies && { 'access-control-allow-credentials': 'true' }
  // Front ends that were made for Django's tokens against forgery send theirs, which is not looked at.
  const django = corsCookies ? ', X-CSRFToken' : ''
  const preflight = {
    'access-control-allow-methods': `GET, HEAD, POST${put}, PATCH, DELETE, OPTIONS`,
    'access-control-allow-headers': `Authorization, Content-Type, Idempotency-Key${django}`,
    'access-control-max-age': '600',
  }
  return (origin: string | undefined, isPreflight: boolean): Readonly<Record<string, string>> => {
    if (origin === undefined || !corsOrigins.includes(origin)) return {}
    return {
      'access-control-allow-origin': origin,
      ...cookies,
      ...(isPreflight ? preflight : readable),
    }
  }
}

/** Makes what puts the headers onto an answer, and tells whether it is one to a preflight, and complete with them. */
export function createCors(options: CorsOptions): (request: FastifyRequest, reply: FastifyReply) => boolean {
  if (options.corsOrigins.length === 0) return () => false
  const corsHeaders = createCorsHeaders(options)
  return ({ method, headers }, reply) => {
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
    const allowed = corsHeaders(headers.origin, isPreflight)
    reply.headers(allowed)
    return isPreflight && 'access-control-allow-origin' in allowed
  }
}
