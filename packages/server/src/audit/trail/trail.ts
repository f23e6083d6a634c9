import type { Clock } from '../../clock.ts'
import { AuthError } from '../../errors.ts'
import type { NewAuditEvent } from '../../store/port/trail.ts'
import type { EventCount } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { type Audit, type EventFields, type EventName, events } from '../events.ts'
import { createBudget } from './budget.ts'
import { countsOf } from './counts.ts'
import { type Recorded, toRow } from './rows.ts'

/** An audit that keeps what matters in the table of events, and passes all of it on to the log. */
export interface Trail extends Audit {
  /** Resolves once everything recorded before is in the table, or the database has refused it. Never rejects. */
  flush(): Promise<void>
  /**
   * For the end of a process: tells what was thinned, and flushes.
   * @returns how many events are lost, because the database did not take them
   */
  close(): Promise<number>
}

export interface TrailOptions {
  /** the log */
  audit: Audit
  store: Pick<Store, 'appendEvents'>
  clock: Clock
}

/** A request does not wait for its event, so this much of the trail a `kill -9` can take with it. */
const gatherMs = 50
/** Between two attempts while the database is away. */
const retryMs = 1_000
const maxBatch = 256
/** Some megabytes. While the database is away the first events are kept, since they tell how it began. */
const maxWaiting = 10_000
/** A flood has one line for each kind of event in this time. */
const tellThinnedMs = 60_000

/** Nothing is written by `record` itself: it costs its caller less than a line of the log does. */
export function openTrail({ audit, store, clock }: TrailOptions): Trail {
  const budget = createBudget()
  const waiting: Recorded[] = []
  const writer = openWriter(audit, store, waiting)
  const gathering = openTimer(() => void writer.write().then(rest))
  const telling = openTimer(tellThinned)

  function rest(isDone: boolean): void {
    if (!isDone) gathering.start(retryMs)
    else if (writer.lost() > 0) record('audit.dropped', { count: writer.takeLost() })
  }

  function record(event: EventName, fields: EventFields): void {
    const { personal_changes: _, ...told } = fields
    audit.record(event, fields.personal_changes ? told : fields)
    const { trail } = events[event]
    if (trail === 'log') return
    const happenedAt = clock()
    const about = fields.user_id === undefined ? 'nobody' : 'user'
    if (trail === 'kept' || budget.admits({ event, about }, happenedAt)) keep({ event, fields, happenedAt })
    else telling.start(tellThinnedMs)
  }

  function keep(recorded: Recorded): void {
    if (waiting.length < maxWaiting) waiting.push(recorded)
    else writer.lose(1)
    gathering.start(gatherMs)
  }

  function tellThinned(): void {
    for (const { event, count } of budget.takeThinned()) record('audit.thinned', { about: event, count })
  }

  async function flush(): Promise<void> {
    rest(await writer.write())
  }

  return {
    record,
    flush,
    async close() {
      tellThinned()
      await flush()
      // That some were lost while the database was away is an event too.
      await flush()
      gathering.stop()
      telling.stop()
      return writer.unwritten() + writer.lost()
    },
  }
}

/** Writes what waits, a batch after the other, one at a time. */
function openWriter(audit: Audit, store: TrailOptions['store'], waiting: Recorded[]) {
  /** written again as it is until the database has taken it: then it is there once, whatever was heard of it */
  let batch: { events: NewAuditEvent[]; counts: EventCount[] } = { events: [], counts: [] }
  let writing: Promise<boolean> | undefined
  let isFailing = false
  let lost = 0

  async function writeAll(): Promise<boolean> {
    try {
      while (batch.events.length > 0 || waiting.length > 0) {
        if (batch.events.length === 0) batch = batchOf(waiting.splice(0, maxBatch))
        await store.appendEvents(batch)
        batch = batchOf([])
      }
      isFailing = false
      return true
    } catch (error) {
      if (!isFailing) audit.record('store.unavailable', { error })
      isFailing = true
      // What the database would never take must not keep out what comes after it.
      if (!(error instanceof AuthError)) lose(batch.events.splice(0).length)
      return false
    }
  }

  function lose(count: number): void {
    lost += count
  }

  return {
    /** @returns whether all of it is written */
    write(): Promise<boolean> {
      writing ??= writeAll().finally(() => {
        writing = undefined
      })
      return writing
    },
    lose,
    lost: () => lost,
    takeLost() {
      const taken = lost
      lost = 0
      return taken
    },
    unwritten: () => batch.events.length + waiting.length,
  }
}

function batchOf(recorded: readonly Recorded[]) {
  return { events: recorded.map(toRow), counts: countsOf(recorded) }
}

/** One timer at a time, which does not keep the process alive. */
function openTimer(work: () => void) {
  let timer: NodeJS.Timeout | undefined
  return {
    start(ms: number): void {
      timer ??= setTimeout(() => {
        timer = undefined
        work()
      }, ms).unref()
    },
    stop(): void {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
