import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { AuthError } from '../../errors.ts'
import { theChain } from '../audit-chain.ts'
import { type AppliedMigration, pendingMigrations } from '../migrate.ts'
import type { Migration } from '../migration.ts'
import type { Position } from '../port/lists.ts'
import type { FoundSecret } from '../port/secrets.ts'
import type { Revocation } from '../port/sessions.ts'
import { pageOfSessions, pageOfUsers } from '../scanned.ts'
import type {
  AuditChainRow,
  AuditRow,
  EventCount,
  MailRow,
  SessionRow,
  SigningKeyRow,
  UserRow,
} from '../schema.ts'
import type { Store } from '../store.ts'
import { type Connection, openConnection } from './connection.ts'
import { type Executor, openGroupCommit } from './group-commit.ts'
import { findAlike } from './verbs/imports.ts'
import { checkLegacyToken } from './verbs/legacy-tokens.ts'
import { holdsLimit, refusalOf } from './verbs/limits.ts'
import { takenFields } from './verbs/users.ts'
import { inlineExecutor, threadExecutor } from './writer.ts'

export interface SqliteOptions {
  /** a path whose folder exists, or `:memory:` */
  file: string
  /** epoch milliseconds, for the record of applied migrations */
  now: number
  /** `off` leaves an older schema alone, for a look at what is pending; `if_empty` leaves alone what has any */
  migrate?: 'off' | 'if_empty'
  /** where the writes go; a test puts its faults here */
  executor?: (db: Connection) => Executor
}

/** A file has no tool of its own that copies it while it is written to. */
export type SqliteStore = Store & Required<Pick<Store, 'backup'>>

/**
 * The embedded store: one file (and its `-wal`), readable by its owner alone. Reads run here, writes share commits.
 * @throws AuthError `unavailable` if the file cannot be opened; Error if its schema is not ours
 */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const { file } = options
  if (file !== ':memory:') createPrivately(file)
  const db = openMigrated(options)
  const executor = options.executor?.(db) ?? (file === ':memory:' ? inlineExecutor(db) : threadExecutor(file))
  return storeOn(db, executor)
}

function openMigrated({ file, now, migrate: asked }: SqliteOptions): Connection {
  const db = openConnection(file)
  try {
    const isLeft = asked === 'off' || (asked === 'if_empty' && applied(db).length > 0)
    if (!isLeft) migrate(db, now)
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function storeOn(db: Connection, executor: Executor): SqliteStore {
  const writes = openGroupCommit(executor)
  return {
    ...reads(db),
    createUser: (input) => writes.submit('createUser', input),
    updateUser: (input) => writes.submit('updateUser', input),
    rehashPassword: (input) => writes.submit('rehashPassword', input),
    deleteUser: (input) => writes.submit('deleteUser', input),
    importUsers: (input) => writes.submit('importUsers', input),
    importSessions: (input) => writes.submit('importSessions', input),
    importLegacyTokens: (input) => writes.submit('importLegacyTokens', input),
    nextUserNumber: () => writes.submit('nextUserNumber', undefined),
    openSession: (input) => writes.submit('openSession', input),
    rotateSession: (input) => writes.submit('rotateSession', input),
    endSession: (input) => writes.submit('endSession', input),
    endSessionsOfUser: (input) => writes.submit('endSessionsOfUser', input),
    deleteEndedSessions: (input) => writes.submit('deleteEndedSessions', input),
    exchangeLegacyToken: (input) => writes.submit('exchangeLegacyToken', input),
    endLegacyToken: (input) => writes.submit('endLegacyToken', input),
    deleteExpiredLegacyTokens: (input) => writes.submit('deleteExpiredLegacyTokens', input),
    changeKeys: (input) => writes.submit('changeKeys', input),
    issueSecret: (input) => writes.submit('issueSecret', input),
    spendSecret: (input) => writes.submit('spendSecret', input),
    deleteExpiredSecrets: (input) => writes.submit('deleteExpiredSecrets', input),
    // What is refused costs a read, no commit.
    countAttempt: async (input) => refusalOf(db, input) ?? writes.submit('countAttempt', input),
    forgetAttempts: (input) => writes.submit('forgetAttempts', input),
    deleteStaleLimits: (input) => writes.submit('deleteStaleLimits', input),
    addMail: (input) => writes.submit('addMail', input),
    claimMails: (input) => writes.submit('claimMails', input),
    settleMail: (input) => writes.submit('settleMail', input),
    retryMail: (input) => writes.submit('retryMail', input),
    deleteOldMails: (input) => writes.submit('deleteOldMails', input),
    appendEvents: (input) => writes.submit('appendEvents', input),
    deleteOldEvents: (input) => writes.submit('deleteOldEvents', input),
    moveCursor: (input) => writes.submit('moveCursor', input),
    holdLease: (input) => writes.submit('holdLease', input),
    releaseLease: (input) => writes.submit('releaseLease', input),
    async close() {
      await writes.close()
      db.close()
    },
  }
}

type Reads =
  | `find${string}`
  | `list${string}`
  | `query${string}`
  | `read${string}`
  | 'holdsLimit'
  | 'checkLegacyToken'
  | 'health'
  | 'backup'

function reads(db: Connection): Pick<SqliteStore, Extract<keyof Store, Reads>> {
  return {
    findUserById: async (id) => db.rows<UserRow>('SELECT * FROM users WHERE id = @id', { id })[0],
    findUserByName: async (name) =>
      db.rows<UserRow>('SELECT * FROM users WHERE username_canonical = @name', { name })[0],
    findUserByEmail: async (email) =>
      db.rows<UserRow>('SELECT * FROM users WHERE email_canonical = @email', { email })[0],
    listUsernames: async (ids) => ids.flatMap((id) => db.rows<Username>(usernameSql, { id })),
    findTaken: async (names) => takenFields(db, names),
    findAlike: async (names) => findAlike(db, names),
    findSecret: async (input) => db.rows<FoundSecret>(foundSecretSql, input)[0],
    listUsers: async (page) => db.all<UserRow>((await queries()).listUsers(page)),
    listPasswordHashes: async (page) => db.all<UserRow>((await queries()).listPasswordHashes(page)),
    findSession: async (id) => db.rows<SessionRow>('SELECT * FROM sessions WHERE id = @id', { id })[0],
    listSessionsOfUser: async (userId, now) => db.rows<SessionRow>(liveSessionsSql, { userId, now }),
    listSessions: async (page) => db.all<SessionRow>((await queries()).listSessions(page)),
    listRevocations: async (since) => db.rows<Revocation>(revocationsSql, { since }),
    queryUsers: async (query) => {
      const { queryUsers, endOfUsers } = await queries()
      const rows = db.all<UserRow>(queryUsers(query))
      return pageOfUsers(query, rows, async () => db.all<Position>(endOfUsers(query))[0])
    },
    querySessions: async (query) => {
      const { querySessions, endOfSessions } = await queries()
      const rows = db.all<SessionRow>(querySessions(query))
      return pageOfSessions(query, rows, async () => db.all<{ id: string }>(endOfSessions(query))[0]?.id)
    },
    listEventCounts: async (since) => db.rows<EventCount>(countsSql, { since }),
    listMails: async (page) => db.all<MailRow>((await queries()).listMails(page)),
    findMail: async (id) => db.rows<MailRow>('SELECT * FROM mails WHERE id = @id', { id })[0],
    listEvents: async (filter) => db.all<AuditRow>((await queries()).listEvents(filter)),
    holdsLimit: async (input) => holdsLimit(db, input),
    checkLegacyToken: async (input) => checkLegacyToken(db, input),
    readChain: async () => theChain(db.rows<AuditChainRow>('SELECT * FROM audit_chain', {})),
    readEvents: async (input) => db.rows<AuditRow>(eventsSql, input),
    readCursor: async (name) => db.rows<{ number: number }>(cursorSql, { name })[0]?.number,
    listKeys: async () => db.rows<SigningKeyRow>(keysSql, {}),
    health: async () => ({
      pendingMigrations: pendingMigrations(applied(db)).map(({ id }) => id),
      isWritable: db.isWritable(),
    }),
    backup: async (target) => copyTo(db, target),
  }
}

/** The query builder weighs more than all the rest of the store; it comes with the first list. */
const queries = async () => (await import('./compiler.ts')).queries

const foundSecretSql = `
  SELECT user_id, purpose, email, expires_at FROM one_time_secrets WHERE digest = @digest AND expires_at > @now`

type Username = Pick<UserRow, 'id' | 'username'>

const usernameSql = 'SELECT id, username FROM users WHERE id = @id'

const liveSessionsSql = `
  SELECT * FROM sessions WHERE user_id = @userId AND revoked_at IS NULL AND expires_at > @now ORDER BY id DESC`

const eventsSql = 'SELECT * FROM audit_events WHERE number > @after ORDER BY number LIMIT @limit'

const countsSql = 'SELECT hour, event, count FROM event_counts WHERE hour >= @since'

const cursorSql = 'SELECT number FROM cursors WHERE name = @name'

const keysSql = 'SELECT * FROM signing_keys ORDER BY created_at, kid'

const revocationsSql = `
  SELECT id AS sessionId, revoked_at AS revokedAt, revoked_reason AS reason
    FROM sessions WHERE revoked_at >= @since`

/** SQLite gives the `-wal` and `-shm` files the permissions of the database file. */
function createPrivately(file: string): void {
  if (existsSync(file)) return
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch (cause) {
    throw new AuthError('unavailable', { reason: `${file} cannot be made: ${String(cause)}`, cause })
  }
}

/** What made the schema of the file, oldest first; nothing where there are no tables of ours. */
export function applied(db: Connection): AppliedMigration[] {
  const known = db.rows(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'`, {})
  if (known.length === 0) return []
  return db.rows<AppliedMigration>('SELECT * FROM migrations ORDER BY id', {})
}

const columnTypes = {
  text: 'TEXT',
  instant: 'INTEGER',
  flag: 'INTEGER',
  bytes: 'BLOB',
  tableSuffix: ' STRICT',
}

const historySql = `
  CREATE TABLE IF NOT EXISTS migrations (
    id TEXT NOT NULL, applied_at INTEGER NOT NULL, CONSTRAINT migrations_pk PRIMARY KEY (id)
  ) STRICT`

/** Applies what is missing, each migration in a transaction of its own; another process that starts now waits for it. */
function migrate(db: Connection, now: number): void {
  while (pendingMigrations(applied(db)).length > 0) {
    db.exec('BEGIN IMMEDIATE')
    try {
      db.exec(historySql)
      const [next] = pendingMigrations(applied(db))
      for (const statement of next?.statements(columnTypes) ?? []) db.exec(statement)
      if (next) record(db, next, now)
      db.exec('COMMIT')
    } catch (thrown) {
      db.exec('ROLLBACK')
      throw thrown
    }
  }
}

function record(db: Connection, { id, servesFrom }: Migration, now: number): void {
  db.rows('INSERT INTO migrations (id, applied_at) VALUES (@id, @now)', { id, now })
  if (servesFrom !== undefined)
    db.rows('UPDATE migrations SET serves_from = @servesFrom WHERE id = @id', { id, servesFrom })
}

/** `VACUUM INTO` reads one snapshot, whatever is written meanwhile; a target that exists is refused. */
function copyTo(db: Connection, target: string): void {
  const made = openSync(target, 'wx', 0o600)
  closeSync(made)
  try {
    db.rows('VACUUM INTO @target', { target })
  } catch (thrown) {
    rmSync(target)
    throw thrown
  }
  const copy = openSync(target, 'r')
  fsyncSync(copy)
  closeSync(copy)
}
