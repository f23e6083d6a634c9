import {
  type Static,
  type TBoolean,
  type TNull,
  type TObject,
  type TOptional,
  type TProperties,
  type TSchema,
  type TString,
  type TUnion,
  Type,
} from 'typebox'
import { type AuthError, invalidFields } from '../errors.ts'
import { type Read, readFlag, readMember, readText, type TextRules } from './field-rules.ts'
import { jsonNumberText } from './json-body.ts'

/** What a text field takes, and how the API's description shows it. */
interface TextOptions extends TextRules {
  optional?: boolean
  nullable?: boolean
  description?: string
  format?: string
  example?: string
}

type Nullable<Options> = Options extends { nullable: true } ? TUnion<[TString, TNull]> : TString

/** The schema that `text` gives for these options. */
type TextField<Options> = Options extends { optional: true }
  ? TOptional<Nullable<Options>>
  : Nullable<Options>

/** What a flag takes, and how the API's description shows it. */
interface FlagOptions {
  optional?: boolean
  description?: string
  example?: boolean
}

/** The schema that `flag` gives for these options. */
type FlagField<Options> = Options extends { optional: true } ? TOptional<TBoolean> : TBoolean

// Beside the schemas and not in them, so that no rule shows in the API's description.
const reads = new WeakMap<TSchema, Read>()

/**
 * Declares a text field that keeps the rules of Django REST framework's `CharField`, messages included.
 * Numbers become text. With `trim: false` only the empty text is blank: a password of spaces is a password.
 */
export function text<const Options extends TextOptions>(options?: Options): TextField<Options> {
  const { first, last, trim, allowBlank, optional, nullable, example, ...shown }: TextOptions = options ?? {}
  const string = Type.String(example === undefined ? shown : { ...shown, examples: [example] })
  const schema = nullable ? Type.Union([string, Type.Null()]) : string
  const field = optional ? Type.Optional(schema) : schema
  reads.set(field, readMember(options ?? {}, readText(options ?? {})))
  return field as TextField<Options>
}

/** Declares a field that keeps the rules of Django REST framework's `BooleanField`: `"on"`, `"0"`, `1` are flags too. */
export function flag<const Options extends FlagOptions>(options?: Options): FlagField<Options> {
  const { optional, example, ...shown }: FlagOptions = options ?? {}
  const boolean = Type.Boolean(example === undefined ? shown : { ...shown, examples: [example] })
  const field = optional ? Type.Optional(boolean) : boolean
  reads.set(field, readMember(options ?? {}, readFlag))
  return field as FlagField<Options>
}

/** Declares a body: its fields, in the order in which their faults are told. */
export function fields<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties)
}

/**
 * Makes the function that reads a parsed body by its schema; it has the shape that Fastify wants of a validator.
 * It never throws. A missing body counts as `{}`. The value has the declared fields only, read as own properties of
 * the body; an optional field that is absent is absent there too. The error is `invalid`, with the faults of all fields.
 * @param schema made by `fields` of nothing but `text` and `flag`; another kind of field throws here, at the start
 * @see `rest_framework.serializers.Serializer` for the rules and words
 */
export function compileFields<Properties extends TProperties>(
  schema: TObject<Properties>,
): (body: unknown) => { value: Static<TObject<Properties>> } | { error: AuthError } {
  const members = Object.entries<TSchema>(schema.properties).map(([name, field]) => ({
    name,
    read: getRead(name, field),
  }))
  return (body = {}) => {
    const fault = bodyFault(body)
    if (fault) return { error: invalidFields({ non_field_errors: [fault] }) }
    const { value, faults } = readMembers(body as Readonly<Record<string, unknown>>, members)
    if (Object.keys(faults).length > 0) return { error: invalidFields(faults) }
    return { value: value as Static<TObject<Properties>> }
  }
}

function getRead(name: string, field: TSchema): Read {
  const read = reads.get(field)
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
