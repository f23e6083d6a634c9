import { hourOf } from '../../audit/trail/counts.ts'
import { detailsOf, hex, personalOf } from '../../audit/trail/event-json.ts'
import type { AuditFilter } from '../../store/port/trail.ts'
import type { AuditRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { isoText } from '../../times.ts'
import type { AdminEvent, AdminEventDetail } from '../answers.ts'
import { usernamesOf } from '../users/names-of.ts'

export interface EventsDeps {
  store: Pick<Store, 'listEvents' | 'readEvents' | 'readChain' | 'listUsernames'>
}

export interface EventsWanted extends Omit<AuditFilter, 'after'> {
  /** epoch milliseconds */
  since?: number | undefined
  until?: number | undefined
}

/** So many events are looked at for one page, where no index finds what is asked for. */
const mostScanned = 20_000

/** Processes write what they gathered one after the other, so instants are in order but for so long. */
const disorderMs = 3_600_000

/**
 * A page of events, newest first. It may have fewer than asked for, and still not be the last.
 * @returns `next` is what `before` takes for the next page
 */
export async function listEvents({ store }: EventsDeps, wanted: EventsWanted) {
  const { since, until, ...filter } = wanted
  const { last_number, kept_after } = await store.readChain()
  const bounds = { first: kept_after, last: last_number + 1 }
  const top = until === undefined ? bounds.last : await numberAt(store, until + disorderMs, bounds)
  const before = Math.min(filter.before ?? bounds.last, top)
  const bottom = since === undefined ? kept_after : await numberAt(store, since - disorderMs, bounds)
  const isIndexed = [filter.userId, filter.requestId, filter.actorId].some((one) => one !== undefined)
  const after = isIndexed ? bottom - 1 : Math.max(bottom - 1, before - mostScanned - 1)
  const found = await store.listEvents({ ...filter, before, after })
  const rows = found.filter(({ happened_at: at }) => at >= (since ?? 0) && at <= (until ?? at))
  const last = found.at(-1)
  const isFull = found.length >= filter.limit
  const end = isFull ? last?.number : after + 1
  return { rows, next: end !== undefined && end > Math.max(bottom, kept_after + 1) ? end : undefined }
}

/** The number from which on events happened at the instant or later; numbers have no gap, so it is found by halving. */
async function numberAt(
  store: EventsDeps['store'],
  instant: number,
  { first, last }: { first: number; last: number },
): Promise<number> {
  let [low, high] = [first, last]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [row] = await store.readEvents({ after: middle, limit: 1 })
    if (row && row.happened_at < instant) low = middle + 1
    else high = middle
  }
  return low + 1
}

/** Events as an administrator reads them, with the names of those who are still there. */
export async function describeEvents(
  { store }: EventsDeps,
  rows: readonly AuditRow[],
): Promise<AdminEvent[]> {
  const names = await usernamesOf(
    store,
    rows.flatMap(({ actor_id, user_id }) => [actor_id, user_id]),
  )
  return rows.map((row) => describe(row, names))
}

function describe(row: AuditRow, names: ReadonlyMap<string, string>): AdminEvent {
  const { changes, ...details } = detailsOf(row)
  const { client_ip = null, device = null, changes: personal } = personalOf(row)
  return {
    ...{ number: row.number, id: row.id, time: isoText(row.happened_at) },
    ...{ event: row.event, result: row.result, code: row.code, request_id: row.request_id },
    ...{ actor: row.actor_id, actor_name: names.get(row.actor_id ?? '') ?? null },
    ...{ user_id: row.user_id, user_name: names.get(row.user_id ?? '') ?? null },
    ...{ session_id: row.session_id, client_ip, device },
    changes: changes || personal ? { ...changes, ...personal } : null,
    details: Object.keys(details).length > 0 ? { ...details } : null,
  }
}

/** One event with what ties it to the others. */
export async function findEvent(deps: EventsDeps, number: number): Promise<AdminEventDetail | undefined> {
  const [row] = await deps.store.readEvents({ after: number - 1, limit: 1 })
  if (row?.number !== number) return undefined
  const [described] = await describeEvents(deps, [row])
  return described && { ...described, personal_digest: hex(row.personal_digest), chain: hex(row.chain) }
}

/** All events from an instant on, oldest first, a page after the other. */
export async function* eachEvent({ store }: EventsDeps, since: number): AsyncGenerator<AuditRow> {
  let after = 0
  if (since > 0) {
    const { kept_after, last_number } = await store.readChain()
    const bounds = { first: kept_after, last: last_number + 1 }
    after = Math.max(0, (await numberAt(store, hourOf(since) - disorderMs, bounds)) - 1)
  }
  for (;;) {
    const rows = await store.readEvents({ after, limit: 500 })
    yield* rows.filter(({ happened_at }) => happened_at >= since)
    const last = rows.at(-1)
    if (!last) return
    after = last.number
  }
}
