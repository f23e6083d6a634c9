import type { UserRow } from '../../store/schema.ts'
import type { AdminUser } from '../answers.ts'
import { describeUser } from './describe.ts'

export type ExportFormat = 'csv' | 'ndjson'

/** Users as lines of a file; nothing of their passwords is in it. */
export async function* exportLines(
  users: AsyncIterable<UserRow>,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield `${columns.join(',')}\r\n`
  for await (const user of users) {
    const described = describeUser(user)
    yield format === 'csv' ? `${csvLine(described)}\r\n` : `${JSON.stringify(described)}\n`
  }
}

const columns = [
  ...(['id', 'username', 'email', 'email_verified', 'is_active', 'is_staff', 'is_superuser'] as const),
  ...(['role', 'created_at', 'last_login_at'] as const),
] satisfies (keyof AdminUser)[]

function csvLine(user: AdminUser): string {
  return columns.map((name) => cell(String(user[name] ?? ''))).join(',')
}

/** A spreadsheet would take what begins so for a formula. @see RFC 4180, OWASP on CSV injection */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
