import { AuthError } from '../../errors.ts'
import type {
  EndSessionInput,
  EndSessionOutcome,
  EndSessionsInput,
  HeldSession,
  Revocation,
} from '../port/sessions.ts'
import type { SessionRow } from '../schema.ts'
import type { Store } from '../store.ts'
import type { Connections, Runner } from './pool/connections.ts'
import { inTurn } from './pool/in-turn.ts'
import { statement } from './pool/statement.ts'
import { type HeldRow, heldOf, shareRotations } from './rotations.ts'

const columns = [
  ...['id', 'user_id', 'generation', 'created_at', 'rotated_at', 'expires_at', 'ends_at', 'device'],
  ...['address', 'revoked_at', 'revoked_reason', 'idempotency_digest'],
]
const sessionColumns = columns.map((name) => `sessions.${name}`).join(', ')

/** Locks the user's row: whoever disables him comes before or after, never between. */
const openSession = statement(
  'open_session',
  `WITH owner AS (
     UPDATE users SET last_login_at = @created_at::bigint
      WHERE id = @user_id AND is_active = 1 AND password_hash = @passwordHash RETURNING id)
   INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address)
   SELECT @id::text, owner.id, 0, @created_at::bigint, @created_at::bigint, @expires_at::bigint, @ends_at::bigint,
          @device::text, @address::text
     FROM owner RETURNING id`,
)

/** A statement of its own: it must see the sessions that were opened while this one waited for the user's row. */
const endOldest = statement(
  'end_surplus',
  `UPDATE sessions SET revoked_at = @now, revoked_reason = 'limit'
    WHERE id IN (SELECT id FROM sessions
                  WHERE user_id = @userId AND id <> @opened AND revoked_at IS NULL AND expires_at > @now
                  ORDER BY id DESC OFFSET @mostOthers)
   RETURNING id`,
)

const held = statement(
  'held_session',
  `SELECT ${sessionColumns}, users.username, users.is_active
     FROM sessions LEFT JOIN users ON users.id = sessions.user_id WHERE sessions.id = @sessionId`,
)

const byId = statement('session_by_id', `SELECT ${columns} FROM sessions WHERE id = @id`)

const liveOfUser = statement(
  'live_sessions_of_user',
  `SELECT ${columns} FROM sessions
    WHERE user_id = @userId AND revoked_at IS NULL AND expires_at > @now ORDER BY id DESC`,
)

const endOne = statement(
  'end_session',
  `UPDATE sessions SET revoked_at = @now, revoked_reason = @reason
    WHERE id = @sessionId AND revoked_at IS NULL RETURNING id`,
)

/** Locks the user's row, too: who opens a session comes before or after. */
const rememberEnd = statement(
  'remember_end_of_sessions',
  'UPDATE users SET sessions_ended_at = @now WHERE id = @userId',
)

const endOfUser = statement(
  'end_sessions_of_user',
  `UPDATE sessions SET revoked_at = @now, revoked_reason = @reason
    WHERE user_id = @userId AND revoked_at IS NULL AND expires_at > @now AND id IS DISTINCT FROM @except::text
   RETURNING id`,
)

const revocations = statement(
  'revocations',
  `SELECT id AS "sessionId", revoked_at AS "revokedAt", revoked_reason AS reason
     FROM sessions WHERE revoked_at >= @since`,
)

const lastOfBatch = statement(
  'last_of_batch',
  `SELECT max(id) AS id, count(*) AS seen, count(CASE WHEN revoked_at IS NULL AND expires_at > @now THEN 1 END) AS live
     FROM (SELECT id, revoked_at, expires_at FROM sessions WHERE id > @after ORDER BY id LIMIT @limit) AS batch`,
)

const deleteEnded = statement(
  'delete_ended',
  `DELETE FROM sessions WHERE id > @after AND id <= @last
      AND (expires_at < @expiredBefore OR revoked_at < @revokedBefore) RETURNING id`,
)

function ids(rows: { id: string }[]): string[] {
  return rows.map(({ id }) => id)
}

/** A session together with what decides about its user. */
export async function heldSession(db: Runner, sessionId: string): Promise<HeldSession | undefined> {
  const [row] = await db.rows<HeldRow>(held, { sessionId })
  return row && heldOf(row)
}

/** Ends a session, unless it has ended already. */
export async function endSession(db: Runner, input: EndSessionInput): Promise<EndSessionOutcome> {
  if ((await db.rows(endOne, input)).length > 0) return 'ended'
  return (await heldSession(db, input.sessionId)) ? 'already_ended' : 'missing'
}

interface Surplus {
  userId: string
  now: number
  /** id of the session that stays whatever its age */
  opened: string
  most: number
}

/** Ends the oldest sessions of a user beyond so many. @returns their ids */
export async function endSurplus(db: Runner, { most, ...surplus }: Surplus): Promise<string[]> {
  return ids(await db.rows<{ id: string }>(endOldest, { ...surplus, mostOthers: most - 1 }))
}

/** Ends the live sessions of a user, and what could still become one. @returns their ids */
export async function endSessionsOfUser(db: Runner, input: EndSessionsInput): Promise<string[]> {
  await db.rows(rememberEnd, input)
  return endLiveSessions(db, input)
}

/** Ends the live sessions of a user, and nothing else. @returns their ids */
export async function endLiveSessions(db: Runner, input: EndSessionsInput): Promise<string[]> {
  return ids(await db.rows<{ id: string }>(endOfUser, input))
}

const mostAttempts = 5

/**
 * Where the update matched nothing, the row is read by a statement of its own: within one, the reading would see what
 * was there before the other rotation for which the update had to wait. Between the two a user may have been enabled
 * again; then the update is due after all.
 */
function rotator(db: Connections): Store['rotateSession'] {
  const rotate = shareRotations(db)
  return async (input) => {
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const rotated = await rotate(input)
      if (rotated) return { outcome: 'rotated', held: heldOf(rotated) }
      const found = await heldSession(db, input.sessionId)
      if (!found || !mayRotate(found, input)) return { outcome: 'unchanged', held: found }
    }
    throw new AuthError('unavailable', { retryAfterSeconds: 1, reason: 'the session changes all the time' })
  }
}

function mayRotate(
  { session, userIsActive }: HeldSession,
  { generation, now }: Parameters<Store['rotateSession']>[0],
): boolean {
  const isCurrent = session.generation === generation && session.revoked_at === null
  return isCurrent && session.expires_at > now && userIsActive
}

type SessionVerbs = Pick<
  Store,
  | 'openSession'
  | 'rotateSession'
  | 'endSession'
  | 'endSessionsOfUser'
  | 'findSession'
  | 'listSessionsOfUser'
  | 'listRevocations'
  | 'deleteEndedSessions'
>

/** The verbs about sessions. */
export function sessionVerbs(db: Connections): SessionVerbs {
  return {
    openSession: ({ session, passwordHash, maxSessionsPerUser }) =>
      inTurn(db, async (runner) => {
        const opened = await runner.rows(openSession, { ...session, passwordHash })
        if (opened.length === 0) return { outcome: 'refused' }
        const { id, user_id: userId, created_at: now } = session
        const surplus = { userId, now, opened: id, most: maxSessionsPerUser }
        return { outcome: 'opened', ended: await endSurplus(runner, surplus) }
      }),
    rotateSession: rotator(db),
    endSession: (input) => endSession(db, input),
    endSessionsOfUser: (input) => inTurn(db, (runner) => endSessionsOfUser(runner, input)),
    findSession: async (id) => (await db.rows<SessionRow>(byId, { id }))[0],
    listSessionsOfUser: (userId, now) => db.rows<SessionRow>(liveOfUser, { userId, now }),
    listRevocations: (since) => db.rows<Revocation>(revocations, { since }),
    async deleteEndedSessions(input) {
      const [batch] = await db.rows<{ id: string | null; seen: number; live: number }>(lastOfBatch, input)
      if (!batch?.id) return { deleted: 0, live: 0, next: undefined }
      const deleted = (await db.rows(deleteEnded, { ...input, last: batch.id })).length
      return { deleted, live: batch.live, next: batch.seen < input.limit ? undefined : batch.id }
    },
  }
}
