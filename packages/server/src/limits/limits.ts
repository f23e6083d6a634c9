import type { Audit } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { delayRules, type Policy, policiesOf, rulesOf, type Tuning } from './figures.ts'
import { type Account, createKeys } from './keys.ts'
import { rememberAddresses } from './known-addresses.ts'
import { admitRefreshes, type RefreshAttempt } from './refreshes.ts'
import { refused } from './refusal.ts'
import { type Action, rules } from './rules.ts'
import { type Attempt, type CountedAction, createSteps, failuresOf, type Steps } from './steps.ts'

export interface LimitsOptions {
  store: Pick<Store, 'countAttempt' | 'forgetAttempts' | 'holdsLimit' | 'deleteStaleLimits'>
  clock: Clock
  audit: Audit
  /** 32 bytes that serve nothing else */
  key: Buffer
  tuning: Tuning
}

/** An attempt that was let in, as `succeeded` takes it back. */
export interface Admission {
  /** keys of the failures that a success forgets */
  readonly failures: readonly string[]
  /** whom a success makes known at his address */
  readonly login?: { readonly account: Account; readonly address: string }
}

/** Throttling: who may try, and when. */
export interface Limits {
  /**
   * Counts an attempt before its work is done: of many at once no more are let in than one after the other.
   * @throws AuthError `throttled`; `unavailable` where the database does not answer, so that nobody guesses uncounted
   */
  admit(action: CountedAction, attempt: Attempt): Promise<Admission>
  /** After a success the failures before it are forgotten; after a login its address is known. */
  succeeded(admission: Admission): Promise<void>
  /** Forgets the failed guesses at a user's password, once he has shown in another way who he is. */
  forgive(userId: string): Promise<void>
  /**
   * Lifts every delay of a user: of logins, of codes from a mail, of passwords that he is asked for again; those of his
   * own at an address that is known only for the addresses that are named. What flows steadily flows on.
   */
  unlock(userId: string, addresses: readonly string[]): Promise<void>
  /**
   * Counts a refresh, in this process alone, before its work is done.
   * @returns takes the count back, for whoever was not refused
   * @throws AuthError `throttled`
   */
  admitRefresh(attempt: RefreshAttempt): () => void
  /** what the rules of an action promise; none where throttling is off */
  policies(action: Action): readonly Policy[]
  /** deletes rows that count no more; @returns how many: `most` where there may be others */
  deleteStale(most: number): Promise<number>
}

/** Throttling as the table of rules says, counted in the store: for all processes, and over restarts. */
export function createLimits(options: LimitsOptions): Limits {
  const { store, clock, audit, tuning } = options
  const keys = createKeys(options.key)
  const steps = createSteps(keys, tuning)
  const known = rememberAddresses(store, keys)

  /** @returns the steps that let it in. A user at a known address has his own: what others do elsewhere is not counted. */
  async function count(action: CountedAction, attempt: Attempt): Promise<Steps> {
    const now = clock()
    const { account, origin } = attempt
    const isKnown =
      action === 'login' && account && (await known.has({ account, address: origin.address }, now))
    const counted = steps(action, attempt, ['address', isKnown ? 'pair' : 'account'])
    const outcome = await store.countAttempt({ now, ...counted })
    if (outcome.outcome === 'refused') throw refused(audit, origin, { ...outcome, now })
    return counted
  }

  return {
    async admit(action, attempt) {
      const failures = failuresOf(await count(action, attempt))
      const { account, origin } = attempt
      if (action !== 'login' || !account) return { failures }
      return { failures, login: { account, address: origin.address } }
    },
    async succeeded({ failures, login }) {
      const forgotten = failures.length > 0 ? store.forgetAttempts({ keys: failures }) : undefined
      await Promise.all([forgotten, login && known.add(login, clock())])
    },
    forgive: (userId) => {
      const guesses = rulesOf('login').filter((name) => rules[name].by === 'account')
      return store.forgetAttempts({ keys: guesses.map((name) => keys.account(name, { name: '', userId })) })
    },
    unlock(userId, addresses) {
      const account = { name: '', userId }
      const names = delayRules()
      const own = names
        .filter((name) => rules[name].by === 'account')
        .map((name) => keys.account(name, account))
      const known = names.filter((name) => rules[name].by === 'pair')
      const there = addresses.flatMap((address) => known.map((name) => keys.pair(name, { account, address })))
      return store.forgetAttempts({ keys: [...new Set([...own, ...there])] })
    },
    admitRefresh: admitRefreshes({ keys, tuning, clock, audit }),
    policies: (action) => policiesOf(action, tuning),
    deleteStale: (most) => store.deleteStaleLimits({ now: clock(), limit: most }),
  }
}

/** Throttling that is switched off. */
export function withoutLimits(): Limits {
  return {
    admit: async () => ({ failures: [] }),
    succeeded: async () => {},
    forgive: async () => {},
    unlock: async () => {},
    admitRefresh: () => () => {},
    policies: () => [],
    deleteStale: async () => 0,
  }
}
