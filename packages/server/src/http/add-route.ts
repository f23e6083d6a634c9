import { isIP } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { describe } from './api-description.ts'
import { parseBearer } from './bearer.ts'
import { mediaTypes } from './bodies/body.ts'
import { compileFields } from './fields.ts'
import type { PathTable } from './methods.ts'
import { negotiate, refuseEncodedBody } from './request-guards.ts'
import type { AnyRoute, HttpAnswer, HttpRequest, Route } from './route.ts'

/** Puts one line of the route table onto the server, with its `OPTIONS`. */
export function addRoute(app: FastifyInstance, route: AnyRoute, paths: PathTable): void {
  const { handle, guard, body } = route as unknown as Route<unknown, unknown>
  const allow = paths.find(route.path)?.allow ?? ''
  const before = { onRequest: beforeRoute(route, allow) }
  app.route({
    method: route.method,
    url: route.path,
    schema: describe(route),
    ...(body && { validatorCompiler: () => compileFields(body), preValidation: noBodyIsNoNull }),
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
  app.route({
    method: 'OPTIONS',
    url: route.path,
    schema: { hide: true },
    ...before,
    handler(request, reply) {
      guard?.(toHttpRequest(request))
      sendAnswer(reply, { body: metadata(route) })
    },
  })
}

/** What is looked at before a body is read. */
function beforeRoute({ page }: AnyRoute, allow: string) {
  return (request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void): void => {
    reply.header('allow', allow)
    try {
      if (!page) negotiate(request.headers.accept, (request.query as Record<string, string>).format)
      if (!page) refuseEncodedBody(request.headers['content-encoding'])
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
function metadata({ name, summary }: AnyRoute): object {
  return { name, description: summary, renders: ['application/json'], parses: mediaTypes }
}

function sendAnswer(reply: FastifyReply, { status = 200, headers, body }: HttpAnswer): FastifyReply {
  reply.status(status)
  if (headers) reply.headers(headers)
  // Of an answer without a body not even its length is told: it would be taken for the length of what is kept.
  if (status === 304) return reply.send()
  if (typeof body === 'string') return reply.send(body)
  const serialize = reply.getSerializationFunction(String(status)) ?? JSON.stringify
  return reply
    .header('content-type', 'application/json')
    .serializer(asText)
    .send(serialize(body as Record<string, unknown>))
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
    body: request.body,
    origin: {
      requestId: request.id,
      address: clientAddress(request),
      userAgent: request.headers['user-agent'] ?? '',
    },
    header,
    query: (name) => {
      const value = (request.query as Record<string, unknown>)[name]
      return typeof value === 'string' ? value : undefined
    },
    bearerToken: () => parseBearer(request.headers.authorization),
    signal: () => request.raw.signal,
  }
}

/** The client's address in one form: no IPv4 address written as IPv6, and what is no address is not believed. */
function clientAddress(request: FastifyRequest): string {
  const address = isIP(request.ip) ? request.ip : (request.socket.remoteAddress ?? '')
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
