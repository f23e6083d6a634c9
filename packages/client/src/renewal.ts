import type { Cooling } from './cooling.ts'
import { asError, CountersignError } from './errors.ts'
import type { Host } from './host.ts'
import type { Keep } from './kept/keep.ts'
import { endOf, isSame, isSignedIn, type Kept, type SignedIn } from './kept/kept.ts'
import type { Known } from './kept/known.ts'
import type { Settings } from './options.ts'

export interface RenewalOptions {
  host: Host
  known: Known
  keep: Keep
  cooling: Cooling
  settings: Pick<Settings, 'timeoutMs'>
  /** shows the refresh token with its key; resolves to its successor, not kept yet */
  exchange(shown: SignedIn): Promise<SignedIn>
  /** hears of a failure that says nothing about the session */
  failed(error: CountersignError, retryInMs: number): void
}

/**
 * Sees to it that something later than this is kept, by one request at a time however many ask for it. Resolves to
 * what is kept then, which is this very one where it is too young to be exchanged.
 * @throws CountersignError where the server could not be asked, or a moment ago could not; the session is what it was
 */
export type Renew = (than: SignedIn) => Promise<Kept | undefined>

/** A short wait that took longer was slept over. */
const wakefulMs = 1000

export function createRenew(options: RenewalOptions): Renew {
  const { host, known, keep, cooling, settings, exchange, failed } = options
  const { timeoutMs } = settings
  let flight: Promise<Kept | undefined> | undefined

  const wait = (ms: number) => new Promise<void>((resolve) => void host.setTimer(resolve, ms))

  /**
   * What is kept once the writes of other tabs are seen here: those that were awake, and, if this one was asleep, those
   * of the time it slept through. If it falls asleep over the waiting, it waits again.
   */
  async function settled(): Promise<Kept | undefined> {
    const ms = host.settleMs * (1 + host.random())
    for (let passed = 2 * wakefulMs; ms > 0 && passed > wakefulMs; ) {
      const watch = startWatch(host)
      await wait(ms)
      passed = watch()
    }
    return keep.look()
  }

  /**
   * How long the pair is still too young to be exchanged. A late request must not reach the server two generations
   * behind, where it would be taken for a stolen token's: while requests that show the predecessor may be on their way,
   * the pair stays until they were given up, counted while this page knows it, whatever the clock says.
   */
  const youngMs = (pair: SignedIn) =>
    Math.min(2 * timeoutMs, pair.lasts / 2) - (pair.tries < 0 ? known.awakeMs() : known.ageOf(pair))

  async function run(than: SignedIn): Promise<Kept | undefined> {
    const present = await settled()
    // It is another one by now, or there is none.
    if (!isSignedIn(present) || !isSame(present, than)) return present
    const young = youngMs(present)
    if (young <= 0) return ask(present)
    if (known.ageOf(present) < present.lasts) return present
    // This page began when the pair was new, or the machine slept right after.
    await wait(young)
    return run(than)
  }

  /** Leaves word of the request before it is made: whoever gets an answer knows then whether it was the only one. */
  async function ask(shown: SignedIn): Promise<Kept | undefined> {
    if (shown.tries >= 2) return send(shown)
    const mine = { ...shown, tries: shown.tries < 1 ? 1 + host.random() : 2 }
    await keep.put(mine)
    const present = await settled()
    if (!isSignedIn(present) || !isSame(present, shown)) return present
    return present.tries === mine.tries ? send(present) : ask(present)
  }

  async function send(shown: SignedIn): Promise<Kept | undefined> {
    const watch = startWatch(host)
    try {
      const next = await exchange(shown)
      // The tab slept over it: by now others may be further, and what they wrote may still be on its way here.
      if (watch() > 2 * timeoutMs) throw new CountersignError('timeout', 'No answer in time')
      cooling.end()
      const present = await keep.look()
      const isOnly = shown.tries < 2 && isSignedIn(present) && present.tries === shown.tries
      return await keep.put({ ...next, tries: isOnly ? 0 : -1 })
    } catch (thrown) {
      return whenRefused(shown, asError(thrown))
    }
  }

  /** Only a plain word of the server about the very token that is kept ends a session. */
  async function whenRefused(shown: SignedIn, error: CountersignError): Promise<Kept | undefined> {
    if (error.status !== 401 || error.code !== 'token_not_valid') {
      failed(error, cooling.begin(error))
      throw error
    }
    const present = await keep.look()
    return isSignedIn(present) && isSame(present, shown) ? keep.put(endOf(present, 'refused')) : present
  }

  return async (than) => {
    const failure = cooling.error()
    if (failure) throw failure
    flight ??= run(than).finally(() => {
      flight = undefined
    })
    return flight
  }
}

/** Counts what passes, also while the tab or the machine sleeps. */
function startWatch(host: Host): () => number {
  const [elapsed, now] = [host.elapsed(), host.now()]
  return () => Math.max(host.elapsed() - elapsed, host.now() - now)
}
