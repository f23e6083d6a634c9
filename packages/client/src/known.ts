import type { Host } from './host.ts'
import { isSignedIn, type Kept, type SignedIn } from './kept.ts'

/** Who changed it: this client, or another tab. */
export type From = 'here' | 'elsewhere'

/** What this tab knows, and since when. */
export interface Known {
  /** undefined before the first look, and where nothing was ever kept */
  now(): Kept | undefined
  /** the storage was looked at: what turns up later was written later */
  looked(): void
  /** @param askedAt when the pair was asked for, on the clock that never goes back; undefined if another tab did */
  adopt(next: Kept, from: From, askedAt?: number): void
  /** milliseconds since the pair was asked for; Infinity if nobody can tell */
  ageOf(kept: SignedIn): number
  /** the same for what is known, as far as this machine was awake and whatever its clock was set to meanwhile */
  awakeMs(): number
}

/** @param changed hears of it after what is known has changed */
export function createKnown(
  host: Host,
  changed: (now: Kept, before: Kept | undefined, from: From) => void,
): Known {
  let known: Kept | undefined
  /** of the known pair: when it was asked for, on the clock that never goes back */
  let born = 0
  /** it comes from the future of this machine's clock: how old it is, nobody can tell */
  let isOdd = false
  let lookedAt = Number.NEGATIVE_INFINITY

  const awakeMs = () => host.elapsed() - born

  return {
    now: () => known,
    looked() {
      lookedAt = host.elapsed()
    },
    adopt(next, from, askedAt) {
      const [before, elapsed] = [known, host.elapsed()]
      const age = isSignedIn(next) ? host.now() - next.at : 0
      known = next
      isOdd = askedAt === undefined && age < -1000
      // As old as the clock says, but not from before the last look. An odd one is new, but on a new page it may be old.
      const oldest = elapsed - lookedAt
      born = askedAt ?? elapsed - (isOdd && !before ? oldest : Math.min(Math.max(0, age), oldest))
      changed(next, before, from)
    },
    ageOf: (kept) =>
      isOdd ? Number.POSITIVE_INFINITY : Math.max(kept === known ? awakeMs() : 0, host.now() - kept.at),
    awakeMs,
  }
}
