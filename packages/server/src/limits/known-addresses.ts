import type { Store } from '../store/store.ts'
import type { Account, Keys } from './keys.ts'

const dayMs = 24 * 3_600_000

/** How long an address is known after the last login from it. */
export const knownForDays = 30
/** So many addresses of a user are remembered at once, and one more each day: what is kept of him stays small. */
export const rememberedAtOnce = 32

/** A user and where he is. */
export interface Place {
  account: Account
  address: string
}

/** Which users have logged in from which addresses lately. */
export interface KnownAddresses {
  has(place: Place, now: number): Promise<boolean>
  /** for whoever has shown his password there */
  add(place: Place, now: number): Promise<void>
}

/** Kept among the limits, under keys that say nothing about whom, until it ends. */
export function rememberAddresses(
  store: Pick<Store, 'countAttempt' | 'holdsLimit'>,
  keys: Keys,
): KnownAddresses {
  return {
    has: (place, now) => store.holdsLimit({ key: keys.pair('known', place), now }),
    async add(place, now) {
      const remembered = { key: keys.remembered(place.account), burst: rememberedAtOnce, intervalMs: dayMs }
      const known = { key: keys.pair('known', place), ...neverWaits, memoryMs: knownForDays * dayMs }
      await store.countAttempt({ now, rates: [remembered], backoffs: [known] })
    },
  }
}

/** A row that counts and refuses nobody. */
const neverWaits = { free: Number.MAX_SAFE_INTEGER, firstMs: 0, mostMs: 0 }
