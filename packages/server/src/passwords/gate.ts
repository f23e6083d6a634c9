import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'

/** Lets only so much work in at a time; the rest queues for a moment or is refused. */
export interface Gate {
  /**
   * Runs the work as soon as a slot is free, first come, first served.
   * @param signal its abort means that the client has gone: a waiting work then leaves the queue, a running one goes on
   * @throws AuthError `overloaded`, with `retryAfterSeconds`, if the queue is full, the deadline has passed or the
   * signal aborts; else whatever the work throws
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** how many works run and wait at this moment */
  depth(): { running: number; waiting: number }
}

export interface GateOptions {
  /** how many works may run at once, at least 1 */
  parallel: number
  /** how many works may wait for a slot; 0 refuses whatever cannot run at once */
  queueLimit: number
  /** the longest wait for a slot, in milliseconds */
  deadlineMs: number
  clock: Clock
  /** told of every work that is turned away */
  onRefused?: (reason: keyof typeof refusals) => void
}

/** Why a work is turned away, and what the log says of it. */
const refusals = {
  queue_full: 'the queue is full',
  deadline: 'waited past the deadline',
  client_gone: 'the client has gone',
} as const

/** Weight of the newest duration in the running mean: some eight works are remembered. */
const SMOOTHING = 1 / 8

/**
 * Bounds the memory and the processor time that hashing may take: at most `parallel` works run, at most `queueLimit`
 * wait, and none waits longer than `deadlineMs`. Whoever is turned away hears so at once, so that a flood of logins
 * slows down nothing but logins.
 * @see OWASP ASVS 5.0, 11.4.2 and 15.1.3 (resource-demanding functions)
 */
export function createGate({ parallel, queueLimit, deadlineMs, clock, onRefused }: GateOptions): Gate {
  const queue = new Set<() => void>()
  let running = 0
  let meanMs = 0

  function refusal(reason: keyof typeof refusals): AuthError {
    onRefused?.(reason)
    const waitMs = (meanMs * (queue.size + 1)) / parallel
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
    return new AuthError('overloaded', { retryAfterSeconds, reason: refusals[reason] })
  }

  function waitForSlot(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abandon)
        queue.delete(admit)
        settle()
      }
      const admit = () => leave(resolve)
      const shed = () => leave(() => reject(refusal('deadline')))
      const abandon = () => leave(() => reject(refusal('client_gone')))
      const timer = setTimeout(shed, deadlineMs)
      timer.unref()
      signal?.addEventListener('abort', abandon)
      queue.add(admit)
    })
  }

  async function enter(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw refusal('client_gone')
    if (running < parallel) {
      running += 1
      return
    }
    if (queue.size >= queueLimit) throw refusal('queue_full')
    await waitForSlot(signal)
  }

  /** Hands the slot to the longest waiter; only without one does it become free. */
  function exit(startedAt: number): void {
    const tookMs = Math.max(0, clock() - startedAt)
    meanMs = meanMs === 0 ? tookMs : meanMs + (tookMs - meanMs) * SMOOTHING
    const [admitNext] = queue
    if (admitNext) admitNext()
    else running -= 1
  }

  return {
    async run(work, signal) {
      await enter(signal)
      const startedAt = clock()
      try {
        return await work()
      } finally {
        exit(startedAt)
      }
    },
    depth: () => ({ running, waiting: queue.size }),
  }
}
