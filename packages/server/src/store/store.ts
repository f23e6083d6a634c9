import type { Selectable } from 'kysely'
import type { SessionsTable, SigningKeysTable, UsersTable } from './schema.ts'

export type UserRow = Selectable<UsersTable>
export type SessionRow = Selectable<SessionsTable>
export type SigningKeyRow = Selectable<SigningKeysTable>

export type NewUser = Omit<UserRow, 'last_login_at'>
export type NewSession = Pick<
  SessionRow,
  'id' | 'created_at' | 'expires_at' | 'ends_at' | 'device' | 'address'
> & {
  user_id: string
}

/** Why a session ended before its time; stored, shown to operators, and decisive for what its access tokens are told. */
export type RevocationReason =
  | 'logout'
  | 'logout_all'
  | 'reuse'
  | 'limit'
  | 'user_disabled'
  | 'user_deleted'
  | 'password_changed'
  | 'operator'

export interface Revocation {
  sessionId: string
  revokedAt: number
  reason: RevocationReason
}

export type TakenField = 'username' | 'email'
export type CreateUserOutcome = { outcome: 'created' } | { outcome: 'taken'; fields: TakenField[] }

export interface OpenSessionInput {
  session: NewSession
  /** the hash that was verified: a password changed meanwhile refuses the session */
  passwordHash: string
  /** oldest sessions beyond this many end */
  maxSessionsPerUser: number
}
export type OpenSessionOutcome =
  | { outcome: 'opened'; ended: string[] }
  /** the user was disabled, deleted, or changed his password since the caller read him */
  | { outcome: 'refused' }

export interface RotateSessionInput {
  sessionId: string
  generation: number
  now: number
  /** the sliding end; the hard cap of the row still bounds it */
  expiresAt: number
  idempotencyDigest: Uint8Array | null
}
/** What is stored of a session together with what decides about its user. */
export interface HeldSession {
  session: SessionRow
  username: string
  userIsActive: boolean
}
export type RotateSessionOutcome =
  | { outcome: 'rotated'; held: HeldSession }
  /** nothing was written; `held` is the row as the same transaction saw it */
  | { outcome: 'unchanged'; held: HeldSession | undefined }

export interface EndSessionInput {
  sessionId: string
  now: number
  reason: RevocationReason
}
export type EndSessionOutcome = 'ended' | 'already_ended' | 'missing'

export interface EndSessionsInput {
  userId: string
  now: number
  reason: RevocationReason
}

/** Sets the user's fields and ends his sessions in the same transaction, where `endSessions` says so. */
export interface UpdateUserInput {
  userId: string
  set: Partial<Pick<UserRow, 'is_active' | 'is_staff' | 'is_superuser' | 'password_hash'>>
  endSessions?: { now: number; reason: RevocationReason }
}
export type UpdateUserOutcome = { outcome: 'updated'; ended: string[] } | { outcome: 'missing' }

export interface RehashPasswordInput {
  userId: string
  /** replaced only while it is still this one */
  from: string
  to: string
}

export interface ChangeKeysInput {
  now: number
  insert: SigningKeyRow[]
  /** each applies only to a key in the state `from`; one that does not match undoes the whole change */
  move: { kid: string; from: string; set: Partial<Omit<SigningKeyRow, 'kid'>> }[]
}
export type ChangeKeysOutcome = 'changed' | 'conflict'

export interface Page {
  /** the last id of the page before */
  after: string | undefined
  limit: number
}

export interface DeleteEndedSessionsInput {
  after: string
  limit: number
  now: number
  /** sessions that expired before this instant go */
  expiredBefore: number
  /** sessions revoked before this instant go */
  revokedBefore: number
}
export interface DeleteEndedSessionsOutcome {
  deleted: number
  /** how many in the batch can still be refreshed */
  live: number
  /** where the next batch starts; undefined at the end of the table */
  next: string | undefined
}

export interface HoldLeaseInput {
  /** of the work */
  name: string
  /** of the process, unique among all */
  holder: string
  now: number
  expiresAt: number
}

export interface StoreHealth {
  /** ids of migrations that the program has and the database has not */
  pendingMigrations: string[]
  /** whether it takes writes; a replica does not, nor a server whose disk is full by decree */
  isWritable: boolean
}

/** What a database server says of itself. */
export interface DatabaseFacts {
  /** its name and version */
  server: string
  roundTripMs: number
  /** whether what it calls committed survives a power cut */
  isDurable: boolean
  /** of all its clients together, where it has such a limit */
  maxConnections: number | undefined
  isolation: string
}

/**
 * What the rooms ask of a database. Each verb is whole and atomic: when its promise resolves, its effect is on disk;
 * when it rejects, nothing of it is. A store that cannot answer rejects with AuthError `unavailable`.
 */
export interface Store {
  findUserById(id: string): Promise<UserRow | undefined>
  findUserByName(canonical: string): Promise<UserRow | undefined>
  /** which of the names somebody has now; the decision stays with `createUser` */
  findTaken(names: Pick<UserRow, 'username_canonical' | 'email_canonical'>): Promise<TakenField[]>
  listUsers(page: Page & { search?: string | undefined }): Promise<UserRow[]>
  createUser(user: NewUser): Promise<CreateUserOutcome>
  updateUser(input: UpdateUserInput): Promise<UpdateUserOutcome>
  rehashPassword(input: RehashPasswordInput): Promise<void>
  /** removes the user; the rows of his sessions stay, revoked and without a name, until their access tokens are gone */
  deleteUser(input: { userId: string; now: number }): Promise<UpdateUserOutcome>

  openSession(input: OpenSessionInput): Promise<OpenSessionOutcome>
  rotateSession(input: RotateSessionInput): Promise<RotateSessionOutcome>
  endSession(input: EndSessionInput): Promise<EndSessionOutcome>
  /** @returns the ids of the sessions that this call ended */
  endSessionsOfUser(input: EndSessionsInput): Promise<string[]>
  findSession(id: string): Promise<SessionRow | undefined>
  /** live ones only, newest first */
  listSessionsOfUser(userId: string, now: number): Promise<SessionRow[]>
  listSessions(page: Page): Promise<SessionRow[]>
  listRevocations(since: number): Promise<Revocation[]>
  deleteEndedSessions(input: DeleteEndedSessionsInput): Promise<DeleteEndedSessionsOutcome>

  listKeys(): Promise<SigningKeyRow[]>
  changeKeys(input: ChangeKeysInput): Promise<ChangeKeysOutcome>

  /** takes or keeps a lease: free, expired, or held by the same holder; @returns whether it is held now */
  holdLease(input: HoldLeaseInput): Promise<boolean>
  releaseLease(input: Pick<HoldLeaseInput, 'name' | 'holder'>): Promise<void>

  /** rejects where the database does not answer */
  health(): Promise<StoreHealth>
  /** the instant by the database's clock, where its processes may run on machines whose clocks differ */
  readClock?(): Promise<number>
  /** of a server; an embedded database is what we made it */
  describe?(): Promise<DatabaseFacts>
  /** of a pool; nothing where there is none */
  connections?(): { active: number; idle: number; waiting: number }
  /** a consistent copy of the whole database, made while it serves; where the database has no tool of its own for it */
  backup?(file: string): Promise<void>
  close(): Promise<void>
}
