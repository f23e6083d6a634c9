import { type ErrorCode, errors } from '../errors.ts'
import { mediaTypes } from './body.ts'
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
    ...(route.body && { body: route.body, consumes: [...mediaTypes] }),
    ...(route.guard && { security: [{ accessToken: [] }] }),
    response: route.answers,
  }
}

/** The refusals of a route as answers, read from the error table; for the document only. */
export function describeRefusals(codes: readonly ErrorCode[]): Record<number, unknown> {
  const byStatus = Map.groupBy(codes, (code) => errors[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [status, { description: sentences(group), ...shapeOf(group) }]),
  )
}

function sentences(codes: readonly ErrorCode[]): string {
  return codes.map((code) => errors[code].detail).join(' · ')
}

const messages = { type: 'array', items: { type: 'string' } }

function shapeOf(codes: readonly ErrorCode[]): Record<string, unknown> {
  if (codes.includes('invalid')) return { type: 'object', additionalProperties: messages }
  const code = codes.some((one) => 'wireCode' in errors[one]) && { code: { type: 'string' } }
  return { type: 'object', properties: { detail: { type: 'string' }, ...code }, required: ['detail'] }
}
