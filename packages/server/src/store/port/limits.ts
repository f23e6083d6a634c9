/** A steady flow: so many at once, and one more in every interval. Of one attempt's steps each has a key of its own. */
export interface RateStep {
  key: string
  burst: number
  /** whole milliseconds, as all instants and times of limits */
  intervalMs: number
}

/** Failures in a row: so many are free, then each one makes the wait twice as long. */
export interface BackoffStep {
  key: string
  free: number
  firstMs: number
  mostMs: number
  /** after this long without one all is forgotten */
  memoryMs: number
}

export interface CountAttemptInput {
  now: number
  rates: readonly RateStep[]
  backoffs: readonly BackoffStep[]
}

/** All steps let it in and have counted it, or some refuse it and none has: told is the one that does so longest. */
export type CountAttemptOutcome = { outcome: 'counted' } | { outcome: 'refused'; key: string; freeAt: number }
