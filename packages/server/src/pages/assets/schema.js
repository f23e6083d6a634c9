/** What a schema takes, in the words of a type: `string`, `object[]`, `string | null`, `{ [name]: string[] }`. */
export function typeOf(schema) {
  return inWords(schema, () => 'object')
}

/** The same with the members of objects: `{ detail: string, code?: string }`. */
export function shapeOf(schema) {
  return inWords(schema, (object) => {
    const members = Object.entries(object.properties).map(
      ([name, member]) => `${name}${isRequired(object, name) ? '' : '?'}: ${shapeOf(member)}`,
    )
    return `{ ${members.join(', ')} }`
  })
}

function inWords(schema, ofObject) {
  const inner = (part) => inWords(part, ofObject)
  const either = schema.anyOf ?? schema.oneOf
  if (either) return either.map(inner).join(' | ')
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.type === 'array') return `${inner(schema.items ?? {})}[]`
  if (schema.properties) return ofObject(schema)
  if (typeof schema.additionalProperties === 'object')
    return `{ [name]: ${inner(schema.additionalProperties)} }`
  return schema.type ?? 'any'
}

/** What a value must keep to besides its type. */
export function limitsOf(schema) {
  const { format, minLength, maxLength, minimum, maximum } = schema
  return [
    format,
    minLength !== undefined && `at least ${minLength} characters`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    minimum !== undefined && `from ${minimum}`,
    maximum !== undefined && `up to ${maximum}`,
  ].filter(Boolean)
}

/** All members of an object, those of inner objects too, each after the way to it: `sessions[].`, `id`. */
export function membersOf(schema, prefix = '') {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    const isList = member.type === 'array'
    const inner = isList
      ? membersOf(member.items ?? {}, `${prefix}${key}[].`)
      : membersOf(member, `${prefix}${key}.`)
    return [{ prefix, key, schema: member, required: isRequired(schema, key) }, ...inner]
  })
}

/** A body to start from: what is required and what has an example; failing both, the first member. */
export function exampleOf(schema) {
  const members = Object.entries(schema.properties ?? {})
  const chosen = members.filter(([name, member]) => isRequired(schema, name) || member.examples)
  return Object.fromEntries(
    (chosen.length > 0 ? chosen : members.slice(0, 1)).map(([name, member]) => [name, exampleValue(member)]),
  )
}

const blank = { string: '', boolean: false, integer: 0, number: 0, array: [], object: {} }

function exampleValue(schema) {
  return schema.examples?.[0] ?? schema.default ?? blank[schema.type] ?? null
}

function isRequired({ required = [] }, name) {
  return required.includes(name)
}
