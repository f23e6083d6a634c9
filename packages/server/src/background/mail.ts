import type { Deployment } from '../app/deployment.ts'
import type { Lease } from './lease.ts'
import { repeat } from './repeat.ts'

const sendEveryMs = 1_000
const retentionEveryMs = 60_000
/** What was sent is known for so long: when, to whom, and no more. */
const keptMs = 30 * 86_400_000
const deleteBatch = 500

/**
 * Sends what is in the outbox, where there is somebody to send it by, and deletes what is long done. One process does it
 * for all that share a database; a second that does it too for a moment does no harm.
 * @returns functions that end its jobs, each waiting for what is under way
 */
export function startMail(
  { audit, clock, outbox, store }: Deployment,
  lease: Lease,
): (() => Promise<void>)[] {
  const deleteOld = repeat(audit, retentionEveryMs, async () => {
    if (!(await lease.isHeld())) return
    const before = clock() - keptMs
    while ((await store.deleteOldMails({ before, limit: deleteBatch })) === deleteBatch);
  })
  if (!outbox) return [deleteOld]
  const send = repeat(audit, sendEveryMs, async () => {
    if (await lease.isHeld()) await outbox.run()
  })
  const stop = () => {
    outbox.stop()
    return send()
  }
  return [deleteOld, stop]
}
