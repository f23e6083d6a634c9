import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { canonicalAddress } from '../ip-address.ts'
import { describe } from './api-description.ts'
import { parseBearer } from './bearer.ts'
import { fileType, mediaTypes } from './bodies/body.ts'
import { readCookie, renderCookie, type SetCookie } from './cookies.ts'
import { type BodySchema, compileFields, type Fields } from './fields/fields.ts'
import { type PathTable, routerPath } from './methods.ts'
import { policyField } from './rate-limit.ts'
import { negotiate, refuseEncodedBody, refuseOtherTypes } from './request-guards.ts'
import type { AnyRoute, HttpAnswer, HttpRequest, Route } from './route.ts'

/** Puts one line of the route table onto the server, and with the first of its path the `OPTIONS` of all. */
export function addRoute(app: FastifyInstance, route: AnyRoute, paths: PathTable): void {
  const { handle, guard, body } = route as unknown as Route<unknown, unknown>
  const entry = paths.find(route.path)
  const before = { onRequest: beforeRoute(route, entry?.allow ?? '') }
  const url = routerPath(route.path)
  app.route({
    method: route.method,
    url,
    schema: describe(route),
    config: {
      showRefusal: route.showRefusal,
      refusalCookies: route.refusalCookies,
    } as object,
    ...(body && { validatorCompiler: validatorOf(route, body), preValidation: noBodyIsNoNull }),
    ...before,
    handler(fastifyRequest, reply) {
      const request = toHttpRequest(fastifyRequest)
      const answer = handle(request, guard?.(request))
      // A route that needs no waiting is answered in the same turn: a promise would cost it a tenth of its speed.
      if (answer instanceof Promise) return answer.then((made) => sendAnswer(reply, made))
      sendAnswer(reply, answer)
      return undefined
    },
  })
  if (entry?.routes[0] !== route) return
  app.route({
    method: 'OPTIONS',
    url,
    schema: { hide: true },
    ...before,
    handler(request, reply) {
      guard?.(toHttpRequest(request))
      sendAnswer(reply, { body: metadata(route) })
    },
  })
}

function validatorOf({ dialect }: AnyRoute, body: BodySchema<Fields>) {
  return dialect === 'problem' ? () => () => true : () => compileFields(body)
}

/** What is looked at before a body is read. */
function beforeRoute(route: AnyRoute, allow: string) {
  const { page, guard, body, takesFile, policies = [] } = route
  const policy = policyField(policies)
  return (request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void): void => {
    reply.header('allow', allow)
    if (policy !== '') reply.header('ratelimit-policy', policy)
    try {
      if (!page) negotiate(request)
      if (!page) refuseEncodedBody(request.headers['content-encoding'])
      refuseOtherTypes(route, request.headers['content-type'])
      // Nobody's body is read before it is known whose it is; the handler asks once more.
      if (body || takesFile) guard?.(toHttpRequest(request))
    } catch (refusal) {
      done(refusal as Error)
      return
    }
    done()
  }
}

/** A missing body reaches the validator as null, which is a body of its own. */
function noBodyIsNoNull(request: FastifyRequest, _: FastifyReply, done: () => void): void {
  if (request.body === undefined) request.body = {}
  done()
}

/** What Django REST framework tells of a view when it is asked with `OPTIONS`. */
function metadata({ name, summary, takesFile }: AnyRoute): object {
  const parses = takesFile ? [fileType] : mediaTypes
  return { name, description: summary, renders: ['application/json'], parses }
}

function sendAnswer(reply: FastifyReply, { status = 200, headers, cookies, body }: HttpAnswer): FastifyReply {
  reply.status(status)
  if (headers) reply.headers(headers)
  if (cookies) setCookies(reply, cookies)
  // Of an answer without a body not even its length is told: it would be taken for the length of what is kept.
  if (status === 304 || status === 204) return reply.send()
  if (typeof body === 'string' || body instanceof Readable) return reply.send(body)
  const serialize = reply.getSerializationFunction(String(status)) ?? JSON.stringify
  return reply
    .header('content-type', 'application/json')
    .serializer(asText)
    .send(serialize(body as Record<string, unknown>))
}

export function setCookies(reply: FastifyReply, cookies: readonly SetCookie[]): void {
  if (cookies.length > 0) reply.header('set-cookie', cookies.map(renderCookie))
}

function asText(payload: unknown): string {
  return String(payload)
}

export function toHttpRequest(request: FastifyRequest): HttpRequest<unknown> {
  const header = (name: string): string | undefined => {
    const value = request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: request.method,
    body: request.body,
    origin: {
      requestId: request.id,
      address: clientAddress(request),
      userAgent: request.headers['user-agent'] ?? '',
    },
    peer: () => canonicalAddress(request.socket.remoteAddress ?? '') ?? '',
    header,
    cookie: (name) => readCookie(request.headers.cookie, name),
    query: (name) => {
      const value = (request.query as Record<string, unknown>)[name]
      return typeof value === 'string' ? value : undefined
    },
    param: (name) => (request.params as Record<string, string>)[name] ?? '',
    bearerToken: () => parseBearer(request.headers.authorization),
    // Whoever reads no further still answers: the connection stays.
    bytes: () =>
      (request.body instanceof Readable ? request.body : Readable.from([])).iterator({
        destroyOnReturn: false,
      }),
    signal: () => request.raw.signal,
    hasGone: () => request.socket.readableEnded || request.socket.destroyed,
  }
}

/** The client's address in its canonical form; what is no address is not believed. */
function clientAddress(request: FastifyRequest): string {
  return canonicalAddress(request.ip) ?? canonicalAddress(request.socket.remoteAddress ?? '') ?? ''
}
