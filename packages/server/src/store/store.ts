import type { DatabaseFacts, HoldLeaseInput, StoreHealth } from './port/database.ts'
import type {
  ImportSessionOutcome,
  ImportTokenOutcome,
  ImportUserOutcome,
  ImportUsersInput,
  NewLegacyToken,
  UserNames,
} from './port/imports.ts'
import type { ChangeKeysInput, ChangeKeysOutcome } from './port/keys.ts'
import type {
  CheckLegacyTokenInput,
  CheckLegacyTokenOutcome,
  EndLegacyTokenInput,
  EndLegacyTokenOutcome,
  ExchangeLegacyTokenInput,
  ExchangeLegacyTokenOutcome,
} from './port/legacy-tokens.ts'
import type { CountAttemptInput, CountAttemptOutcome } from './port/limits.ts'
import type { Page, Position, Scanned, SessionQuery, UserQuery } from './port/lists.ts'
import type { ClaimedMail, NewMail, SettleMailInput } from './port/mails.ts'
import type { FoundSecret, NewSecret, SpendSecretInput, SpendSecretOutcome } from './port/secrets.ts'
import type {
  DeleteEndedSessionsInput,
  DeleteEndedSessionsOutcome,
  EndSessionInput,
  EndSessionOutcome,
  EndSessionsInput,
  OpenSessionInput,
  OpenSessionOutcome,
  Revocation,
  RotateSessionInput,
  RotateSessionOutcome,
} from './port/sessions.ts'
import type { AppendEventsInput, AuditFilter } from './port/trail.ts'
import type {
  CreateUserOutcome,
  DeleteUserInput,
  DeleteUserOutcome,
  NewUser,
  RehashPasswordInput,
  TakenField,
  UpdateUserInput,
  UpdateUserOutcome,
  WithMail,
} from './port/users.ts'
import type {
  AuditChainRow,
  AuditRow,
  EventCount,
  MailRow,
  SessionRow,
  SigningKeyRow,
  UserRow,
} from './schema.ts'

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
