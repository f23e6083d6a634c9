import { type AccessDeps, freshSession, marginMs } from './access.ts'
import { isSignedIn, type SignedIn } from './kept/kept.ts'

/** Refreshes ahead of need. */
export interface Schedule {
  /** something changed: count anew */
  again(): void
  close(): void
}

/** A machine that sleeps stops its timers too: looking often enough finds out soon after it woke. */
const longestWaitMs = 30_000
const shortestWaitMs = 1000

/**
 * Refreshes a little before the access token ends, while somebody looks at the page; each tab at a moment of its own, so
 * that mostly one asks and the others find its answer. A hidden tab waits until it is shown or asked.
 */
export function openSchedule(deps: AccessDeps): Schedule {
  const { host, known, keep, cooling, settings } = deps
  let cancel = () => {}
  let isClosed = false

  const leftMs = (held: SignedIn) => held.lasts - marginMs(held, settings) - known.ageOf(held)

  function again(): void {
    cancel()
    const held = known.now()
    if (isClosed || !settings.autoRefresh || !host.isVisible() || !isSignedIn(held)) return
    const own = (host.random() * marginMs(held, settings)) / 2
    const wait = Math.max(leftMs(held) + own, cooling.restMs(), shortestWaitMs)
    cancel = host.setTimer(() => void act().catch(() => {}), Math.min(wait, longestWaitMs))
  }

  async function act(): Promise<void> {
    try {
      if (host.isVisible()) await freshSession(deps)
    } finally {
      again()
    }
  }

  const sleepOn = host.onWake((type) => {
    if (type === 'online') cooling.end()
    // What another tab wrote is only looked at; its own change counts anew.
    const work = type === 'storage' || !settings.autoRefresh ? keep.look() : act()
    work.catch(() => {})
  })

  return {
    again,
    close() {
      isClosed = true
      cancel()
      sleepOn()
    },
  }
}
