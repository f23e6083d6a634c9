import type { RateFigures } from './rules.ts'

/** Rates that this process counts by itself, in an array that never grows. */
export interface Places {
  /** counts an attempt; @returns undefined where it is let in, else from when on it would be */
  take(place: number, now: number): number | undefined
  /** makes an attempt that was let in uncounted */
  giveBack(place: number): void
}

/**
 * One instant for each place says it all: when everything that was let in will have flowed off.
 * @param size how many places there are
 * @see ITU-T I.371 (generic cell rate algorithm, virtual scheduling)
 */
export function createPlaces(size: number, { burst, everySeconds }: RateFigures): Places {
  const emptyAt = new Float64Array(size)
  const intervalMs = everySeconds * 1000
  return {
    take(place, now) {
      const empty = Math.max(emptyAt[place] ?? 0, now)
      const freeAt = empty - (burst - 1) * intervalMs
      if (freeAt > now) return freeAt
      emptyAt[place] = empty + intervalMs
      return undefined
    },
    giveBack(place) {
      emptyAt[place] = (emptyAt[place] ?? 0) - intervalMs
    },
  }
}
