import { chained, lastBefore, theChain } from '../audit-chain.ts'
import type { AuditChainRow, AuditRow, EventCount } from '../schema.ts'
import type { Store } from '../store.ts'
import type { Connections, Runner } from './pool/connections.ts'
import { inTurn } from './pool/in-turn.ts'
import { statement } from './pool/statement.ts'

const chainColumns = 'id, last_number, last_chain, kept_after, kept_chain'

const columns = `number, id, happened_at, event, result, code, request_id, actor_id, user_id, session_id,
  details, personal, personal_salt, personal_digest, chain`

const readChain = statement('audit_chain', `SELECT ${chainColumns} FROM audit_chain`)

/** Whoever appends or deletes holds it: so the chain has no gap and no fork. */
const lockChain = statement('lock_audit_chain', `SELECT ${chainColumns} FROM audit_chain FOR UPDATE`)

const known = statement('known_events', 'SELECT id FROM audit_events WHERE id = ANY(@ids::text[])')

/** Of a user who is gone nothing personal is kept, whenever the event arrives. */
const isKnown = 'user_id IS NULL OR EXISTS (SELECT 1 FROM users WHERE users.id = user_id)'

const keptColumns = columns.replace(/\bpersonal(_salt)?(?=,)/g, `CASE WHEN ${isKnown} THEN $& END`)

/** Any number of events is one statement: each column is one parameter, an array. */
const insert = statement(
  'insert_events',
  `INSERT INTO audit_events (${columns})
   SELECT ${keptColumns}
     FROM unnest(@number::bigint[], @id::text[], @happened_at::bigint[], @event::text[], @result::text[],
                 @code::text[], @request_id::text[], @actor_id::text[], @user_id::text[], @session_id::text[],
                 @details::text[], @personal::text[], @personal_salt::bytea[], @personal_digest::bytea[],
                 @chain::bytea[]) AS appended (${columns})`,
)

const addCounts = statement(
  'add_event_counts',
  `INSERT INTO event_counts (id, hour, event, count)
   SELECT hour::text || ' ' || event, hour, event, count
     FROM unnest(@hours::bigint[], @events::text[], @numbers::bigint[]) AS added (hour, event, count)
       ON CONFLICT (id) DO UPDATE SET count = event_counts.count + excluded.count`,
)

const listCounts = statement(
  'event_counts',
  'SELECT hour, event, count FROM event_counts WHERE hour >= @since',
)

const deleteCounts = statement(
  'delete_event_counts',
  'DELETE FROM event_counts WHERE hour < @before::bigint - 3600000',
)

const moveEnd = statement('move_end', 'UPDATE audit_chain SET last_number = @number, last_chain = @chain')

const inOrder = statement(
  'events_in_order',
  `SELECT ${columns} FROM audit_events WHERE number > @after ORDER BY number LIMIT @limit`,
)

const erase = statement(
  'erase_personal',
  `UPDATE audit_events SET personal = NULL, personal_salt = NULL
    WHERE user_id = @userId AND personal IS NOT NULL`,
)

const beginning = statement(
  'beginning_of_trail',
  'SELECT number, happened_at, chain FROM audit_events ORDER BY number LIMIT @limit',
)

const deleteBeginning = statement(
  'delete_events',
  'DELETE FROM audit_events WHERE number <= @number RETURNING number',
)

const moveBeginning = statement(
  'move_beginning',
  'UPDATE audit_chain SET kept_after = @number, kept_chain = @chain',
)

function columnwise(rows: readonly AuditRow[]): Record<string, unknown[]> {
  const names = columns.split(/,\s*/) as (keyof AuditRow)[]
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => forDriver(row[name]))]))
}

function countColumns(counts: readonly EventCount[]) {
  return {
    hours: counts.map(({ hour }) => hour),
    events: counts.map(({ event }) => event),
    numbers: counts.map(({ count }) => count),
  }
}

/** In an array the driver knows bytes only as its own kind. */
function forDriver(value: AuditRow[keyof AuditRow]): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : value
}

/**
 * Takes what is personal out of a user's events; the chain stays whole. Whoever appends at this moment comes before and
 * is seen, or after, and finds the user gone.
 */
export async function erasePersonal(db: Runner, userId: string): Promise<void> {
  await db.rows(lockChain, {})
  await db.rows(erase, { userId })
}

type TrailVerbs = Pick<
  Store,
  'appendEvents' | 'listEventCounts' | 'readChain' | 'readEvents' | 'deleteOldEvents'
>

/** The verbs about the trail. */
export function trailVerbs(db: Connections): TrailVerbs {
  return {
    appendEvents: ({ events, counts = [] }) =>
      inTurn(db, async (runner) => {
        const end = theChain(await runner.rows<AuditChainRow>(lockChain, {}))
        const there = await runner.rows<{ id: string }>(known, { ids: events.map(({ id }) => id) })
        const ids = new Set(there.map(({ id }) => id))
        const rows = chained(
          end,
          events.filter(({ id }) => !ids.has(id)),
        )
        const last = rows.at(-1)
        if (!last) return
        await runner.rows(insert, columnwise(rows))
        await runner.rows(moveEnd, last)
        if (counts.length > 0) await runner.rows(addCounts, countColumns(counts))
      }),
    listEventCounts: (since) => db.rows<EventCount>(listCounts, { since }),
    readChain: async () => theChain(await db.rows<AuditChainRow>(readChain, {})),
    readEvents: (input) => db.rows<AuditRow>(inOrder, input),
    deleteOldEvents: ({ before, limit }) =>
      inTurn(db, async (runner) => {
        await runner.rows(lockChain, {})
        const last = lastBefore(await runner.rows<AuditRow>(beginning, { limit }), before)
        if (!last) return 0
        await runner.rows(moveBeginning, last)
        await runner.rows(deleteCounts, { before })
        return (await runner.rows(deleteBeginning, last)).length
      }),
  }
}
