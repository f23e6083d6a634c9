import { duration } from '../../../config/parsers.ts'
import { UsageError } from '../../failure.ts'

const age = duration(0, 315_360_000)

/** RFC 3339, or a date alone. */
const instant = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/

/**
 * From when on: an age such as `2h`, or an instant such as `2027-01-15T08:00:00Z`.
 * @param now epoch milliseconds, as what is returned
 * @throws UsageError for what is neither
 */
export function readSince(text: string | undefined, now: number): number {
  if (text === undefined) return 0
  const parsed = age(text)
  if ('value' in parsed) return now - parsed.value * 1000
  const at = instant.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new UsageError('--since is an age such as 2h or 7d, or 2027-01-15T08:00:00Z.')
  return at
}
