import type { CountersignError } from './errors.ts'
import type { Host } from './host.ts'

/** The pause after a failure, longer after each. */
export interface Cooling {
  /** the last failure, while it is too early to ask again */
  error(): CountersignError | undefined
  /** milliseconds until then */
  restMs(): number
  /** @returns how long it lasts now, in milliseconds */
  begin(error: CountersignError): number
  /** ask again at once: it went well, or the network is back */
  end(): void
}

const firstMs = 1000
const longestMs = 60_000

/** Counts failures. What the server asks for is waited for as well, up to five minutes. */
export function createCooling({ elapsed, random }: Host): Cooling {
  let failure: CountersignError | undefined
  let failures = 0
  let until = 0

  const restMs = () => (failure ? Math.max(0, until - elapsed()) : 0)

  return {
    error: () => (restMs() > 0 ? failure : undefined),
    restMs,
    begin(error) {
      const pause = Math.min(longestMs, firstMs * 2 ** failures) * (0.5 + random() / 2)
      const asked = Math.min(5 * longestMs, (error.retryAfterSeconds ?? 0) * 1000)
      failures += 1
      failure = error
      until = elapsed() + Math.max(pause, asked)
      return restMs()
    },
    end() {
      failure = undefined
      failures = 0
    },
  }
}
