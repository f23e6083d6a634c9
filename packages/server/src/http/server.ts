import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySerializerCompiler,
} from 'fastify'
import { AuthError } from '../errors.ts'
import { addRoute, toHttpRequest } from './add-route.ts'
import { fileType, maxBodyBytes, parseBody } from './bodies/body.ts'
import { watchConnections } from './connections.ts'
import { type ApiDescription, describeApi } from './describe-api.ts'
import { commonHeaders } from './headers.ts'
import { createPathTable, type PathTable, shownPath } from './methods.ts'
import { type CorsOptions, createCors } from './origins/cors.ts'
import { answerError, translate } from './refusals/answer-error.ts'
import { answerClientError, methodNotAllowed } from './refusals/client-error.ts'
import { negotiate, refuseUnclearHeaders } from './request-guards.ts'
import type { AnyRoute } from './route.ts'
import { type RequestHead, type Surrounding, surroundRequests } from './surround.ts'

export interface HttpServerOptions extends CorsOptions, ApiDescription {
  /** where refusals are told by RFC 9457, also of what has no route: the beginning of a path, such as `/api/admin/` */
  problemsBelow?: string | undefined
  /** how many proxies, or which, may say where a request came from */
  trustProxy: number | readonly string[] | false
  /** told once, where no proxy is trusted, of the first one that seems to stand in front */
  onUntrustedProxy?: ((seen: { requestId: string; address: string }) => void) | undefined
  /** what each request happens inside of; leave it out where there is nothing */
  surround?: ((head: RequestHead) => Surrounding) | undefined
  /** told of every answer; leave it out where nobody listens */
  onAnswer?: (answer: Answered) => void
  /** told of every failure that is ours, and of refusals that say the store is away */
  onFailure: (failure: { requestId: string; method: string; route: string; error: unknown }) => void
}

export interface Answered {
  requestId: string
  method: string
  route: string
  status: number
  durationMs: number
}

export interface HttpServer {
  /** @returns the address it really has, also where port 0 was asked for */
  listen(at: { host: string; port: number }): Promise<string>
  /** the OpenAPI document, made when it is first asked for */
  describe(): Promise<object>
  /** stops accepting, lets requests under way finish, cuts what is left after `drainMs` */
  close(drainMs: number): Promise<void>
  /** a request without a socket, for tests */
  inject: FastifyInstance['inject']
}

const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000
/** Longer than the minute that proxies keep an idle connection, so that it is not us who closes it under a request. */
const keepAliveTimeoutMs = 72_000
const maxHeaderBytes = 16_384
/** Beyond it new connections are dropped, so that memory and file descriptors stay bounded whoever comes. */
const maxConnections = 10_000

/** The server: the ground on which all routes stand, and nothing about any of them. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const paths = createPathTable(options.routes, options.problemsBelow)
  const app = fastify<Server, IncomingMessage, ServerResponse>(fastifyOptions(options, paths))
  // One of several workers would hand them on to the next, which may have as many itself.
  Object.assign(app.server, { maxConnections, dropMaxConnection: true })
  app.setSerializerCompiler(lateSerializers())
  readBodies(app)
  addHooks(app, options, paths)
  for (const route of options.routes) {
    if (route.takesFile) await app.register(async (apart) => addFileRoute(apart, route, paths))
    else addRoute(app, route, paths)
  }
  await app.ready()
  let description: Promise<object> | undefined
  return { ...lifecycle(app), describe: () => (description ??= describeApi(options)) }
}

/** An answer's serializer is made with the first such answer: most of the routes wait long for theirs, and many for ever. */
function lateSerializers(): FastifySerializerCompiler<unknown> {
  const compile = SerializerSelector()()
  return ({ httpStatus = '', ...route }) => {
    let write: ((answer: unknown) => string) | undefined
    return (answer) => {
      write ??= compile({ ...route, httpStatus })
      return write(answer)
    }
  }
}

function fastifyOptions(options: HttpServerOptions, paths: PathTable): FastifyHttpOptions<Server> {
  const stamp = stampWith(options)
  return {
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    http: {
      headersTimeout: headersTimeoutMs,
      maxHeaderSize: maxHeaderBytes,
      connectionsCheckingInterval: 1_000,
      // Ours to refuse: Node's own refusal would be an empty answer.
      requireHostHeader: false,
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: trusted(options.trustProxy),
    routerOptions: { ignoreTrailingSlash: true },
    genReqId: () => randomUUID(),
    logger: false,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, paths),
    // What the router cannot read reaches no hook.
    frameworkErrors: ({ code }, request, reply) => {
      stamp(request as FastifyRequest, reply as FastifyReply)
      const refusal = new AuthError(code === 'FST_ERR_MAX_PARAM_LENGTH' ? 'not_found' : 'bad_request')
      void answerError(refusal, { request: request as FastifyRequest, reply: reply as FastifyReply, paths })
    },
  }
}

/** Puts the headers of every answer onto one. */
function stampWith({ api, corsOrigins }: HttpServerOptions) {
  const vary = corsOrigins.length > 0 ? 'Accept, Origin' : 'Accept'
  const common = { ...commonHeaders(api.address.startsWith('https:')), vary }
  return (request: FastifyRequest, reply: FastifyReply) =>
    void reply.headers({ ...common, 'x-request-id': request.id })
}

type Trust = Exclude<FastifyHttpOptions<Server>['trustProxy'], undefined>

function trusted(proxies: HttpServerOptions['trustProxy']): Trust {
  if (typeof proxies === 'number') return (_, hop) => hop < proxies
  return proxies && [...proxies]
}

/** Within this a connection whose last request was answered while the server closes is closed too. */
const sweepEveryMs = 100

function lifecycle(app: FastifyInstance): Omit<HttpServer, 'describe'> {
  const connections = watchConnections(app.server)
  return {
    listen: ({ host, port }) => app.listen({ host, port }),
    inject: app.inject.bind(app) as FastifyInstance['inject'],
    async close(drainMs) {
      const sweep = setInterval(() => connections.closeUnused(), sweepEveryMs)
      const cut = setTimeout(() => app.server.closeAllConnections(), drainMs)
      await app.close()
      clearInterval(sweep)
      clearTimeout(cut)
    },
  }
}

/** One parser for every media type, since an unknown one must be quoted in the refusal. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, bytes: Buffer) =>
    parseBody(bytes, request.headers['content-type'] ?? ''),
  )
}

/** Where a route takes a file, its room reads the body: as it comes, and only once it knows who sends it. */
function addFileRoute(apart: FastifyInstance, route: AnyRoute, paths: PathTable): void {
  apart.removeAllContentTypeParsers()
  apart.addContentTypeParser(fileType, (_request, body, done) => done(null, body))
  addRoute(apart, route, paths)
}

function addHooks(app: FastifyInstance, options: HttpServerOptions, paths: PathTable): void {
  const stamp = stampWith(options)
  const allowOrigin = createCors(options)
  if (options.surround) surroundRequests(app, options.surround)
  app.addHook('onRequest', (request, reply, done) => {
    stamp(request, reply)
    if (allowOrigin(request, reply)) return void reply.status(204).send()
    done(refusalBeforeRouting(request, reply, paths))
  })
  if (options.trustProxy === false) watchForProxy(app, options.onUntrustedProxy)
  app.setErrorHandler((error, request, reply) => {
    const refusal = translate(error, request)
    if (!(refusal instanceof AuthError) || refusal.code === 'unavailable' || refusal.code === 'internal') {
      options.onFailure({
        requestId: request.id,
        method: request.method,
        route: routeOf(request),
        error: refusal,
      })
    }
    return answerError(refusal, { request, reply, paths })
  })
  const { onAnswer } = options
  if (!onAnswer) return
  app.addHook('onResponse', (request, reply, done) => {
    const { id: requestId, method } = request
    onAnswer({
      requestId,
      method,
      route: routeOf(request),
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
    })
    done()
  })
}

/** Anybody can send the header, so it is a hint to the operator and changes nothing. */
function watchForProxy(app: FastifyInstance, tell: HttpServerOptions['onUntrustedProxy']): void {
  let isTold = tell === undefined
  app.addHook('onRequest', (request, _, done) => {
    if (!isTold && request.headers['x-forwarded-for'] !== undefined) {
      isTold = true
      tell?.({ requestId: request.id, address: request.ip })
    }
    done()
  })
}

/** The route's pattern, not the address: what was typed into an address may be a secret. */
function routeOf(request: FastifyRequest): string {
  return shownPath(request.routeOptions.url) ?? '(none)'
}

function refusalBeforeRouting(
  request: FastifyRequest,
  reply: FastifyReply,
  paths: PathTable,
): Error | undefined {
  try {
    refuseUnclearHeaders(request.raw)
    if (request.is404) refuseUnmatched(request, reply, paths)
    return undefined
  } catch (refusal) {
    return refusal as Error
  }
}

/**
 * A path of ours under another method is 405, once we speak what the client takes and its guard has let the request in;
 * anything else is 404.
 */
function refuseUnmatched(request: FastifyRequest, reply: FastifyReply, paths: PathTable): void {
  const entry = paths.find(request.url.split('?', 1)[0] ?? '')
  if (!entry) throw new AuthError('not_found')
  reply.header('allow', entry.allow)
  const [route] = entry.routes
  if (!route?.page) negotiate(request)
  route?.guard?.(toHttpRequest(request))
  throw methodNotAllowed(request.method)
}
