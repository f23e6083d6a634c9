import type { RotateSessionInput, SessionRow, SigningKeyRow, Store, TakenField, UserRow } from '../store.ts'
import { type Connection, isConstraintFault } from './connection.ts'

/** The verbs that write. Each runs inside a savepoint of its own; what it throws undoes it and nothing else. */
export type WriteVerbs = Pick<
  Store,
  | 'createUser'
  | 'updateUser'
  | 'rehashPassword'
  | 'deleteUser'
  | 'openSession'
  | 'rotateSession'
  | 'endSession'
  | 'endSessionsOfUser'
  | 'deleteEndedSessions'
  | 'changeKeys'
  | 'holdLease'
  | 'releaseLease'
>
export type WriteVerb = keyof WriteVerbs
type Input<V extends WriteVerb> = Parameters<WriteVerbs[V]>[0]
type Outcome<V extends WriteVerb> = Awaited<ReturnType<WriteVerbs[V]>>
export type WriteTable = { [V in WriteVerb]: (db: Connection, input: Input<V>) => Outcome<V> }

const insertUserSql = `
  INSERT INTO users (id, username, username_canonical, email, email_canonical, password_hash,
                     is_active, is_staff, is_superuser, created_at)
  VALUES (@id, @username, @username_canonical, @email, @email_canonical, @password_hash,
          @is_active, @is_staff, @is_superuser, @created_at)`

const takenSql = `
  SELECT username_canonical, email_canonical FROM users
   WHERE username_canonical = @username_canonical OR email_canonical = @email_canonical`

const updateUserSql = `
  UPDATE users
     SET is_active = coalesce(@is_active, is_active), is_staff = coalesce(@is_staff, is_staff),
         is_superuser = coalesce(@is_superuser, is_superuser),
         password_hash = coalesce(@password_hash, password_hash)
   WHERE id = @userId RETURNING id`

/** What `updateUserSql` leaves as it is. */
const unchangedUser = { is_active: null, is_staff: null, is_superuser: null, password_hash: null }

const deleteUserSql = 'DELETE FROM users WHERE id = @userId RETURNING id'

const insertKeySql = `
  INSERT INTO signing_keys (kid, algorithm, state, public_jwk, private_sealed, created_at, activated_at, retires_at)
  VALUES (@kid, @algorithm, @state, @public_jwk, @private_sealed, @created_at, @activated_at, @retires_at)`

const keyInStateSql = 'SELECT * FROM signing_keys WHERE kid = @kid AND state = @from'

const updateKeySql = `
  UPDATE signing_keys
     SET state = @state, private_sealed = @private_sealed, activated_at = @activated_at, retires_at = @retires_at
   WHERE kid = @kid`

const openSessionSql = `
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

const endSessionSql = `
  UPDATE sessions SET revoked_at = @now, revoked_reason = @reason
   WHERE id = @sessionId AND revoked_at IS NULL RETURNING id`

const endSessionsOfUserSql = `
  UPDATE sessions SET revoked_at = @now, revoked_reason = @reason
   WHERE user_id = @userId AND revoked_at IS NULL AND expires_at > @now RETURNING id`

const rehashSql = 'UPDATE users SET password_hash = @to WHERE id = @userId AND password_hash = @from'

const lastOfBatchSql = `
  SELECT max(id) AS id, count(*) AS seen, count(CASE WHEN revoked_at IS NULL AND expires_at > @now THEN 1 END) AS live
    FROM (SELECT id, revoked_at, expires_at FROM sessions WHERE id > @after ORDER BY id LIMIT @limit)`

const deleteEndedSql = `
  DELETE FROM sessions WHERE id > @after AND id <= @last
     AND (expires_at < @expiredBefore OR revoked_at < @revokedBefore) RETURNING id`

const holdLeaseSql = `
  INSERT INTO leases (name, holder, expires_at) VALUES (@name, @holder, @expiresAt)
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
   WHERE leases.holder = excluded.holder OR leases.expires_at <= @now
  RETURNING name`

const releaseLeaseSql = 'DELETE FROM leases WHERE name = @name AND holder = @holder'

type HeldRow = SessionRow & { username: string | null; is_active: number | null }

function held({ username, is_active, ...session }: HeldRow) {
  return { session, username: username ?? '', userIsActive: is_active === 1 }
}

function ids(rows: { id: string }[]): string[] {
  return rows.map((row) => row.id)
}

function endSessionsOfUser(db: Connection, input: Input<'endSessionsOfUser'>): string[] {
  return ids(db.rows<{ id: string }>(endSessionsOfUserSql, input))
}

/** Which of the two names somebody has. */
export function takenFields(db: Connection, user: Parameters<Store['findTaken']>[0]): TakenField[] {
  const rows = db.rows<Pick<UserRow, 'username_canonical' | 'email_canonical'>>(takenSql, user)
  const fields: TakenField[] = []
  if (rows.some((row) => row.username_canonical === user.username_canonical)) fields.push('username')
  if (rows.some((row) => user.email_canonical !== null && row.email_canonical === user.email_canonical)) {
    fields.push('email')
  }
  return fields
}

function rotated(db: Connection, input: RotateSessionInput): Outcome<'rotateSession'> {
  const [row] = db.rows<HeldRow>(rotateSql, input)
  if (row) return { outcome: 'rotated', held: held(row) }
  const [unchanged] = db.rows<HeldRow>(heldSql, { sessionId: input.sessionId })
  return { outcome: 'unchanged', held: unchanged && held(unchanged) }
}

class KeyConflict extends Error {}

function moveKey(db: Connection, { kid, from, set }: Input<'changeKeys'>['move'][number]): void {
  const [key] = db.rows<SigningKeyRow>(keyInStateSql, { kid, from })
  if (!key) throw new KeyConflict()
  db.rows(updateKeySql, { ...key, ...set })
}

/** What each verb does to the database, one entry a verb. */
export const writeTable: WriteTable = {
  createUser(db, user) {
    try {
      db.rows(insertUserSql, user)
      return { outcome: 'created' }
    } catch (thrown) {
      const fields = isConstraintFault(thrown) ? takenFields(db, user) : []
      if (fields.length === 0) throw thrown
      return { outcome: 'taken', fields }
    }
  },
  updateUser(db, { userId, set, endSessions }) {
    if (db.rows(updateUserSql, { userId, ...unchangedUser, ...set }).length === 0)
      return { outcome: 'missing' }
    return { outcome: 'updated', ended: endSessions ? endSessionsOfUser(db, { userId, ...endSessions }) : [] }
  },
  rehashPassword(db, input) {
    db.rows(rehashSql, input)
  },
  deleteUser(db, { userId, now }) {
    const ended = endSessionsOfUser(db, { userId, now, reason: 'user_deleted' })
    if (db.rows(deleteUserSql, { userId }).length === 0) return { outcome: 'missing' }
    return { outcome: 'updated', ended }
  },
  openSession(db, { session, passwordHash, maxSessionsPerUser }) {
    if (db.rows(openSessionSql, { ...session, passwordHash }).length === 0) return { outcome: 'refused' }
    const user = { userId: session.user_id, now: session.created_at }
    db.rows(rememberLoginSql, user)
    const surplus = { ...user, opened: session.id, mostOthers: maxSessionsPerUser - 1 }
    return { outcome: 'opened', ended: ids(db.rows<{ id: string }>(endSurplusSql, surplus)) }
  },
  rotateSession: rotated,
  endSession(db, input) {
    if (db.rows(endSessionSql, input).length > 0) return 'ended'
    return db.rows(heldSql, { sessionId: input.sessionId }).length > 0 ? 'already_ended' : 'missing'
  },
  endSessionsOfUser,
  deleteEndedSessions(db, input) {
    const [batch] = db.rows<{ id: string | null; seen: number; live: number }>(lastOfBatchSql, input)
    if (!batch?.id) return { deleted: 0, live: 0, next: undefined }
    const deleted = db.rows(deleteEndedSql, { ...input, last: batch.id }).length
    return { deleted, live: batch.live, next: batch.seen < input.limit ? undefined : batch.id }
  },
  changeKeys(db, { insert, move }) {
    try {
      db.exec('SAVEPOINT keys')
      for (const step of move) moveKey(db, step)
      for (const key of insert) db.rows(insertKeySql, key)
      db.exec('RELEASE keys')
      return 'changed'
    } catch (thrown) {
      if (!(thrown instanceof KeyConflict) && !isConstraintFault(thrown)) throw thrown
      db.exec('ROLLBACK TO keys')
      db.exec('RELEASE keys')
      return 'conflict'
    }
  },
  holdLease: (db, input) => db.rows(holdLeaseSql, input).length > 0,
  releaseLease(db, input) {
    db.rows(releaseLeaseSql, input)
  },
}
