import type { Cooling } from './cooling.ts'
import { asError, CountersignError } from './errors.ts'
import type { Host } from './host.ts'
import type { Keep } from './keep.ts'
import { endOf, isSignedIn, type Kept, type SignedIn } from './kept.ts'
import type { Known } from './known.ts'
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
 * @throws CountersignError where the server could not be asked; the session is what it was
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
   * Tabs that wake up together: one asks first, the others find its answer. What others wrote while this one slept is
   * seen by then too; if it falls asleep over the waiting, it waits again.
   */
  async function lookTwice(): Promise<Kept | undefined> {
    await keep.look()
    const ms = host.settleMs * (1 + 3 * host.random())
    for (let passed = 2 * wakefulMs; ms > 0 && passed > wakefulMs; ) {
      const watch = startWatch(host)
      await wait(ms)
      passed = watch()
    }
    return keep.look()
  }

  /**
   * How long the pair is still too young to be exchanged. Every request that shows its predecessor was sent before the
   * pair was kept and is given up after the timeout; so no late one of them reaches the server two generations behind,
   * where it would be taken for a stolen token's. A clock that jumps makes nothing older here.
   */
  const youngMs = ({ lasts }: SignedIn) => Math.min(2 * timeoutMs, lasts / 2) - known.awakeMs()

  async function run(than: SignedIn): Promise<Kept | undefined> {
    const present = await lookTwice()
    // It is another one by now, or there is none.
    if (!isSignedIn(present) || !isSame(present, than)) return present
    const young = youngMs(present)
    if (young <= 0) return ask(present)
    if (known.ageOf(present) < present.lasts) return present
    // The clock was set, or the machine slept right after the last refresh.
    await wait(young)
    return run(than)
  }

  async function ask(shown: SignedIn): Promise<Kept | undefined> {
    const [askedAt, watch] = [host.elapsed(), startWatch(host)]
    try {
      const next = await exchange(shown)
      // The tab slept over it: by now others may be further, and what they wrote may still be on its way here.
      if (watch() > 2 * timeoutMs) throw new CountersignError('timeout', 'No answer in time')
      cooling.end()
      return await keep.put(next, askedAt)
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

  return (than) => {
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

function isSame(a: SignedIn, b: SignedIn): boolean {
  return a.order === b.order && a.id === b.id && a.generation === b.generation
}
