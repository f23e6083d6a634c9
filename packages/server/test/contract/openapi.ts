/** The parts of an OpenAPI 3.1 document that our tests look at. */
export interface OpenApi {
  openapi: string
  info: { title: string; version: string; license: object }
  servers?: { url: string }[]
  components: { securitySchemes: Record<string, unknown> }
  paths: Record<string, Record<string, Operation>>
}

export interface Operation {
  operationId: string
  summary: string
  security?: Record<string, string[]>[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
}

export interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema
  items?: Schema
  anyOf?: Schema[]
  const?: unknown
}

/** `GET /api/protected/` and what the document says of it, for every operation. */
export function listOperations(document: OpenApi): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )
}

/** Where the value is not what the schema describes; members that the schema does not name count as such. */
export function faultsOf(schema: Schema, value: unknown, at = '$'): string[] {
  if (schema.anyOf)
    return schema.anyOf.some((one) => faultsOf(one, value, at).length === 0) ? [] : [`${at}: none fits`]
  if (!isOfType(schema.type, value)) return [`${at}: not ${schema.type}`]
  if (Array.isArray(value))
    return value.flatMap((item, index) => faultsOf(schema.items ?? {}, item, `${at}[${index}]`))
  return schema.type === 'object' ? memberFaults(schema, value as Record<string, unknown>, at) : []
}

function memberFaults(schema: Schema, value: Record<string, unknown>, at: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}.${name}: missing`)
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const described = properties[name] ?? additionalProperties
    return described ? faultsOf(described, member, `${at}.${name}`) : [`${at}.${name}: not described`]
  })
  return [...missing, ...wrong]
}

function isOfType(type: string | undefined, value: unknown): boolean {
  if (type === undefined) return true
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
