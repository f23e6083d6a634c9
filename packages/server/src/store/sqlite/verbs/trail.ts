import { chained, lastBefore, theChain } from '../../audit-chain.ts'
import type { AuditChainRow, AuditRow } from '../../schema.ts'
import type { Connection } from '../connection.ts'
import type { Verbs } from './verb.ts'

const chainSql = 'SELECT * FROM audit_chain'

const byIdSql = 'SELECT id FROM audit_events WHERE id = @id'

/** Of a user who is gone nothing personal is kept, whenever the event arrives. */
const isKnown = '@user_id IS NULL OR EXISTS (SELECT 1 FROM users WHERE id = @user_id)'

const insertSql = `
  INSERT INTO audit_events (number, id, happened_at, event, result, code, request_id, actor_id, user_id, session_id,
                            details, personal, personal_salt, personal_digest, chain)
  VALUES (@number, @id, @happened_at, @event, @result, @code, @request_id, @actor_id, @user_id, @session_id,
          @details, CASE WHEN ${isKnown} THEN @personal END, CASE WHEN ${isKnown} THEN @personal_salt END,
          @personal_digest, @chain)`

const addCountSql = `
  INSERT INTO event_counts (id, hour, event, count) VALUES (CAST(@hour AS TEXT) || ' ' || @event, @hour, @event, @count)
      ON CONFLICT (id) DO UPDATE SET count = event_counts.count + excluded.count`

const deleteCountsSql = 'DELETE FROM event_counts WHERE hour < @before - 3600000'

const moveEndSql = 'UPDATE audit_chain SET last_number = @number, last_chain = @chain'

const eraseSql = `
  UPDATE audit_events SET personal = NULL, personal_salt = NULL
   WHERE user_id = @userId AND personal IS NOT NULL`

const beginningSql = 'SELECT number, happened_at, chain FROM audit_events ORDER BY number LIMIT @limit'

const deleteSql = 'DELETE FROM audit_events WHERE number <= @number RETURNING number'

const moveBeginningSql = 'UPDATE audit_chain SET kept_after = @number, kept_chain = @chain'

/** Takes what is personal out of a user's events; the chain stays whole. */
export function erasePersonal(db: Connection, userId: string): void {
  db.rows(eraseSql, { userId })
}

/** The verbs about the trail. */
export const trailVerbs: Verbs<'appendEvents' | 'deleteOldEvents'> = {
  appendEvents(db, { events, counts = [] }) {
    const fresh = events.filter(({ id }) => db.rows(byIdSql, { id }).length === 0)
    const rows = chained(theChain(db.rows<AuditChainRow>(chainSql, {})), fresh)
    for (const row of rows) db.rows(insertSql, row)
    const last = rows.at(-1)
    if (!last) return
    db.rows(moveEndSql, last)
    for (const count of counts) db.rows(addCountSql, count)
  },
  deleteOldEvents(db, { before, limit }) {
    const last = lastBefore(db.rows<AuditRow>(beginningSql, { limit }), before)
    if (!last) return 0
    db.rows(moveBeginningSql, last)
    db.rows(deleteCountsSql, { before })
    return db.rows(deleteSql, last).length
  },
}
