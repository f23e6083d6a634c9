import { type FieldTable, sessionFields, type UserRecord, userFields } from './fields.ts'

/** A record as one line of JSON, without the line break, its members in the order of the table. */
export function recordLine({ sessions, ...record }: UserRecord): string {
  const user = texts(userFields, record)
  if (record.email_claimed) delete user.email_claimed
  if (sessions.length > 0) user.sessions = sessions.map((one) => texts(sessionFields, one))
  return JSON.stringify(user)
}

function texts(table: FieldTable, values: object): Record<string, unknown> {
  const held = values as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(table).map(([name, { kind }]) => {
      const value = held[name]
      return [name, kind === 'instant' && typeof value === 'number' ? new Date(value).toISOString() : value]
    }),
  )
}
