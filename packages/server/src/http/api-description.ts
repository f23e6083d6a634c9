import { STATUS_CODES } from 'node:http'
import { type ErrorCode, errors } from '../errors.ts'
import { fileType, mediaTypes } from './bodies/body.ts'
import { problemContent } from './refusals/problem.ts'
import type { AnyRoute } from './route.ts'

/** What the OpenAPI document says of the deployment. */
export interface ApiInfo {
  title: string
  version: string
  description: string
  address: string
}

/** The document around the operations, for `@fastify/swagger`. */
export function openApiFrame({ address, ...info }: ApiInfo) {
  return {
    openapi: '3.1.0',
    info: { ...info, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: address }],
    components: {
      securitySchemes: {
        accessToken: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' },
        consoleSession: { type: 'apiKey' as const, in: 'cookie', name: '__Host-countersign-console' },
      },
    },
  }
}

/** One operation, made from the schemas that validate and filter it. */
export function describe(route: AnyRoute): Record<string, unknown> {
  if (route.page) return { hide: true, response: route.answers }
  return {
    summary: route.summary,
    operationId: route.name.replace(/\W+(.)?/g, (_, letter: string = '') => letter.toUpperCase()),
    ...(route.description && { description: route.description }),
    ...(route.body && { body: route.body, consumes: consumed(route) }),
    ...(route.guard && { security: [{ [securityOf(route)]: [] }] }),
    ...(route.takesToken && { security: [{}, { accessToken: [] }] }),
    response: Object.fromEntries(Object.entries(route.answers).map(withDescription)),
  }
}

function consumed({ dialect }: AnyRoute): string[] {
  return dialect === 'problem' ? ['application/json'] : [...mediaTypes]
}

function securityOf({ dialect }: AnyRoute): 'accessToken' | 'consoleSession' {
  return dialect === 'problem' ? 'consoleSession' : 'accessToken'
}

/** What else a request holds, for the document only: any text is taken there, and most of them lead to nothing. */
export function describeParams({ params, query, headers, takesFile }: AnyRoute): Record<string, unknown> {
  const texts = (names: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(names).map(([name, description]) => [name, { ...text, description }]))
  return {
    ...(params && { params: { type: 'object', properties: texts(params), required: Object.keys(params) } }),
    ...(query && { querystring: { type: 'object', properties: texts(query) } }),
    ...(headers && { headers: { type: 'object', properties: texts(headers) } }),
    ...(takesFile && { body: { ...text, format: 'binary' }, consumes: [fileType] }),
  }
}

function withDescription([status, schema]: [string, object]): [string, object] {
  return [status, { description: STATUS_CODES[status], ...schema }]
}

/** What any operation may refuse before its room is asked. */
const everywhere = ['bad_request', 'not_found', 'not_acceptable', 'internal'] as const
const withBody = ['invalid', 'parse_error', 'unsupported_media_type', 'body_too_large'] as const
const withFile = ['unsupported_media_type', 'body_too_large'] as const
const withToken = ['not_authenticated', 'bad_authorization_header'] as const

/** The refusals of a route as answers, read from the error table; for the document only. */
export function describeRefusals(route: AnyRoute): Record<number, unknown> {
  const codes: ErrorCode[] = [
    ...(route.refusals ?? []),
    ...(route.guard || route.takesToken ? tokenRefusals(route) : []),
    ...(route.body ? withBody : []),
    ...(route.takesFile ? withFile : []),
    ...everywhere,
  ]
  const byStatus = Map.groupBy(new Set(codes), (code) => errors[code].status)
  const shape = (group: readonly ErrorCode[]) =>
    route.dialect === 'problem' ? { content: problemContent } : shapeOf(group)
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [status, { description: sentences(group), ...shape(group) }]),
  )
}

function tokenRefusals({ dialect }: AnyRoute): readonly ErrorCode[] {
  return dialect === 'problem' ? ['not_authenticated', 'cross_site'] : withToken
}

function sentences(codes: readonly ErrorCode[]): string {
  return codes.map((code) => errors[code].detail).join(' · ')
}

const messages = { type: 'array', items: { type: 'string' } }
const faultsByField = { type: 'object', additionalProperties: messages }

function shapeOf(codes: readonly ErrorCode[]): Record<string, unknown> {
  const details = codes.filter((code) => code !== 'invalid')
  if (details.length === codes.length) return detailShape(details)
  return details.length === 0 ? faultsByField : { anyOf: [detailShape(details), faultsByField] }
}

const text = { type: 'string' }
const tokenFault = { token_class: text, token_type: text, message: text }

function detailShape(codes: readonly ErrorCode[]): Record<string, unknown> {
  const properties = {
    detail: text,
    ...(codes.some((one) => 'wireCode' in errors[one]) && { code: text }),
    ...(codes.includes('access_token_not_valid') && { messages: listOf(tokenFault) }),
    ...(codes.includes('internal') && { request_id: text }),
  }
  return { type: 'object', properties, required: ['detail'] }
}

function listOf(properties: Record<string, unknown>): Record<string, unknown> {
  return { type: 'array', items: { type: 'object', properties, required: Object.keys(properties) } }
}
