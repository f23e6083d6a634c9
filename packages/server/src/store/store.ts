import type { Selectable } from 'kysely'
import type {
  AdminRole,
  AuditChainTable,
  AuditEventsTable,
  EventCountsTable,
  LegacyTokensTable,
  MailsTable,
  OneTimeSecretsTable,
  SessionsTable,
  SigningKeysTable,
  UsersTable,
} from './schema.ts'

export type { AdminRole }
export type UserRow = Selectable<UsersTable>
export type SessionRow = Selectable<SessionsTable>
export type SigningKeyRow = Selectable<SigningKeysTable>

export type OneTimeSecretRow = Selectable<OneTimeSecretsTable>
export type MailRow = Selectable<MailsTable>
export type AuditRow = Selectable<AuditEventsTable>
export type EventCount = Omit<Selectable<EventCountsTable>, 'id'>
export type AuditChainRow = Selectable<AuditChainTable>
export type LegacyTokenRow = Selectable<LegacyTokensTable>

/** What a user is not born with; an import brings it along. */
type LaterFields =
  | 'last_login_at'
  | 'email_verified_at'
  | 'password_changed_at'
  | 'first_name'
  | 'last_name'
  | 'group_names'
  | 'sessions_ended_at'
  | 'admin_role'
export type NewUser = Omit<UserRow, LaterFields> & { admin_role?: AdminRole | null }
export type NewSecret = Omit<OneTimeSecretRow, 'code_attempts'>
/** A mail that is due at once. */
export type NewMail = Pick<MailRow, 'id' | 'user_id' | 'template' | 'recipient' | 'sealed' | 'created_at'>
/** What goes out with a change, in the transaction that makes it; a secret, and mails with it, only to an active user. */
export interface WithMail {
  secret?: NewSecret
  mails?: readonly NewMail[]
}
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
  | 'email_changed'
  | 'operator'

export interface Revocation {
  sessionId: string
  revokedAt: number
  reason: RevocationReason
}

export type TakenField = 'username' | 'email'
export type CreateUserOutcome =
  | { outcome: 'created' }
  | { outcome: 'taken'; fields: TakenField[] }
  /** an import brought somebody with that id meanwhile */
  | { outcome: 'id_taken' }

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
  /** the one that stays */
  except?: string | undefined
}

/** A refresh token of the deployment that the users came from, as it was shown. */
export interface ShownLegacyToken {
  jti: string
  userId: string
  issuedAt: number
  expiresAt: number
}

export interface ExchangeLegacyTokenInput {
  token: ShownLegacyToken
  now: number
  session: NewSession
  idempotencyDigest: Uint8Array | null
  /** oldest sessions beyond this many end */
  maxSessionsPerUser: number
  /** what is thought of a token that is not among the outstanding ones, where those were imported */
  unlisted: 'accepted' | 'refused'
}
export type LegacyRefusal =
  | 'unknown_user'
  | 'user_inactive'
  | 'blacklisted'
  /** the outstanding tokens were imported, it is none of them, and that counts; or it is another user's */
  | 'unknown_token'
  /** all sessions of its user were ended since it was issued */
  | 'outdated'
export type ExchangeLegacyTokenOutcome =
  | { outcome: 'exchanged'; held: HeldSession; ended: string[] }
  /** nothing was written: it was exchanged before, and `held` is the session that it became, as long as its row is kept */
  | { outcome: 'spent'; held: HeldSession | undefined }
  | { outcome: 'refused'; reason: LegacyRefusal }

export type CheckLegacyTokenInput = Pick<ExchangeLegacyTokenInput, 'token' | 'unlisted'>
/** What an exchange would make of a token now. */
export type CheckLegacyTokenOutcome =
  | { outcome: 'good' }
  /** it was exchanged before, for this session */
  | { outcome: 'spent'; sessionId: string }
  | { outcome: 'refused'; reason: LegacyRefusal }

export interface EndLegacyTokenInput {
  token: ShownLegacyToken
  now: number
}
export interface EndLegacyTokenOutcome {
  outcome: EndSessionOutcome
  /** the session that it became */
  sessionId: string | undefined
}

/** What may be set of a user; what is absent stays. */
export type UserFields = Partial<
  Pick<
    UserRow,
    | 'username'
    | 'username_canonical'
    | 'email'
    | 'email_canonical'
    | 'email_verified_at'
    | 'password_hash'
    | 'password_changed_at'
    | 'is_active'
    | 'is_staff'
    | 'is_superuser'
    | 'first_name'
    | 'last_name'
  >
> & { admin_role?: AdminRole | null }

/** What an administrator saw of a user before he changed it. */
export type SeenUser = Pick<
  UserRow,
  | 'username'
  | 'email'
  | 'email_verified_at'
  | 'is_active'
  | 'is_staff'
  | 'is_superuser'
  | 'admin_role'
  | 'password_changed_at'
>

/** A change that is made only if it leaves what must stay. */
export interface Conditions {
  /** only while the user is as he was seen */
  seen?: SeenUser
  /** only while there is an active owner beside him */
  keeps?: 'another_owner'
}

/**
 * Sets the user's fields and ends his sessions in the same transaction, where `endSessions` says so. A new password or
 * address voids the secrets that were sent to him before, but for proofs of an address.
 */
export interface UpdateUserInput extends WithMail, Conditions {
  userId: string
  set: UserFields
  /** only while this is his password still */
  passwordHash?: string
  endSessions?: Omit<EndSessionsInput, 'userId'>
}
export type UpdateUserOutcome =
  | { outcome: 'updated'; ended: string[] }
  /** no such user, or another password by now, or one of the conditions does not hold */
  | { outcome: 'missing' }
  | { outcome: 'taken'; fields: TakenField[] }
export type DeleteUserOutcome = Exclude<UpdateUserOutcome, { outcome: 'taken' }>

export type SecretPurpose = 'reset_password' | 'verify_email' | 'change_email'

/** What is known of a one-time secret before it is spent. */
export type FoundSecret = Pick<OneTimeSecretRow, 'user_id' | 'email' | 'expires_at'> & {
  purpose: SecretPurpose
}

/** How a one-time secret is shown: itself, or the code beside it, each try of which counts. */
export type ShownSecret =
  | { digest: Uint8Array }
  | { userId: string; codeDigest: Uint8Array; mostAttempts: number }

export interface SpendSecretInput {
  purpose: SecretPurpose
  shown: ShownSecret
  now: number
  /** what follows from it, made of the row: done in the same transaction */
  effect:
    | { kind: 'set_password'; passwordHash: string; mails?: readonly NewMail[] }
    | { kind: 'verify_email' }
    /** takes the address that the secret was sent to, and ends his sessions but for the one that stays */
    | {
        kind: 'change_email'
        emailCanonical: string
        mails?: readonly NewMail[]
        except?: string | undefined
      }
}
export type SpendSecretOutcome =
  | { outcome: 'spent'; userId: string; email: string; ended: string[] }
  /** unknown, expired, spent, of another purpose, or too many codes: nobody is told which */
  | { outcome: 'refused' }
  /** somebody has the address by now; the secret stays */
  | { outcome: 'taken' }

/** A steady flow: so many at once, and one more in every interval. Of one attempt's steps each has a key of its own. */
export interface RateStep {
  key: string
  burst: number
  /** whole milliseconds, as all instants and times of limits */
  intervalMs: number
}

/** Failures in a row: so many are free, then each one makes the wait twice as long. */
export interface BackoffStep {
  key: string
  free: number
  firstMs: number
  mostMs: number
  /** after this long without one all is forgotten */
  memoryMs: number
}

export interface CountAttemptInput {
  now: number
  rates: readonly RateStep[]
  backoffs: readonly BackoffStep[]
}
/** All steps let it in and have counted it, or some refuse it and none has: told is the one that does so longest. */
export type CountAttemptOutcome = { outcome: 'counted' } | { outcome: 'refused'; key: string; freeAt: number }

/** A mail that is to be sent now, and is ours alone until the claim ends. */
export type ClaimedMail = Pick<
  MailRow,
  'id' | 'template' | 'recipient' | 'sealed' | 'created_at' | 'attempts'
>

export interface SettleMailInput {
  id: string
  now: number
  result: { sent: true } | { sent: false; error: string; retryAt: number | null }
}

/** An event without its place in the chain. */
export type NewAuditEvent = Omit<AuditRow, 'number' | 'chain'>

/** Events, and what they add to the counts of their hours; the counts only where the events are new. */
export interface AppendEventsInput {
  events: readonly NewAuditEvent[]
  counts?: readonly EventCount[]
}

export interface AuditFilter {
  /** older than this number */
  before?: number | undefined
  /** newer than this number */
  after?: number | undefined
  limit: number
  userId?: string | undefined
  requestId?: string | undefined
  event?: string | undefined
  actorId?: string | undefined
  sessionId?: string | undefined
  result?: string | undefined
}

/** Where a page of a long list begins: behind the row with this value of the column it is sorted by, and this id. */
export interface Position {
  value: string | number
  id: string
}

/** Users in one order. */
export interface UserQuery {
  /** by `email_canonical` those without an address are left out */
  by: 'created_at' | 'username_canonical' | 'email_canonical' | 'id'
  direction: 'asc' | 'desc'
  /** of a column of text: what it begins with */
  prefix?: string | undefined
  after?: Position | undefined
  limit: number
  /** whoever meets all of them */
  only: {
    isActive?: boolean | undefined
    isStaff?: boolean | undefined
    isVerified?: boolean | undefined
    hasEmail?: boolean | undefined
    /** `none` for users without a role, `any` for users with one */
    role?: AdminRole | 'any' | 'none' | undefined
    /** whose name begins otherwise */
    notNamed?: string | undefined
  }
}

/** Sessions, newest first. */
export interface SessionQuery {
  /** the last id of the page before */
  after?: string | undefined
  limit: number
  address?: string | undefined
  /** those that live then */
  liveAt?: number | undefined
}

/**
 * A page of a list that filters. No more than `mostScanned` rows are looked at for one page, so it may have fewer rows than
 * asked for, or none, and still not be the last.
 */
export interface Scanned<Row, Next> {
  rows: Row[]
  /** where the next page begins; undefined after the last */
  next: Next | undefined
}

export interface RehashPasswordInput {
  userId: string
  /** replaced only while it is still this one */
  from: string
  to: string
}

/** What an import is unique by. */
export type UserNames = Pick<UserRow, 'id' | 'username_canonical' | 'email_canonical'>

/** A user as he comes from elsewhere. */
export type ImportedUser = Omit<UserRow, 'sessions_ended_at' | 'admin_role'>

export interface ImportUsersInput {
  users: readonly ImportedUser[]
  /** what becomes of one who is there already and is not as his row says */
  existing: 'keep' | 'update'
  /** when the sessions end that an update ends, in epoch milliseconds */
  now: number
}
export type ImportUserOutcome =
  /** `unchanged`: he is there as his row says; `differs`: he is there otherwise, and stays so */
  | { outcome: 'created' | 'unchanged' | 'differs' | 'updated' }
  /** somebody else has his id, his name or his e-mail; nothing of the row is stored */
  | { outcome: 'taken'; holders: Partial<Record<'id' | TakenField, string>> }

/** `refused`: there is no such active user. */
export type ImportSessionOutcome = 'created' | 'unchanged' | 'refused'

/** A refresh token of the deployment that the users came from. */
export type NewLegacyToken = Omit<LegacyTokenRow, 'session_id' | 'exchanged_at'>
/** `updated`: it was blacklisted since it was imported; `missing`: there is no such user. */
export type ImportTokenOutcome = 'created' | 'unchanged' | 'updated' | 'missing'

export interface DeleteUserInput extends Conditions {
  userId: string
  now: number
  /** the last ones to him; their rows name no user */
  mails?: readonly NewMail[]
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
  /** of this database, where the server tells it */
  sizeBytes: number | undefined
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
  queryUsers(query: UserQuery): Promise<Scanned<UserRow, Position>>
  /** of those who have one of the ids, in no order */
  listUsernames(ids: readonly string[]): Promise<Pick<UserRow, 'id' | 'username'>[]>
  /** of all users, in the order of their ids */
  listPasswordHashes(page: Page): Promise<Pick<UserRow, 'id' | 'password_hash'>[]>
  findUserByEmail(canonical: string): Promise<UserRow | undefined>
  createUser(user: NewUser & WithMail): Promise<CreateUserOutcome>
  updateUser(input: UpdateUserInput): Promise<UpdateUserOutcome>
  rehashPassword(input: RehashPasswordInput): Promise<void>
  /**
   * Removes the user and his secrets. The rows of his sessions stay, revoked and without a name, until their access
   * tokens are gone; those of his mails that are still to be sent stay without his id, and once sent without an address.
   * So do his events, without what is personal in them.
   */
  deleteUser(input: DeleteUserInput): Promise<DeleteUserOutcome>

  /** everybody who has one of the ids, canonical names or canonical e-mails, once each, in no order */
  findAlike(names: readonly UserNames[]): Promise<UserRow[]>
  /**
   * Stores users as they are, whole rows with ids that were given elsewhere, all in one step. A row comes again without
   * harm: it is told apart by its id. The number of the next user grows beyond every id that is a number. An update that
   * changes a password or disables its user ends his sessions and voids his secrets; what he still holds of the old
   * deployment is that deployment's to end.
   * @returns what became of each, in their order
   */
  importUsers(input: ImportUsersInput): Promise<ImportUserOutcome[]>
  /** stores sessions as they are, all in one step; one that is there stays as it is. @returns what became of each */
  importSessions(sessions: readonly SessionRow[]): Promise<ImportSessionOutcome[]>
  /**
   * All in one step; what is blacklisted stays so. From then on, and be it none that were imported, a token that is not
   * among them is unlisted. @returns what became of each
   */
  importLegacyTokens(tokens: readonly NewLegacyToken[]): Promise<ImportTokenOutcome[]>
  /** a number that no user has as his id and that is given to nobody else */
  nextUserNumber(): Promise<number>

  openSession(input: OpenSessionInput): Promise<OpenSessionOutcome>
  rotateSession(input: RotateSessionInput): Promise<RotateSessionOutcome>
  endSession(input: EndSessionInput): Promise<EndSessionOutcome>
  /** and no token from before it opens one; @returns the ids of the sessions that this call ended */
  endSessionsOfUser(input: EndSessionsInput): Promise<string[]>
  findSession(id: string): Promise<SessionRow | undefined>
  /** live ones only, newest first */
  listSessionsOfUser(userId: string, now: number): Promise<SessionRow[]>
  listSessions(page: Page): Promise<SessionRow[]>
  querySessions(query: SessionQuery): Promise<Scanned<SessionRow, string>>
  listRevocations(since: number): Promise<Revocation[]>
  deleteEndedSessions(input: DeleteEndedSessionsInput): Promise<DeleteEndedSessionsOutcome>

  /**
   * Opens a session for a token that was never shown before. It is good once: of all who show it at the same time one
   * opens the session, and the others are told which it is.
   */
  exchangeLegacyToken(input: ExchangeLegacyTokenInput): Promise<ExchangeLegacyTokenOutcome>
  /** looks, and changes nothing */
  checkLegacyToken(input: CheckLegacyTokenInput): Promise<CheckLegacyTokenOutcome>
  /** after it the token is good for nothing, and the session that it became has ended */
  endLegacyToken(input: EndLegacyTokenInput): Promise<EndLegacyTokenOutcome>
  deleteExpiredLegacyTokens(input: { expiredBefore: number; limit: number }): Promise<number>

  listKeys(): Promise<SigningKeyRow[]>
  changeKeys(input: ChangeKeysInput): Promise<ChangeKeysOutcome>

  /** stores a one-time secret in the place of an older one of the same purpose, with the mail that carries it */
  issueSecret(input: { secret: NewSecret; mails: readonly NewMail[] }): Promise<'issued' | 'missing'>
  /** whose a secret is and what it is for, as long as it is good; looking at it changes nothing */
  findSecret(input: { digest: Uint8Array; now: number }): Promise<FoundSecret | undefined>
  /**
   * Shows a one-time secret: it is good once, and what follows from it happens with it or not at all. A code that was
   * tried has counted whatever comes of it. A new password or address voids the user's other secrets as well.
   */
  spendSecret(input: SpendSecretInput): Promise<SpendSecretOutcome>
  deleteExpiredSecrets(input: { now: number; limit: number }): Promise<number>

  /** counts before the work: of attempts at the same instant no more pass than one after the other */
  countAttempt(input: CountAttemptInput): Promise<CountAttemptOutcome>
  /** after a success the failures before it count no more */
  forgetAttempts(input: { keys: readonly string[] }): Promise<void>
  /** whether anything is held under the key that is not over yet */
  holdsLimit(input: { key: string; now: number }): Promise<boolean>
  deleteStaleLimits(input: { now: number; limit: number }): Promise<number>

  addMail(mail: NewMail): Promise<void>
  /** takes the mails that are due the longest, in no order among them; whoever dies with them leaves them to others after `until` */
  claimMails(input: { now: number; until: number; limit: number }): Promise<ClaimedMail[]>
  settleMail(input: SettleMailInput): Promise<void>
  /** newest first */
  listMails(page: Page): Promise<MailRow[]>
  findMail(id: string): Promise<MailRow | undefined>
  /** makes one that was given up due again; @returns whether there was such a one */
  retryMail(input: { id: string; now: number }): Promise<boolean>
  deleteOldMails(input: { before: number; limit: number }): Promise<number>

  /**
   * Appends to the chain, in the order given; of processes that append at once one comes after the other. An event that
   * is there already is left out, so whoever heard no answer may come again. Of a user who is gone nothing personal is
   * kept.
   */
  appendEvents(input: AppendEventsInput): Promise<void>
  /** newest first */
  listEvents(filter: AuditFilter): Promise<AuditRow[]>
  /** of the hours from then on, in no order */
  listEventCounts(since: number): Promise<EventCount[]>
  /** where the chain begins and ends */
  readChain(): Promise<AuditChainRow>
  /** in the order of the chain */
  readEvents(input: { after: number; limit: number }): Promise<AuditRow[]>
  /** deletes the beginning of the chain, up to the first event that is to be kept; @returns how many events */
  deleteOldEvents(input: { before: number; limit: number }): Promise<number>

  /** how far the reader of that name has come in the chain of events; undefined before he began */
  readCursor(name: string): Promise<number | undefined>
  /** notes that all events up to this number are done; it never goes back */
  moveCursor(input: { name: string; number: number }): Promise<void>

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
