/** A JSON Schema as OpenAPI 3.1 takes it: it shapes the answers and describes them. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What may stand beside a type: `description`, `format`, `examples` … */
type Notes = Readonly<Record<string, unknown>>

const optionalMembers = new WeakSet<JsonSchema>()

/**
 * The vocabulary in which routes declare what they answer; each word makes the plain JSON Schema of its name.
 * @see https://json-schema.org/draft/2020-12
 */
export const schema = {
  text: (notes: Notes = {}): JsonSchema => ({ type: 'string', ...notes }),
  integer: (notes: Notes = {}): JsonSchema => ({ type: 'integer', ...notes }),
  /** an answer without a body */
  nothing: (): JsonSchema => ({ type: 'null' }),
  flag: (notes: Notes = {}): JsonSchema => ({ type: 'boolean', ...notes }),
  /** an RFC 3339 text */
  instant: (notes: Notes = {}): JsonSchema => ({ type: 'string', format: 'date-time', ...notes }),
  list: (items: JsonSchema): JsonSchema => ({ type: 'array', items }),
  orNull: (of: JsonSchema): JsonSchema => ({ anyOf: [of, { type: 'null' }] }),
  /** an object with members of any name */
  record: (values: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: values }),
  /** marks a member that may be absent */
  optional(of: JsonSchema): JsonSchema {
    const member = { ...of }
    optionalMembers.add(member)
    return member
  },
  object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
    const required = Object.keys(properties).filter((name) => !optionalMembers.has(properties[name] ?? {}))
    return { type: 'object', properties, required }
  },
}
