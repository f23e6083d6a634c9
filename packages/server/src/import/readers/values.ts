import type { ForeignRecord } from './rows.ts'

/** A text that is there and is not empty; numbers as they are written. */
export function textIn(record: ForeignRecord, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = record[name]
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number') return String(value)
  }
  return undefined
}

/** `true` and `t` are true in a file that knows no other texts. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(true|t|1)$/i.test(value))
}

/**
 * An instant as a record has it, from whatever systems write: RFC 3339, PostgreSQL’s spelling of it, epoch milliseconds
 * as a number or as digits. What is none comes out as it went in, for the reader of the record to refuse.
 */
export function instantIn(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'number' || /^\d{12,14}$/.test(String(value))) {
    const at = new Date(Number(value))
    return Number.isNaN(at.getTime()) ? String(value) : at.toISOString()
  }
  return String(value)
    .replace(/ (UTC|GMT)$/, 'Z')
    .replace(/^(\d{4}-\d\d-\d\d) /, '$1T')
    .replace(/([+-]\d\d)$/, '$1:00')
    .replace(/^(\d{4}-\d\d-\d\dT[\d:.]+)$/, '$1Z')
}
