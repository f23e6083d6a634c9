import type { Audit } from '../audit/events.ts'
import { createEndpoint, type EndpointOptions } from './endpoint.ts'

export interface WebhooksOptions extends Omit<EndpointOptions, 'url' | 'signal'> {
  urls: readonly string[]
}

/** All receivers of events. */
export interface Webhooks {
  /**
   * Begins to deliver what is due, to each receiver that is not being delivered to; waits for none of them.
   * @param isOurs asked again and again: when it says no, another process does it
   */
  run(isOurs: () => Promise<boolean>): void
  /** Cuts what is under way, and waits until it is over; what was cut is delivered again. */
  stop(): Promise<void>
}

/** Each receiver for itself: one that is slow or gone keeps no other waiting. */
export function openWebhooks({ urls, ...options }: WebhooksOptions): Webhooks {
  const stopping = new AbortController()
  const receivers = urls.map((url) => {
    const deliver = createEndpoint({ ...options, url, signal: stopping.signal })
    return oneAtATime(options.audit, deliver)
  })
  return {
    run(isOurs) {
      for (const receiver of receivers) receiver.run(isOurs)
    },
    async stop() {
      stopping.abort()
      await Promise.all(receivers.map((receiver) => receiver.over()))
    },
  }
}

function oneAtATime(audit: Audit, work: ReturnType<typeof createEndpoint>) {
  let running: Promise<void> | undefined
  let isFailing = false
  async function attempt(isOurs: () => Promise<boolean>): Promise<void> {
    try {
      await work(isOurs)
      isFailing = false
    } catch (error) {
      if (!isFailing) audit.record('store.unavailable', { error })
      isFailing = true
    }
  }
  return {
    run(isOurs: () => Promise<boolean>): void {
      running ??= attempt(isOurs).finally(() => {
        running = undefined
      })
    },
    over: async () => running,
  }
}
