import { type FieldTable, sessionFields, userFields } from './fields.ts'

/**
 * The JSON Schema of one line of the format.
 * @see https://json-schema.org/draft/2020-12
 */
export function usersSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A user of Countersign',
    description:
      'One line of a file of users, as countersign export writes it and countersign import users reads it.',
    ...objectSchema(userFields, {
      sessions: {
        type: 'array',
        description: 'Live sessions; their refresh tokens go on where the master secret is the same.',
        items: objectSchema(sessionFields),
      },
    }),
  }
}

function objectSchema(table: FieldTable, more: Readonly<Record<string, object>> = {}): object {
  const properties = Object.entries(table).map(([name, field]) => [name, propertySchema(field)])
  return {
    type: 'object',
    properties: { ...Object.fromEntries(properties), ...more },
    required: Object.keys(table).filter((name) => table[name]?.needed),
    additionalProperties: false,
  }
}

const types = {
  text: { type: 'string' },
  texts: { type: 'array' },
  flag: { type: 'boolean' },
  instant: { type: 'string', format: 'date-time' },
  number: { type: 'integer', minimum: 0 },
} as const

function propertySchema({ kind, needed, nullable, usual, most, doc }: FieldTable[string]): object {
  const { type, ...rest } = types[kind]
  const text = { ...(needed && kind === 'text' && { minLength: 1 }), ...(most && { maxLength: most }) }
  return {
    type: needed ? type : [type, 'null'],
    ...rest,
    ...(kind === 'texts' ? { items: { type: 'string', ...text } } : kind === 'text' ? text : {}),
    ...(usual !== undefined && { default: usual }),
    ...(nullable && { default: null }),
    description: doc,
  }
}
