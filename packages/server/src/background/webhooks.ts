import type { Deployment } from '../app/deployment.ts'
import type { Lease } from './lease.ts'
import { repeat } from './repeat.ts'

const deliverEveryMs = 1_000

/**
 * Tells events to their receivers, where there are any. One process does it for all that share a database; where two do
 * it for a moment, a receiver gets an event twice.
 * @returns functions that end its jobs
 */
export function startWebhooks({ audit, webhooks }: Deployment, lease: Lease): (() => Promise<void>)[] {
  if (!webhooks) return []
  const stop = repeat(audit, deliverEveryMs, async () => {
    if (await lease.isHeld()) webhooks.run(() => lease.isHeld())
  })
  return [
    async () => {
      await stop()
      await webhooks.stop()
    },
  ]
}
