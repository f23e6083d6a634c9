import type {
  EndSessionInput,
  EndSessionOutcome,
  EndSessionsInput,
  HeldSession,
  RotateSessionInput,
  RotateSessionOutcome,
} from '../../port/sessions.ts'
import type { SessionRow } from '../../schema.ts'
import type { Connection } from '../connection.ts'
import { ids, type Verbs } from './verb.ts'

const openSql = `
  INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address)
  SELECT @id, users.id, 0, @created_at, @created_at, @expires_at, @ends_at, @device, @address
    FROM users WHERE users.id = @user_id AND users.is_active = 1 AND users.password_hash = @passwordHash
  RETURNING id`

const rememberLoginSql = 'UPDATE users SET last_login_at = @now WHERE id = @userId'

/** The session just opened always stays: under a clock that runs behind, its id is not the newest. */
const endSurplusSql = `
  UPDATE sessions SET revoked_at = @now, revoked_reason = 'limit'
   WHERE id IN (SELECT id FROM sessions
                 WHERE user_id = @userId AND id <> @opened AND revoked_at IS NULL AND expires_at > @now
                 ORDER BY id DESC LIMIT 1000000 OFFSET @mostOthers)
  RETURNING id`

/** The whole of a refresh: the row count decides, never a read before it. */
const rotateSql = `
  UPDATE sessions
     SET generation = generation + 1, rotated_at = @now, idempotency_digest = @idempotencyDigest,
         expires_at = CASE WHEN ends_at < @expiresAt THEN ends_at ELSE @expiresAt END
   WHERE id = @sessionId AND generation = @generation AND revoked_at IS NULL AND expires_at > @now
     AND EXISTS (SELECT 1 FROM users WHERE users.id = sessions.user_id AND users.is_active = 1)
  RETURNING *, (SELECT username FROM users WHERE users.id = sessions.user_id) AS username, 1 AS is_active`

const heldSql = `
  SELECT sessions.*, users.username AS username, users.is_active AS is_active
    FROM sessions LEFT JOIN users ON users.id = sessions.user_id WHERE sessions.id = @sessionId`

const endSql = `
  UPDATE sessions SET revoked_at = @now, revoked_reason = @reason
   WHERE id = @sessionId AND revoked_at IS NULL RETURNING id`

const rememberEndSql = 'UPDATE users SET sessions_ended_at = @now WHERE id = @userId'

const endOfUserSql = `
  UPDATE sessions SET revoked_at = @now, revoked_reason = @reason
   WHERE user_id = @userId AND revoked_at IS NULL AND expires_at > @now AND id IS NOT @except RETURNING id`

const lastOfBatchSql = `
  SELECT max(id) AS id, count(*) AS seen, count(CASE WHEN revoked_at IS NULL AND expires_at > @now THEN 1 END) AS live
    FROM (SELECT id, revoked_at, expires_at FROM sessions WHERE id > @after ORDER BY id LIMIT @limit)`

const deleteEndedSql = `
  DELETE FROM sessions WHERE id > @after AND id <= @last
     AND (expires_at < @expiredBefore OR revoked_at < @revokedBefore) RETURNING id`

type HeldRow = SessionRow & { username: string | null; is_active: number | null }

function held({ username, is_active, ...session }: HeldRow) {
  return { session, username: username ?? '', userIsActive: is_active === 1 }
}

/** A session together with what decides about its user. */
export function heldSession(db: Connection, sessionId: string): HeldSession | undefined {
  const [row] = db.rows<HeldRow>(heldSql, { sessionId })
  return row && held(row)
}

/** Ends a session, unless it has ended already. */
export function endSession(db: Connection, input: EndSessionInput): EndSessionOutcome {
  if (db.rows(endSql, input).length > 0) return 'ended'
  return heldSession(db, input.sessionId) ? 'already_ended' : 'missing'
}

interface Surplus {
  userId: string
  now: number
  /** id of the session that stays whatever its age */
  opened: string
  most: number
}

/** Ends the oldest sessions of a user beyond so many. @returns their ids */
export function endSurplus(db: Connection, { most, ...surplus }: Surplus): string[] {
  return ids(db.rows<{ id: string }>(endSurplusSql, { ...surplus, mostOthers: most - 1 }))
}

/** Ends the live sessions of a user, and what could still become one. @returns their ids */
export function endSessionsOfUser(db: Connection, input: EndSessionsInput): string[] {
  db.rows(rememberEndSql, input)
  return endLiveSessions(db, input)
}

/** Ends the live sessions of a user, and nothing else. @returns their ids */
export function endLiveSessions(db: Connection, input: EndSessionsInput): string[] {
  return ids(db.rows<{ id: string }>(endOfUserSql, { except: null, ...input }))
}

function rotated(db: Connection, input: RotateSessionInput): RotateSessionOutcome {
  const [row] = db.rows<HeldRow>(rotateSql, input)
  if (row) return { outcome: 'rotated', held: held(row) }
  return { outcome: 'unchanged', held: heldSession(db, input.sessionId) }
}

type SessionVerbs = Verbs<
  'openSession' | 'rotateSession' | 'endSession' | 'endSessionsOfUser' | 'deleteEndedSessions'
>

/** The verbs about sessions. */
export const sessionVerbs: SessionVerbs = {
  openSession(db, { session, passwordHash, maxSessionsPerUser }) {
    if (db.rows(openSql, { ...session, passwordHash }).length === 0) return { outcome: 'refused' }
    const user = { userId: session.user_id, now: session.created_at }
    db.rows(rememberLoginSql, user)
    return {
      outcome: 'opened',
      ended: endSurplus(db, { ...user, opened: session.id, most: maxSessionsPerUser }),
    }
  },
  rotateSession: rotated,
  endSession,
  endSessionsOfUser,
  deleteEndedSessions(db, input) {
    const [batch] = db.rows<{ id: string | null; seen: number; live: number }>(lastOfBatchSql, input)
    if (!batch?.id) return { deleted: 0, live: 0, next: undefined }
    const deleted = db.rows(deleteEndedSql, { ...input, last: batch.id }).length
    return { deleted, live: batch.live, next: batch.seen < input.limit ? undefined : batch.id }
  },
}
