import type { Readable } from 'node:stream'
import type { AuthError, ErrorCode } from '../errors.ts'
import type { SetCookie } from './cookies.ts'
import type { BodyOf, BodySchema, Fields } from './fields/fields.ts'
import type { RatePolicy } from './rate-limit.ts'
import type { JsonSchema } from './schema.ts'

/** Where a request came from. */
export interface RequestOrigin {
  requestId: string
  /** the client's address: the socket's, or what a trusted proxy says */
  address: string
  userAgent: string
}

/** A request as the rooms' routes see it. */
export interface HttpRequest<Body> {
  method: string
  body: Body
  origin: RequestOrigin
  /** the address of whoever is connected: the client, or the proxy before us; empty where there is no socket */
  peer(): string
  /** @throws AuthError `bad_request` where the header was sent more than once */
  header(name: string): string | undefined
  /** as it was sent; whoever believes it asks `isFromForeignPage` first */
  cookie(name: string): string | undefined
  query(name: string): string | undefined
  /** what stands in the path where the route has `{name}`; empty where it has none */
  param(name: string): string
  /**
   * The bearer token.
   * @throws AuthError `not_authenticated`, `bad_authorization_header`
   */
  bearerToken(): string
  /** the bytes of a body that its route reads itself, which come once; none where there is no body */
  bytes(): AsyncIterable<Buffer>
  /** aborted when the client has gone away, so that nobody works for it; absent where there is no socket */
  signal(): AbortSignal | undefined
  /** whether the client has gone away, as far as is known now: what costs nothing to ask */
  hasGone(): boolean
}

export interface HttpAnswer {
  /** 200 unless said */
  status?: number
  headers?: Readonly<Record<string, string>>
  cookies?: readonly SetCookie[]
  /** an object goes through the schema of its status, a text or a stream goes out as it is; 204 and 304 have none */
  body: object | string | Readable
}

/** One line of the route table. */
export interface Route<Body, Identity> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** served with and without a slash at the end; a segment `{name}` takes any one */
  path: string
  /** what the path's `{name}` segments are, for the API's description */
  params?: Readonly<Record<string, string>>
  /** what may stand behind the path's `?`, for the API's description */
  query?: Readonly<Record<string, string>>
  /** fields of the request's head that are its own, for the API's description */
  headers?: Readonly<Record<string, string>>
  /** what `OPTIONS` and the API's description call it */
  name: string
  summary: string
  /** more than the summary says, for the API's description */
  description?: string
  /** the schema that validates the body and describes it */
  body?: BodySchema<Fields>
  /** takes a file instead, `application/octet-stream`: nothing of it is read or bounded before its room does so */
  takesFile?: true
  /** status -> what the answer holds; members that are not in it are not sent */
  answers: Readonly<Record<number, JsonSchema>>
  /** what its room may refuse, for the API's description; what any route may is added there */
  refusals?: readonly ErrorCode[]
  /** what its rate limits let through, told with every answer; its room counts */
  policies?: readonly RatePolicy[]
  /**
   * How it talks: `drf` as Django REST framework does; `problem` takes JSON alone, tells refusals by RFC 9457, and reads
   * its body itself, once it knows who asks. `drf` unless said.
   */
  dialect?: 'drf' | 'problem'
  /** pages and documents for people and machines: no content negotiation, and not in the API's description */
  page?: true
  /** a page shows people its refusals itself; status and headers stay as they are */
  showRefusal?: (refusal: AuthError, requestId: string) => Pick<HttpAnswer, 'headers'> & { body: string }
  /** what becomes of the cookies that a refused request brought */
  refusalCookies?: (refusal: AuthError, request: HttpRequest<unknown>) => readonly SetCookie[]
  /** without a guard, some bodies still ask for a bearer token; for the API's description */
  takesToken?: true
  /** asked before the method is looked at; what it returns is handed on */
  guard?: (request: HttpRequest<unknown>) => Identity
  handle: (request: HttpRequest<Body>, identity: Identity) => HttpAnswer | Promise<HttpAnswer>
}

/** A route whose body and identity nobody outside it needs to know. */
export type AnyRoute = Route<never, unknown>

/** Declares a route; `handle` sees the body as the schema says it is. */
export function route<Properties extends Fields, Identity = undefined>(
  definition: Omit<Route<BodyOf<Properties>, Identity>, 'body'> & { body?: BodySchema<Properties> },
): AnyRoute {
  return definition as unknown as AnyRoute
}
