import type { RowReport, Tally } from '../../../import/report.ts'
import { tableText } from '../../terminal/table.ts'

/** What is counted, in the order in which it is told; users always, the rest where there is any. */
const lines = [
  ['created', 'users created'],
  ['unchanged', 'users there already'],
  ['differs', 'users there already, and not as the source says'],
  ['updated', 'users updated'],
  ['refused', 'users refused'],
  ['taken', '  id, name or address taken'],
  ['weak_hash', '  hash guessed quickly'],
  ['unknown_hash', '  hash of no known format'],
  ['invalid', '  not understood'],
  ['password_wrapped', 'hashes wrapped in argon2id'],
  ['password_none', 'users without a password'],
  ['email_unclaimed', 'users without a claim to their address'],
  ['sessions_created', 'sessions brought along'],
  ['sessions_unchanged', 'sessions there already'],
  ['sessions_refused', 'sessions of nobody, or of a disabled user'],
  ['sessions_expired', 'sessions that had ended'],
  ['tokens_created', 'refresh tokens noted'],
  ['tokens_unchanged', 'refresh tokens noted already'],
  ['tokens_updated', 'refresh tokens blacklisted since'],
  ['tokens_missing', 'refresh tokens of nobody'],
] as const

const always: readonly string[] = ['created', 'unchanged', 'refused']

/** The end of an import for people. */
export function summaryText(tally: Tally): string {
  const told = lines.filter(([name]) => always.includes(name) || tally[name])
  return tableText(told.map(([name, words]) => [words, String(tally[name] ?? 0)]))
}

/** A row that was refused, in a line. */
export function refusalText({ row, username, detail, reason }: RowReport): string {
  return `${[`row ${row}`, ...(username === undefined ? [] : [username])].join(', ')}: ${detail ?? reason}`
}
