import type { Audit, Origin } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { type Tuning, tunedRate } from './figures.ts'
import { clientOf, type Keys } from './keys.ts'
import { createPlaces, type Places } from './places.ts'
import { refused } from './refusal.ts'
import { rules } from './rules.ts'

/** A refresh token that is shown. */
export interface RefreshAttempt {
  origin: Origin
  /** of the session that a token of ours is of; undefined for a token that we did not sign */
  sessionId: string | undefined
}

interface RefreshOptions {
  keys: Keys
  tuning: Tuning
  clock: Clock
  audit: Audit
}

/** 64 Ki instants: half a megabyte. */
const places = 2 ** 16

/**
 * Counts refused refreshes: a token of ours by its session, any other by its address. So a session that is sound never
 * waits for what its neighbours do. Kept in this process, since nothing can be guessed here: it saves work, and a write
 * for each forged token would be more work than it saves.
 */
export function admitRefreshes({ keys, tuning, clock, audit }: RefreshOptions) {
  const sessions = createPlaces(places, tunedRate(rules.refresh_session.figures, tuning))
  const addresses = createPlaces(places, tunedRate(rules.refresh_address.figures, tuning))

  function take(counted: Places, { key, place }: { key: string; place: number }, origin: Origin): () => void {
    const now = clock()
    const freeAt = counted.take(place, now)
    if (freeAt !== undefined) throw refused(audit, origin, { key, freeAt, now })
    return () => counted.giveBack(place)
  }

  return ({ origin, sessionId }: RefreshAttempt): (() => void) => {
    if (sessionId === undefined) {
      const place = keys.place('address', clientOf(origin.address), places)
      return take(addresses, { key: 'refresh_address:', place }, origin)
    }
    return take(sessions, { key: 'refresh_session:', place: placeOf(sessionId) }, origin)
  }
}

/** The end of an id is random, and its token is signed: nobody chooses his place. */
function placeOf(sessionId: string): number {
  return Number.parseInt(sessionId.slice(-4), 16) % places || 0
}
