import type { Page } from '../store/port/lists.ts'
import { UsageError } from './failure.ts'

/** The flags of a list that comes in pages. */
export const pageFlags = { limit: { type: 'string' }, after: { type: 'string' } } as const

const usualLimit = 50
const maxLimit = 10_000

/**
 * How many rows, and after which.
 * @throws UsageError for a limit that is no number
 */
export function readPage({ limit, after }: { limit?: string; after?: string }): Page {
  const count = limit === undefined ? usualLimit : Number(limit)
  const isCount = Number.isInteger(count) && count >= 1 && count <= maxLimit
  if (!isCount) throw new UsageError(`--limit is a whole number from 1 to ${maxLimit}.`)
  return { limit: count, after }
}
