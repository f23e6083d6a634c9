import { type AuthError, invalidFields } from '../../errors.ts'
import { jsonNumberText } from '../bodies/json-body.ts'
import type { JsonSchema } from '../schema.ts'
import { type Read, readFlag, readMember, readText, readTexts, type TextRules } from './field-rules.ts'

/** What a text field takes, and how the API's description shows it. */
interface TextOptions extends TextRules {
  optional?: boolean
  description?: string
  format?: string
  example?: string
}

/** What a flag takes, and how the API's description shows it. */
interface FlagOptions {
  optional?: boolean
  description?: string
  example?: boolean
}

/** The schema of one field; `Value` is what a route reads, undefined in it where the field may be absent. */
export interface Field<Value> extends JsonSchema {
  readonly [valueType]?: Value
}
declare const valueType: unique symbol

type Absent<Options> = Options extends { optional: true } ? undefined : never

export type Fields = Readonly<Record<string, Field<unknown>>>

/** The schema of a body, its fields in the order in which their faults are told. */
export interface BodySchema<Properties extends Fields> extends JsonSchema {
  readonly properties: Properties
}

/** What a route reads of a body with these fields. */
export type BodyOf<Properties extends Fields> = {
  [Name in keyof Properties]: Properties[Name] extends Field<infer Value> ? Value : never
}

// Beside the schemas and not in them, so that no rule shows in the API's description.
const reads = new WeakMap<JsonSchema, { read: Read; optional: boolean }>()

/**
 * Declares a text field that keeps the rules of Django REST framework's `CharField`, messages included.
 * Numbers become text. With `trim: false` only the empty text is blank: a password of spaces is a password.
 */
export function text<const Options extends TextOptions>(options?: Options): Field<string | Absent<Options>> {
  const {
    first,
    last,
    trim,
    allowBlank,
    notText,
    optional = false,
    example,
    ...shown
  }: TextOptions = options ?? {}
  const field = { type: 'string', ...shown, ...exampleOf(example) }
  reads.set(field, { read: readMember(options ?? {}, readText(options ?? {})), optional })
  return field
}

/** Declares a field that keeps the rules of Django REST framework's `BooleanField`: `"on"`, `"0"`, `1` are flags too. */
export function flag<const Options extends FlagOptions>(options?: Options): Field<boolean | Absent<Options>> {
  const { optional = false, example, ...shown }: FlagOptions = options ?? {}
  const field = { type: 'boolean', ...shown, ...exampleOf(example) }
  reads.set(field, { read: readMember(options ?? {}, readFlag), optional })
  return field
}

/** Declares a field that holds a list of texts. */
export function texts({ most, ...shown }: { most: number; description: string }): Field<string[]> {
  const field = { type: 'array', items: { type: 'string' }, maxItems: most, ...shown }
  reads.set(field, { read: readMember({}, readTexts(most)), optional: false })
  return field
}

function exampleOf(example: unknown): JsonSchema {
  return example === undefined ? {} : { examples: [example] }
}

/** Declares a body: its fields, in the order in which their faults are told. */
export function fields<Properties extends Fields>(properties: Properties): BodySchema<Properties> {
  const required = Object.keys(properties).filter((name) => !reads.get(properties[name] ?? {})?.optional)
  return { type: 'object', properties, required }
}

/**
 * Makes the function that reads a parsed body by its schema; it has the shape that Fastify wants of a validator.
 * It never throws. A missing body counts as `{}`. The value has the declared fields only, read as own properties of
 * the body; an optional field that is absent is absent there too. The error is `invalid`, with the faults of all fields.
 * @param schema made by `fields` of nothing but `text`, `texts` and `flag`; another kind of field throws here, at the start
 * @see `rest_framework.serializers.Serializer` for the rules and words
 */
export function compileFields<Properties extends Fields>(
  schema: BodySchema<Properties>,
): (body: unknown) => { value: BodyOf<Properties> } | { error: AuthError } {
  const members = Object.entries(schema.properties).map(([name, field]) => ({
    name,
    read: getRead(name, field),
  }))
  return (body = {}) => {
    const fault = bodyFault(body)
    if (fault) return { error: invalidFields({ non_field_errors: [fault] }) }
    const { value, faults } = readMembers(body as Readonly<Record<string, unknown>>, members)
    if (Object.keys(faults).length > 0) return { error: invalidFields(faults) }
    return { value: value as BodyOf<Properties> }
  }
}

function getRead(name: string, field: JsonSchema): Read {
  const read = reads.get(field)?.read
  if (!read) throw new TypeError(`The field ${name} is not made by text() or flag().`)
  return read
}

function readMembers(
  body: Readonly<Record<string, unknown>>,
  members: readonly { name: string; read: Read }[],
): { value: Record<string, unknown>; faults: Record<string, readonly string[]> } {
  const value: Record<string, unknown> = {}
  const faults: Record<string, readonly string[]> = {}
  for (const { name, read } of members) {
    const reading = read(Object.hasOwn(body, name) ? body[name] : undefined)
    if ('faults' in reading) faults[name] = reading.faults
    else if (reading.value !== undefined) value[name] = reading.value
  }
  return { value, faults }
}

function bodyFault(body: unknown): string | undefined {
  if (body === null) return 'No data provided'
  const type = pythonTypeName(body)
  return type && `Invalid data. Expected a dictionary, but got ${type}.`
}

/** What Python calls the type of a body that is no object. */
function pythonTypeName(body: unknown): string | undefined {
  if (typeof body === 'string') return 'str'
  if (typeof body === 'boolean') return 'bool'
  if (Array.isArray(body)) return 'list'
  const number = jsonNumberText(body)
  if (number === undefined) return undefined
  return /^-?[0-9]+$/.test(number) ? 'int' : 'float'
}
