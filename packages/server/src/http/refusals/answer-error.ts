import type { FastifyReply, FastifyRequest } from 'fastify'
import { AuthError } from '../../errors.ts'
import { setCookies, toHttpRequest } from '../add-route.ts'
import { unsupportedMediaType } from '../bodies/body.ts'
import type { PathTable } from '../methods.ts'
import type { AnyRoute } from '../route.ts'
import { problemOf, problemType } from './problem.ts'
import { renderError } from './render-error.ts'

/** What the framework refuses, as a refusal of ours; everything else as it is. */
export function translate(error: unknown, request: FastifyRequest): unknown {
  if (error instanceof AuthError || !(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AuthError('body_too_large')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedMediaType(request.headers['content-type'] ?? '')
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AuthError('bad_request')
    default:
      return error
  }
}

/** Whom a refusal is told, and where. */
interface Refused {
  request: FastifyRequest
  reply: FastifyReply
  paths: PathTable
}

/** Answers a refusal: in the dialect of its path, or as its page shows it. */
export function answerError(refusal: unknown, { request, reply, paths }: Refused): FastifyReply {
  if (paths.dialectOf(request.url) === 'problem') return answerProblem(refusal, request, reply)
  const { status, headers, body } = renderError(refusal, request.id)
  if (endsConnection(refusal)) reply.header('connection', 'close')
  const { showRefusal, refusalCookies } = configOf(request) ?? {}
  const told = refusal instanceof AuthError ? refusal : new AuthError('internal')
  if (refusalCookies) setCookies(reply, refusalCookies(told, toHttpRequest(request)))
  const shown = showRefusal?.(told, request.id)
  if (shown)
    return reply
      .status(status)
      .headers({ ...headers, ...shown.headers })
      .send(shown.body)
  return reply
    .status(status)
    .headers({ ...headers, 'content-type': 'application/json' })
    .serializer(asText)
    .send(JSON.stringify(body))
}

type RefusalOptions = Pick<AnyRoute, 'showRefusal' | 'refusalCookies'>

/** What the router could not read has no route. */
function configOf(request: FastifyRequest): RefusalOptions | undefined {
  const options: FastifyRequest['routeOptions'] | undefined = request.routeOptions
  return options?.config as RefusalOptions | undefined
}

function answerProblem(refusal: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, headers } = renderError(refusal, request.id)
  if (endsConnection(refusal)) reply.header('connection', 'close')
  return reply
    .status(status)
    .headers({ ...headers, 'content-type': problemType })
    .removeHeader('www-authenticate')
    .serializer(asText)
    .send(JSON.stringify(problemOf(refusal, request.id)))
}

/** What follows on the connection may be the rest of a body, or what somebody between us reads otherwise. */
function endsConnection(refusal: unknown): boolean {
  return refusal instanceof AuthError && (refusal.code === 'body_too_large' || refusal.code === 'bad_request')
}

function asText(payload: unknown): string {
  return String(payload)
}
