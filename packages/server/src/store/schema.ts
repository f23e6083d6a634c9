import type { Selectable } from 'kysely'

/** The tables, as Kysely sees them: one description for every database. Instants are epoch milliseconds, flags 0 or 1. */
export interface Database {
  users: UsersTable
  sessions: SessionsTable
  signing_keys: SigningKeysTable
  one_time_secrets: OneTimeSecretsTable
  mails: MailsTable
  limits: LimitsTable
  audit_events: AuditEventsTable
  audit_chain: AuditChainTable
  event_counts: EventCountsTable
  cursors: CursorsTable
  legacy_tokens: LegacyTokensTable
  counters: CountersTable
  leases: LeasesTable
  migrations: MigrationsTable
}

/** What a user may do in the admin console. */
export type AdminRole = 'owner' | 'admin' | 'support' | 'auditor'

export interface UsersTable {
  id: string
  /** as the user writes it, in NFKC */
  username: string
  /** the form in which it is unique */
  username_canonical: string
  /** empty where the user gave none */
  email: string
  /** the form in which it is unique; null where there is none */
  email_canonical: string | null
  /** PHC string, or a Django-style one until the next login */
  password_hash: string
  is_active: number
  is_staff: number
  is_superuser: number
  created_at: number
  last_login_at: number | null
  /** null until its owner has shown that he reads what is sent there */
  email_verified_at: number | null
  /** null where it is the first one */
  password_changed_at: number | null
  /** what he may do in the admin console: `owner`, `admin`, `support` or `auditor`; null for nothing */
  admin_role: AdminRole | null
  first_name: string
  last_name: string
  /** names of groups, a JSON list, sorted */
  group_names: string
  /** when all his sessions were last ended at once: what he brought along from before then opens none */
  sessions_ended_at: number | null
}

/** A refresh token of the deployment that the users came from: good once, for a session here. */
export interface LegacyTokensTable {
  jti: string
  user_id: string
  expires_at: number
  is_blacklisted: number
  /** the session that it was exchanged for */
  session_id: string | null
  exchanged_at: number | null
}

/** Numbers that only grow. */
export interface CountersTable {
  name: string
  value: number
}

export interface SessionsTable {
  id: string
  /** null once the user was deleted */
  user_id: string | null
  /** number of the current refresh token; 0 at login */
  generation: number
  created_at: number
  rotated_at: number
  /** when the current refresh token ends */
  expires_at: number
  /** the hard cap, however often it is refreshed */
  ends_at: number
  device: string
  address: string
  revoked_at: number | null
  revoked_reason: string | null
  /** digest of the idempotency key of the last rotation, 16 bytes */
  idempotency_digest: Uint8Array | null
}

export interface SigningKeysTable {
  /** RFC 7638 thumbprint */
  kid: string
  algorithm: string
  state: string
  /** public JWK, JSON text */
  public_jwk: string
  /** encrypted PKCS#8; null once the key can no longer sign */
  private_sealed: Uint8Array | null
  created_at: number
  activated_at: number | null
  /** when a retiring key's last token has expired */
  retires_at: number | null
}

export interface OneTimeSecretsTable {
  id: string
  user_id: string
  /** `reset_password`, `verify_email` or `change_email`; a user has one of each at the most */
  purpose: string
  /** SHA-256 of the secret in the link */
  digest: Uint8Array
  /** keyed digest of the code beside the link */
  code_digest: Uint8Array
  /** how many codes were tried */
  code_attempts: number
  /** the address that it was sent to; for `change_email` the one to be taken */
  email: string
  created_at: number
  expires_at: number
}

export interface MailsTable {
  id: string
  /** whom it is about; null for nobody, or once he was deleted */
  user_id: string | null
  template: string
  /** empty once it was sent, where it is about nobody */
  recipient: string
  /** what the template needs, encrypted; null once nobody needs it any more */
  sealed: Uint8Array | null
  created_at: number
  /** when it is tried next; null once it was sent or given up */
  due_at: number | null
  attempts: number
  sent_at: number | null
  /** given up */
  failed_at: number | null
  last_error: string | null
}

export interface LimitsTable {
  /** of the rule and of whom it counts, without saying whom */
  key: string
  /** attempts that count */
  count: number
  /** from when on the next is let in; of a rate, when all that was let in has flowed off */
  free_at: number
  /** when all of it is forgotten */
  ends_at: number
}

export interface AuditEventsTable {
  /** without a gap, in the order of the chain */
  number: number
  id: string
  happened_at: number
  event: string
  /** `ok`, `refused` or `failed` */
  result: string
  code: string | null
  request_id: string | null
  /** who did it, where that is not the user himself */
  actor_id: string | null
  user_id: string | null
  session_id: string | null
  /** JSON text of what is not personal */
  details: string | null
  /** JSON text: address, device, names; null once erased */
  personal: string | null
  personal_salt: Uint8Array | null
  /** SHA-256 of salt and text: the chain holds this, so erasing them does not break it */
  personal_digest: Uint8Array
  /** SHA-256 of the chain before and this row */
  chain: Uint8Array
}

/** One row: where the chain ends, and where what is kept of it begins. */
export interface AuditChainTable {
  /** `chain` */
  id: string
  last_number: number
  /** null before the first event */
  last_chain: Uint8Array | null
  /** number of the last event that was deleted, 0 before */
  kept_after: number
  kept_chain: Uint8Array | null
}

/** How many events of a kind were kept or thinned in an hour, so that nobody needs to count them. */
export interface EventCountsTable {
  /** hour and event */
  id: string
  /** its beginning */
  hour: number
  event: string
  count: number
}

/** How far somebody has read the chain of events. */
export interface CursorsTable {
  name: string
  /** of the last event that was read, 0 before the first */
  number: number
}

export interface LeasesTable {
  /** of the work */
  name: string
  /** the process that does it until then */
  holder: string
  expires_at: number
}

export interface MigrationsTable {
  id: string
  applied_at: number
  serves_from: number | null
}

/** What is read of a table, whole rows. */
export type UserRow = Selectable<UsersTable>
export type SessionRow = Selectable<SessionsTable>
export type SigningKeyRow = Selectable<SigningKeysTable>
export type OneTimeSecretRow = Selectable<OneTimeSecretsTable>
export type MailRow = Selectable<MailsTable>
export type AuditRow = Selectable<AuditEventsTable>
export type EventCount = Omit<Selectable<EventCountsTable>, 'id'>
export type AuditChainRow = Selectable<AuditChainTable>
export type LegacyTokenRow = Selectable<LegacyTokensTable>
