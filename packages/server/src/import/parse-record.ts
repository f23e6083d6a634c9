import { isUuid } from '../ids.ts'
import { type FieldTable, type SessionRecord, sessionFields, type UserRecord, userFields } from './fields.ts'

/** What a line holds, or everything that is wrong with it. */
export type Parsed = { record: UserRecord } | { faults: string[] }

/** Takes a record apart that anybody may have written: each member is what the table says, and there is no other. */
export function parseRecord(given: unknown): Parsed {
  const faults: string[] = []
  if (!isObject(given)) return { faults: ['it is no JSON object'] }
  const { sessions, ...members } = given
  const user = parseMembers(userFields, members, { faults, path: '' })
  const parsed = parseSessions(sessions, faults)
  if (faults.length > 0) return { faults }
  return { record: { ...user, sessions: parsed } as unknown as UserRecord }
}

function parseSessions(given: unknown, faults: string[]): SessionRecord[] {
  if (given === undefined) return []
  if (!Array.isArray(given)) {
    faults.push('sessions: a list is expected')
    return []
  }
  return given.map((one: unknown, at) => {
    const path = `sessions[${at}].`
    if (!isObject(one)) faults.push(`sessions[${at}]: an object is expected`)
    const session = parseMembers(sessionFields, isObject(one) ? one : {}, { faults, path })
    const { id, expires_at, ends_at, idempotency_digest: digest } = session as unknown as SessionRecord
    if (id && !isUuid(id)) faults.push(`${path}id: a UUID is expected`)
    if (ends_at < expires_at) faults.push(`${path}ends_at: it is before expires_at`)
    if (digest && !/^[0-9a-f]{32}$/.test(digest))
      faults.push(`${path}idempotency_digest: 32 hexadecimal digits are expected`)
    return session as unknown as SessionRecord
  })
}

interface Place {
  faults: string[]
  /** what stands before a member's name in a fault */
  path: string
}

function parseMembers(table: FieldTable, members: object, { faults, path }: Place): Record<string, unknown> {
  const given: Record<string, unknown> = { ...members }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table, name)) faults.push(`${path}${name}: there is no such member`)
  }
  return Object.fromEntries(
    Object.entries(table).map(([name, field]) => {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      const parsed = parseValue(field, value ?? null)
      if ('fault' in parsed) faults.push(`${path}${name}: ${parsed.fault}`)
      return [name, 'fault' in parsed ? undefined : parsed.value]
    }),
  )
}

type Value = { value: unknown } | { fault: string }

function parseValue(field: FieldTable[string], given: unknown): Value {
  const { kind, needed, nullable, usual, most = 0 } = field
  if (given === null && nullable) return { value: null }
  if (given === null) return needed ? { fault: 'it is missing' } : { value: usual }
  if (needed && given === '') return { fault: 'it is empty' }
  switch (kind) {
    case 'text':
      return parseText(given, most)
    case 'texts':
      return parseTexts(given, most)
    case 'flag':
      return typeof given === 'boolean' ? { value: given } : { fault: 'true or false is expected' }
    case 'number':
      return Number.isSafeInteger(given) && Number(given) >= 0
        ? { value: given }
        : { fault: 'a whole number is expected' }
    case 'instant':
      return parseInstant(given)
  }
}

/** What no database takes, or nobody can read: NUL, and halves of characters. */
function parseText(given: unknown, most: number): Value {
  if (typeof given !== 'string') return { fault: 'a text is expected' }
  if (given.includes('\0') || !given.isWellFormed()) return { fault: 'it has a character that is none' }
  return [...given].length > most ? { fault: `it has more than ${most} characters` } : { value: given }
}

function parseTexts(given: unknown, most: number): Value {
  if (!Array.isArray(given)) return { fault: 'a list of texts is expected' }
  const parsed = given.map((one) => parseText(one, most))
  const wrong = parsed.find((one) => 'fault' in one)
  return wrong ?? { value: given }
}

const instantPattern = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

function parseInstant(given: unknown): Value {
  const at = typeof given === 'string' && instantPattern.test(given) ? Date.parse(given) : Number.NaN
  return Number.isNaN(at) ? { fault: 'an instant such as 2026-01-31T12:00:00Z is expected' } : { value: at }
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}
