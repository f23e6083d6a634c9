import type { Audit } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import type { AuditRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { headersOf, isWanted, messageOf } from './message.ts'
import { type PostOutcome, post } from './post.ts'
import { cursorOf, receiverId } from './receivers.ts'

export interface EndpointOptions {
  url: string
  keys: readonly Buffer[]
  events: readonly string[]
  privateAddresses: 'refuse' | 'allow'
  store: Pick<Store, 'readChain' | 'readEvents' | 'readCursor' | 'moveCursor'>
  audit: Audit
  clock: Clock
  signal: AbortSignal
}

const pageSize = 100
const firstDelayMs = 1_000
const mostDelayMs = 3_600_000

/**
 * One receiver of events, which gets them in the order of the chain, each at least once: it gets the next when it has
 * taken the one before. How far it has come is in the database, so nothing is lost by whoever ends us.
 * @returns a function that delivers what is due, as long as it is ours to do; it rejects where the database does not
 *   answer
 */
export function createEndpoint(options: EndpointOptions): (isOurs: () => Promise<boolean>) => Promise<void> {
  const { url, store, clock, signal } = options
  const name = cursorOf(receiverId(url))
  let failures = 0
  let dueAt = 0

  async function deliver(row: AuditRow): Promise<boolean> {
    if (!isWanted(options.events, row.event)) return true
    const outcome = await postEvent(options, row)
    if (signal.aborted && !outcome.taken) return false
    tell(options, row, { outcome, failures })
    failures = outcome.taken ? 0 : failures + 1
    if (!outcome.taken) dueAt = clock() + delayAfter(failures)
    return outcome.taken
  }

  /** @returns whether there may be more */
  async function deliverPage(after: number): Promise<number | undefined> {
    const rows = await store.readEvents({ after, limit: pageSize })
    for (const row of rows) {
      if (!(await deliver(row))) return undefined
      if (isWanted(options.events, row.event)) await store.moveCursor({ name, number: row.number })
    }
    const last = rows.at(-1)
    if (last) await store.moveCursor({ name, number: last.number })
    return last?.number
  }

  return async (isOurs) => {
    if (clock() < dueAt) return
    let after: number | undefined = await begin(store, name)
    while (after !== undefined && !signal.aborted && (await isOurs())) after = await deliverPage(after)
  }
}

/** An endpoint that is new begins with what happens from now on. */
async function begin(store: EndpointOptions['store'], name: string): Promise<number> {
  const known = await store.readCursor(name)
  if (known !== undefined) return known
  const { last_number: number } = await store.readChain()
  await store.moveCursor({ name, number })
  return number
}

/** Posts one event, once. */
export function postEvent(
  { url, keys, privateAddresses, clock, signal }: Omit<EndpointOptions, 'store' | 'audit' | 'events'>,
  row: AuditRow,
): Promise<PostOutcome> {
  const message = messageOf(row)
  return post({
    url,
    headers: headersOf(keys, message, clock()),
    body: message.body,
    privateAddresses,
    signal,
  })
}

/** Twice as long each time, up to an hour; within it by chance, so that many do not come at once. */
function delayAfter(failures: number): number {
  const most = Math.min(mostDelayMs, firstDelayMs * 2 ** Math.min(failures, 20))
  return most * (0.5 + Math.random() / 2)
}

interface Told {
  outcome: PostOutcome
  /** before this one */
  failures: number
}

function tell({ audit, url }: EndpointOptions, { number }: AuditRow, { outcome, failures }: Told): void {
  const { host: address } = new URL(url)
  if (outcome.taken) audit.record('webhook.delivered', { address, number })
  else audit.record('webhook.failed', { address, number, reason: outcome.reason, count: failures + 1 })
}
