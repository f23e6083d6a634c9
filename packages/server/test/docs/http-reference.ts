import { type ErrorCode, errors } from '../../src/errors.ts'
import { listOperations, type OpenApi, type Operation, type Schema } from '../contract/openapi.ts'
import { tables } from '../contract/tables.ts'
import { type MadeParts, markdownTable } from './made-parts.ts'
import { anchorOf } from './pages.ts'

/** When each refusal is given; the compiler holds it to the table of errors. */
const meanings: Readonly<Record<ErrorCode, string>> = {
  invalid_credentials: 'Unknown user, wrong password or disabled user: one answer for all three.',
  email_not_verified:
    'The right password, but nobody has confirmed the address yet, and `COUNTERSIGN_EMAIL_VERIFICATION` is `required`; or ' +
    'it is by that address that he logs in.',
  not_authenticated: 'No `Authorization` header, or one with another scheme than `Bearer`.',
  bad_authorization_header: '`Bearer` with no token behind it, or with more than one word.',
  token_not_valid: 'A refresh token that is forged, expired, reused, or of a session that has ended.',
  token_wrong_type: 'A good access token where a refresh token belongs.',
  access_token_not_valid:
    'An access token that is forged, expired, or of a session that has ended; or a token of another kind.',
  user_inactive: 'The session ended because its user was disabled.',
  user_not_found: 'The user was deleted.',
  invalid: 'Fields of the body are missing or wrong: every fault of every field, see below.',
  bad_request:
    'Broken framing; no `Host`; a second `Authorization`, `Host`, `Content-Type`, `Content-Length` or ' +
    '`Idempotency-Key`; an `Idempotency-Key` that is empty or longer than 255 characters.',
  parse_error: 'The body is no JSON, or no form; the detail says where it breaks.',
  cross_site:
    'A form of our pages that another site sends. Where [cookies](../guides/dj-rest-auth.md#where-a-request-must-come-from) ' +
    'carry tokens, also what a page of an origin sends that is not allowed; the detail names the origin then.',
  forbidden: 'The role of whoever is signed in to the console does not allow it.',
  no_role: 'The right password of somebody who has no role in the console, or has none any more.',
  reauthentication_required: 'The password was shown more than ten minutes ago, and this is dangerous.',
  conflict: 'It cannot be done as things are; the detail says why.',
  precondition_failed: 'What `If-Match` names is not how it is any more.',
  precondition_required: 'There is no `If-Match`.',
  not_found: 'No such path, or a `?format=` other than `json`.',
  method_not_allowed: 'Another method than the path has; the detail names it, `Allow` names those there are.',
  not_acceptable: 'An `Accept` header that leaves no room for JSON.',
  body_too_large: 'The body is larger than 64 KiB, by its declared length or as it arrives.',
  unsupported_media_type: 'A body that is neither JSON nor a form, or is compressed; the detail quotes it.',
  headers_too_large: 'All headers together are larger than 16 KiB.',
  request_timeout: 'The headers took more than 10 seconds to arrive, or the whole request more than 30.',
  overloaded: 'Too many passwords wait to be hashed. `Retry-After` says when to come again.',
  unavailable: 'The database does not answer, or cannot write. `Retry-After` says when to come again.',
  throttled:
    'Too many attempts. `Retry-After` says when to come again, `RateLimit` which limit it was: see ' +
    '[throttling](../guides/throttling.md).',
  internal: 'A mistake of ours. The body has a `request_id`, under which the log tells more.',
}

const codes = Object.keys(errors) as ErrorCode[]

/** The made parts of the page: the tables of refusals and of faults, and one part for every operation. */
export function httpReferenceParts(document: OpenApi): MadeParts {
  const operations = listOperations(document)
  const shared = sharedRefusals(operations.map(([, operation]) => operation))
  return new Map([
    ['errors', refusalTable([...codes].sort((a, b) => errors[a].status - errors[b].status))],
    ...Object.entries(shared).map(([name, list]): [string, string] => [name, refusalTable(list)]),
    ['faults', faultsTable()],
    ...operationParts(operations, shared),
  ])
}

/** What many operations refuse alike, by the heading under which the page tells it. */
interface SharedRefusals extends Record<string, readonly ErrorCode[]> {
  /** also what is refused before it is known which operation is meant */
  'any request': readonly ErrorCode[]
  'any body': readonly ErrorCode[]
  'any access token': readonly ErrorCode[]
}

/** What the API for administrators alone refuses. */
const consoleOnly: readonly ErrorCode[] = [
  ...(['forbidden', 'no_role', 'reauthentication_required'] as const),
  ...(['conflict', 'precondition_failed', 'precondition_required'] as const),
]

function sharedRefusals(operations: readonly Operation[]): SharedRefusals {
  const all = operations.map(refusalsOf)
  const posts = operations.filter(({ requestBody }) => requestBody).map(refusalsOf)
  const guarded = operations.filter(({ security }) => security).map(refusalsOf)
  const isElsewhere = (code: ErrorCode) => !all.flat().includes(code) && !consoleOnly.includes(code)
  const ofAll = codes.filter((code) => all.every((list) => list.includes(code)) || isElsewhere(code))
  const ofEach = (lists: ErrorCode[][]) =>
    codes.filter(
      (code) =>
        !ofAll.includes(code) && errors[code].status < 500 && lists.every((list) => list.includes(code)),
    )
  return { 'any request': ofAll, 'any body': ofEach(posts), 'any access token': ofEach(guarded) }
}

/** An operation that is another one under a second name says so, and no more. */
function operationParts(
  operations: readonly [string, Operation][],
  shared: SharedRefusals,
): [name: string, part: string][] {
  const first = new Map<string, string>()
  return operations.map(([name, operation]) => {
    const part = operationPart(operation, shared)
    const twin = first.get(part)
    if (twin === undefined) first.set(part, name)
    return [name, twin === undefined ? part : `The same as [${twin}](#${anchorOf(twin)}).`]
  })
}

/** The document tells refusals by their sentences; each sentence is one row of the table. */
export function refusalsOf({ responses }: Operation): ErrorCode[] {
  const sentences = Object.values(responses).flatMap(({ description }) => description.split(' · '))
  return codes.filter((code) => sentences.includes(errors[code].detail))
}

function operationPart(operation: Operation, shared: SharedRefusals): string {
  const common = [
    'any request',
    ...(operation.requestBody ? ['any body'] : []),
    ...(operation.security ? ['any access token'] : []),
  ]
  const own = refusalsOf(operation).filter((code) => !common.some((name) => shared[name]?.includes(code)))
  const links = new Intl.ListFormat('en').format(common.map((name) => `[${name}](#${anchorOf(name)})`))
  return [
    ...bodyPart(operation),
    ...answerPart(operation),
    `Refusals: those of ${links}${own.length > 0 ? '; and these:' : '.'}`,
    ...(own.length > 0 ? [refusalTable(own)] : []),
  ].join('\n\n')
}

/** Refusals with when they are given. */
export function refusalTable(listed: readonly ErrorCode[]): string {
  const rows = listed.map((code) => {
    const entry: { status: number; detail: string; wireCode?: string } = errors[code]
    const wireCode = entry.wireCode === undefined ? '' : `\`${entry.wireCode}\``
    return [`\`${code}\``, String(entry.status), entry.detail, wireCode, meanings[code]]
  })
  return markdownTable(['name', 'status', '`detail`', '`code`', 'when'], rows)
}

/** What a body takes; nothing where there is none. */
export function bodyPart({ requestBody }: Operation): string[] {
  const schema = requestBody?.content['application/json']?.schema
  if (!schema) return []
  return [markdownTable(['body', 'what it takes', ''], membersOf(schema, { absent: 'may be absent' }))]
}

/** What the answer holds. */
export function answerPart({ responses }: Operation): string[] {
  const [status = '', answer] = Object.entries(responses).find(([one]) => one.startsWith('2')) ?? []
  const schema = answer?.content?.['application/json']?.schema
  if (!schema) return [`Answer: ${status}, without a body.`]
  const before = schema.items ? '[].' : ''
  const members = membersOf(schema.items ?? schema, { absent: 'not always', before })
  return [markdownTable([`answer ${status}`, 'what it is', ''], members)]
}

type Described = Schema & { description?: string; format?: string; maxLength?: number }

interface Naming {
  /** what is said of a member that need not be there */
  absent: string
  before?: string
}

/** One row for each member, members of members behind a dot. */
function membersOf(schema: Schema, { absent, before = '' }: Naming): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]: [string, Described]) => {
    const path = `${before}${name}`
    const notes = [member.description, schema.required?.includes(name) ? undefined : absent]
    const row = [`\`${path}\``, kindOf(member), notes.filter(Boolean).join('; ')]
    const inner = member.items ?? member
    return [row, ...membersOf(inner, { absent, before: `${path}${member.items ? '[].' : '.'}` })]
  })
}

function kindOf(schema: Described): string {
  if (schema.anyOf) return schema.anyOf.map(kindOf).join(' or ')
  switch (schema.type) {
    case 'string':
      return textKind(schema)
    case 'boolean':
      return 'true or false'
    case 'integer':
      return 'whole number'
    case 'array':
      return 'list'
    default:
      return String(schema.type)
  }
}

function textKind({ format, maxLength }: Described): string {
  if (format === 'date-time') return 'instant (RFC 3339)'
  return maxLength === undefined ? 'text' : `text, at most ${maxLength} characters`
}

/** Every fault of a field that the wire contract knows, with the fields that can have it. */
function faultsTable(): string {
  const fieldsOf = new Map<string, Set<string>>()
  for (const [field, sentence] of tables.flatMap(({ rows }) => rows.flatMap(faultsIn))) {
    const fields = fieldsOf.get(sentence) ?? new Set()
    fieldsOf.set(sentence, fields.add(`\`${field}\``))
  }
  return markdownTable(
    ['sentence', 'of'],
    [...fieldsOf].map(([sentence, fields]) => [sentence, [...fields].join(', ')]),
  )
}

function faultsIn({ status, body }: { status: number; body?: string }): [field: string, sentence: string][] {
  if (status !== 400 || body === undefined) return []
  return Object.entries(JSON.parse(body) as Record<string, unknown>).flatMap(([field, sentences]) =>
    Array.isArray(sentences) ? sentences.map((one): [string, string] => [field, String(one)]) : [],
  )
}
