/**
 * What the API for administrators answers, as a client sees it. Types alone: whoever shows it may import this file.
 * Instants are RFC 3339 texts.
 */

export type Role = 'owner' | 'admin' | 'support' | 'auditor'

/** A page of a list. With filters it may have fewer items than asked for, or none, and still not be the last. */
export interface Page<Item> {
  items: Item[]
  /** what `?cursor=` takes for the next page; null after the last */
  next: string | null
}

/** RFC 9457, `application/problem+json`. */
export interface Problem {
  type: string
  title: string
  status: number
  /** for a person */
  detail: string
  /** in the table of errors; for a program */
  code: string
  request_id: string
  errors?: { pointer: string; detail: string }[]
}

export interface SignedIn {
  user: { id: string; username: string; role: Role }
  /** what the role may do: show nothing else */
  permissions: string[]
  /** until when dangerous acts do not ask for the password */
  proven_until: string | null
  /** when the session ends unless it is used, and at the latest */
  expires_at: string
  ends_at: string
}

export interface AdminUser {
  id: string
  username: string
  email: string
  email_verified: boolean
  is_active: boolean
  is_staff: boolean
  is_superuser: boolean
  role: Role | null
  created_at: string
  last_login_at: string | null
}

export interface AdminUserDetail extends AdminUser {
  password: {
    /** `argon2id`, `pbkdf2_sha256` …; null where none is good, and he must choose one */
    algorithm: string | null
    /** null where it is his first one */
    changed_at: string | null
  }
  live_sessions: number
  /** whether the one who asks may do anything to him */
  touchable: boolean
}

/** What became of one of many users. */
export interface BulkResult {
  id: string
  outcome: 'done' | 'missing' | 'forbidden' | 'conflict'
  /** of a conflict, for a person */
  detail: string | null
}

export interface AdminSession {
  id: string
  user_id: string | null
  username: string | null
  device: string
  address: string
  created_at: string
  last_used_at: string
  /** unless it is used before */
  expires_at: string
  /** however often it is used */
  ends_at: string
  revoked_at: string | null
  revoked_reason: string | null
  live: boolean
  /** the one that asks */
  current: boolean
}

export interface AdminKey {
  kid: string
  algorithm: string
  state: 'next' | 'current' | 'retiring' | 'retired'
  created_at: string
  /** since when it signs */
  activated_at: string | null
  retires_at: string | null
  /** from when on every resource server knows it */
  known_at: string
}

export interface Keys {
  items: AdminKey[]
  schedule: {
    algorithm: string
    /** 0: never by itself */
    rotation_seconds: number
    /** when the next key takes over by itself */
    rotates_at: string | null
    /** from when on it can be rotated without a token being refused anywhere */
    rotatable_at: string | null
  }
}

export interface AdminEvent {
  number: number
  id: string
  time: string
  event: string
  result: string
  code: string | null
  request_id: string | null
  /** who did it, where that is not the user: an id, or `operator` for the command line */
  actor: string | null
  actor_name: string | null
  user_id: string | null
  user_name: string | null
  session_id: string | null
  /** null once it was erased, with its user */
  client_ip: string | null
  device: string | null
  /** what was set, names and addresses included unless they are erased */
  changes: Record<string, { before: unknown; after: unknown }> | null
  details: Record<string, unknown> | null
}

export interface AdminEventDetail extends AdminEvent {
  personal_digest: string
  chain: string
}

export interface Chain {
  /** number of the first event that is kept, and of the last; the last is before the first where there are none */
  first: number
  last: number
  link: string | null
}

export interface ChainVerdict {
  outcome: 'whole' | 'broken'
  /** of the first event that does not fit */
  number: number | null
  fault: 'missing' | 'changed' | 'personal_changed' | 'end_changed' | null
  first: number | null
  last: number | null
  link: string | null
}

export interface Explanation {
  request_id: string
  items: { event: AdminEvent; why: string; answer: string; todo: string }[]
}

export interface AdminMail {
  id: string
  template: string
  to: string
  user_id: string | null
  state: 'waiting' | 'sent' | 'failed'
  created_at: string
  due_at: string | null
  attempts: number
  sent_at: string | null
  failed_at: string | null
  last_error: string | null
}

export interface MailPreview {
  template: string
  subject: string
  text: string
  html: string
}

export interface Delivered {
  taken: boolean
  /** what the server said, or why it did not take it */
  said: string
}

export interface Receiver {
  /** of its address, which may be a secret */
  id: string
  host: string
  /** number of the last event that it took; null before it began */
  position: number | null
  /** events after that, wanted or not */
  behind: number | null
}

export interface Sent {
  host: string
  /** how many it took */
  count: number
  /** why it did not take the next; null where it took all */
  fault: string | null
}

export interface EffectiveSetting {
  name: string
  flag: string | null
  /** as one would write it; null for a secret, and where there is none */
  value: string | null
  /** `derived`: nobody said it, and it follows from others, or was made here */
  source: 'flag' | 'environment' | 'file' | 'default' | 'derived' | 'none'
  is_secret: boolean
  default: string | null
  doc: string
}

export interface Settings {
  mode: string
  items: EffectiveSetting[]
  /** how this request looks from here */
  you: {
    /** as the log and the limits have it */
    address: string
    /** who is connected: you, or the proxy before this server */
    peer: string
    forwarded_for: string | null
    host: string | null
    /** which proxies this listener believes: `off`, a number, or addresses */
    trust_proxy: string
    verdict: 'direct' | 'believed' | 'not_believed'
  }
}

/** What became of the users in a file, or would become of them. Nothing of a hash is told but its format. */
export interface ImportReport {
  dry_run: boolean
  format: string
  /** of the file, as the header `Content-Digest` takes it */
  content_digest: string
  rows: number
  /** how many of what, by the names that `countersign import --json` has */
  counts: Record<string, number>
  /** how the passwords in the file are hashed */
  hashes: {
    format: string
    state: 'current' | 'older' | 'weak' | 'refused' | 'locked' | 'unusable' | 'unknown'
    count: number
  }[]
  /** how many the file says are staff, or superusers; it gives nobody a role */
  staff: number
  superusers: number
  /** the first ten that were created */
  examples: { id: string; username: string }[]
  /** the first thousand that were refused */
  refusals: {
    row: number
    username: string | null
    reason: 'invalid' | 'weak_hash' | 'unknown_hash' | 'taken'
    detail: string
  }[]
}

export interface Home {
  now: string
  hours: Counts[]
  days: Counts[]
  warnings: Warning[]
}

/** What happened within an hour or a day. */
export interface Counts {
  from: string
  logins: number
  failures: number
  registrations: number
  reuse: number
  throttled: number
}

export interface Warning {
  code:
    | 'no_smtp'
    | 'http_issuer'
    | 'old_key'
    | 'one_owner'
    | 'proxy_not_trusted'
    | 'limits_off'
    | 'reuse_detected'
    | 'mail_failed'
    | 'migrations_pending'
  detail: string
  /** what to do about it */
  todo: string
}

export interface System {
  version: string
  node: string
  /** `linux x64` */
  platform: string
  mode: string
  issuer: string
  /** the one that answers */
  process: {
    pid: number
    /** how many of them share the port */
    workers: number
    uptime_seconds: number
    /** what the machine has given it */
    memory_bytes: number
    /** of that, what its program uses */
    heap_bytes: number
  }
  database: {
    kind: 'sqlite' | 'postgres'
    /** its name and version; null for the embedded one */
    server: string | null
    /** null where it has none, or does not tell */
    size_bytes: number | null
  }
  applied_migrations: string[]
  pending_migrations: string[]
  checks: { name: string; ok: boolean; detail: string }[]
}

/** What an examination found; several may be of one name. */
export interface DoctorCheck {
  name: string
  /** `problem` is what a server should not run with */
  state: 'ok' | 'warning' | 'problem'
  /** for a person */
  what: string
  /** what to do about it; null where there is nothing to do */
  mend: string | null
}

export interface Doctor {
  items: DoctorCheck[]
}
