import type { Host } from '../host.ts'
import { isSame, isSignedIn, type Kept, type SignedIn } from './kept.ts'

/** Who changed it: this client, or another tab. */
export type From = 'here' | 'elsewhere'

/** What this tab knows, and since when. */
export interface Known {
  /** undefined before the first look, and where nothing was ever kept */
  now(): Kept | undefined
  adopt(next: Kept, from: From): void
  /** milliseconds since the known pair was asked for; Infinity if nobody can tell */
  ageOf(kept: SignedIn): number
  /** milliseconds that this page has known it, as far as the machine was awake and whatever its clock was set to */
  awakeMs(): number
}

/** @param changed hears of it after what is known has changed */
export function createKnown(
  host: Host,
  changed: (now: Kept, before: Kept | undefined, from: From) => void,
): Known {
  let known: Kept | undefined
  /** when it came to be known, on the clock that never goes back */
  let born = 0
  /** it comes from the future of this machine's clock: how old it is, nobody can tell */
  let isOdd = false

  const awakeMs = () => host.elapsed() - born

  return {
    now: () => known,
    adopt(next, from) {
      const before = known
      known = next
      if (isSame(before, next)) return
      isOdd = from === 'elsewhere' && isSignedIn(next) && next.at > host.now() + 1000
      born = host.elapsed()
      changed(next, before, from)
    },
    ageOf: ({ at }) => (isOdd ? Number.POSITIVE_INFINITY : Math.max(awakeMs(), host.now() - at)),
    awakeMs,
  }
}
