/** How many are kept at once, and one more in every interval. */
interface Share {
  burst: number
  intervalMs: number
}

/**
 * Events about users of ours have a share of their own, so that a flood of made-up names and forged tokens does not push
 * them out. What all of it can add to the table in a day is some 100,000 rows for each kind of event and process.
 */
const shares = {
  user: { burst: 1_000, intervalMs: 1_000 },
  nobody: { burst: 200, intervalMs: 10_000 },
} as const satisfies Record<string, Share>

/** An event that anybody can cause, and whether it is about a user. */
export interface Offered {
  event: string
  about: keyof typeof shares
}

export interface Thinned {
  event: string
  count: number
}

/** What bounds the events that anybody can cause any number of; its memory is bounded by the number of their kinds. */
export function createBudget() {
  /** by kind of event and share: when all that was let in has flowed off */
  const flowsOffAt = new Map<string, number>()
  const thinned = new Map<string, number>()
  return {
    /**
     * Whether this one is kept; if not, it is counted.
     * @param now epoch milliseconds
     */
    admits({ event, about }: Offered, now: number): boolean {
      const { burst, intervalMs } = shares[about]
      const key = `${about} ${event}`
      // A clock that was set back must not close the door for as long as it went back.
      const busyMs = Math.min(burst * intervalMs, Math.max(0, (flowsOffAt.get(key) ?? 0) - now))
      const admitted = busyMs <= (burst - 1) * intervalMs
      flowsOffAt.set(key, now + busyMs + (admitted ? intervalMs : 0))
      if (!admitted) thinned.set(event, (thinned.get(event) ?? 0) + 1)
      return admitted
    },
    /** what was not kept since this was last asked */
    takeThinned(): Thinned[] {
      const taken = [...thinned].map(([event, count]) => ({ event, count }))
      thinned.clear()
      return taken
    },
  }
}
