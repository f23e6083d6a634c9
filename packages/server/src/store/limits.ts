import type { BackoffStep, CountAttemptInput, CountAttemptOutcome, RateStep } from './port/limits.ts'
import type { LimitsTable } from './schema.ts'

/** What is stored of a step. */
export type LimitRow = LimitsTable

/** The rows that hold an attempt once it is counted, or its refusal. */
export type CountedSteps =
  | { outcome: 'counted'; rows: LimitRow[] }
  | Extract<CountAttemptOutcome, { outcome: 'refused' }>

/**
 * What an attempt makes of its limits. All steps let it in, or the one that lasts longest is told: before that instant
 * it would be refused again.
 * @param held what is stored of them; what is missing or over counts as nothing
 */
export function countSteps(
  { now, rates, backoffs }: CountAttemptInput,
  held: readonly LimitRow[],
): CountedSteps {
  const heldOf = (key: string) => held.find((row) => row.key === key && row.ends_at > now)
  const turns = [
    ...rates.map((step) => rateTurn(step, now, heldOf(step.key))),
    ...backoffs.map((step) => backoffTurn(step, now, heldOf(step.key))),
  ]
  const refusals = turns.filter(({ freeAt }) => freeAt > now).sort((a, b) => b.freeAt - a.freeAt)
  const [longest] = refusals
  if (longest) return { outcome: 'refused', key: longest.next.key, freeAt: longest.freeAt }
  return { outcome: 'counted', rows: turns.map(({ next }) => next) }
}

/** The keys of the steps in one order for all: who locks them one after the other never waits in a circle. */
export function keysOf({ rates, backoffs }: CountAttemptInput): string[] {
  return [...rates, ...backoffs].map(({ key }) => key).sort()
}

interface Turn {
  /** when the attempt is let in */
  freeAt: number
  /** what is stored once it was */
  next: LimitRow
}

/**
 * One instant says it all: when everything that was let in will have flowed off, one in each interval.
 * @see ITU-T I.371 (generic cell rate algorithm, virtual scheduling)
 */
function rateTurn({ key, burst, intervalMs }: RateStep, now: number, held?: LimitRow): Turn {
  const emptyAt = held?.free_at ?? now
  const next = emptyAt + intervalMs
  return {
    freeAt: emptyAt - (burst - 1) * intervalMs,
    next: { key, count: (held?.count ?? 0) + 1, free_at: next, ends_at: next },
  }
}

/** So that a row of many failures does not leave the numbers. */
const mostDoublings = 40

function backoffTurn(
  { key, free, firstMs, mostMs, memoryMs }: BackoffStep,
  now: number,
  held?: LimitRow,
): Turn {
  const before = held?.count ?? 0
  const waitMs = before < free ? 0 : Math.min(mostMs, firstMs * 2 ** Math.min(before - free, mostDoublings))
  return {
    freeAt: held?.free_at ?? now,
    next: { key, count: before + 1, free_at: now + waitMs, ends_at: now + Math.max(memoryMs, waitMs) },
  }
}
