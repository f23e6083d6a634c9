/** One metric: what `/metrics` and its page in the reference say of it. */
export interface Metric {
  type: 'counter' | 'gauge' | 'histogram'
  /** what it counts or shows, in one sentence */
  help: string
  /** by name: all values that the label has, or what bounds them */
  labels?: Readonly<Record<string, readonly string[] | string>>
  /** upper bounds in seconds */
  buckets?: readonly number[]
  /** how the values of several workers become one; they are added unless said otherwise */
  workers?: 'max' | 'min' | 'first'
}

/** Where no value of the list fits. */
export const otherwise = 'other'

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const hashBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Every metric of ours. The names are a promise: dashboards and alerts of others are built on them. */
export const metrics = {
  countersign_build_info: {
    type: 'gauge',
    help: 'Always 1; its labels say what runs.',
    labels: { version: 'the version of Countersign', node: 'the version of Node.js' },
    workers: 'first',
  },
  countersign_ready: {
    type: 'gauge',
    help: '1 if the process can do its work, 0 if not: what `/readyz` says, but for being on the way out.',
    workers: 'min',
  },
  countersign_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the head of a request to the end of its answer, on the public port.',
    labels: {
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', otherwise],
      route: 'the pattern of the route; `(none)` where no route was found',
      status: 'the status of the answer',
    },
    buckets: durationBuckets,
  },
  countersign_faults_total: {
    type: 'counter',
    help: 'Mistakes of ours: answers 500, failed work in the background, faults outside both. Each has a line in the log.',
    labels: { where: ['request', 'background', 'process'] },
  },
  countersign_store_unavailable_total: {
    type: 'counter',
    help: 'Requests that were answered 503 because of the database; in the background, each time that it stopped answering.',
    labels: { where: ['request', 'background'] },
  },
  countersign_logins_total: {
    type: 'counter',
    help: 'Logins by how they ended; `overloaded` was shed before the password was looked at.',
    labels: {
      method: ['password'],
      result: [
        'succeeded',
        'wrong_password',
        'unknown_user',
        'user_inactive',
        'user_changed',
        'email_not_verified',
        'overloaded',
        otherwise,
      ],
    },
  },
  countersign_registrations_total: {
    type: 'counter',
    help: 'Registrations whose fields were valid each by itself, by how they ended; `invalid` is a taken name or a weak password.',
    labels: { result: ['succeeded', 'invalid', 'overloaded', 'unavailable', otherwise] },
  },
  countersign_logouts_total: {
    type: 'counter',
    help: 'Logouts by what they found: `all_ended` ended every session of the user; `expired`, `bad_signature` and `access_token` were refused.',
    labels: {
      result: [
        ...['ended', 'all_ended', 'already_ended', 'missing'],
        ...['expired', 'bad_signature', 'access_token', otherwise],
      ],
    },
  },
  countersign_refreshes_total: {
    type: 'counter',
    help: 'Refreshes: `rotated` made a new pair, `replayed` gave the same successor again, `extended` a sliding token, `exchanged` opened a session for a token of Django; all others were refused.',
    labels: {
      outcome: [
        'rotated',
        'replayed',
        'extended',
        'exchanged',
        'expired',
        'revoked',
        'reuse',
        'bad_signature',
        'access_token',
        'refresh_token',
        'user_inactive',
        'unknown_session',
        'never_issued',
        'unknown_user',
        'unknown_token',
        'blacklisted',
        'outdated',
        otherwise,
      ],
    },
  },
  countersign_refresh_reuse_detected_total: {
    type: 'counter',
    help: 'Sessions that ended because a spent refresh token was shown again: taken for theft.',
  },
  countersign_tokens_issued_total: {
    type: 'counter',
    help: 'Tokens that were made, by what was shown for them. A successor that is handed out again is not counted again.',
    labels: { type: ['access', 'refresh'], grant: ['password', 'refresh_token'] },
  },
  countersign_access_tokens_refused_total: {
    type: 'counter',
    help: 'Access tokens that our own routes refused, by why: no good token, or how its session ended.',
    labels: {
      reason: [
        'invalid_or_expired',
        'refresh_token',
        'logout',
        'logout_all',
        'reuse',
        'limit',
        'password_changed',
        'email_changed',
        'operator',
        'user_disabled',
        'user_deleted',
        otherwise,
      ],
    },
  },
  countersign_rate_limited_total: {
    type: 'counter',
    help: 'Requests that were answered 429, by the rule that refused them.',
    labels: {
      rule: [
        'login_address',
        'login_account',
        'login_account_ceiling',
        'login_pair',
        'login_pair_ceiling',
        'register_address',
        'reset_address',
        'reset_account',
        'code_address',
        'code_account',
        'resend_address',
        'resend_account',
        'reauthenticate_account',
        'refresh_address',
        'refresh_session',
        otherwise,
      ],
    },
  },
  countersign_audit_events_thinned_total: {
    type: 'counter',
    help: 'Events of a flood that the audit trail did not keep; the log has them.',
  },
  countersign_audit_events_dropped_total: {
    type: 'counter',
    help: 'Events that the audit trail should have kept and could not, since the database did not take them.',
  },
  countersign_webhooks_total: {
    type: 'counter',
    help: 'Events posted to receivers of webhooks: `failed` will be tried again.',
    labels: { result: ['delivered', 'failed'] },
  },
  countersign_password_hash_duration_seconds: {
    type: 'histogram',
    help: 'Time that hashing one password took, without its time in the queue.',
    labels: {
      algorithm: [
        'argon2id',
        'argon2i',
        'argon2d',
        'bcrypt',
        'bcrypt_sha256',
        'pbkdf2_sha1',
        'pbkdf2_sha256',
        'scrypt',
        otherwise,
      ],
    },
    buckets: hashBuckets,
  },
  countersign_password_hashes_running: {
    type: 'gauge',
    help: 'Passwords that are hashed at this moment.',
  },
  countersign_password_hash_slots: {
    type: 'gauge',
    help: 'How many passwords may be hashed at once: `COUNTERSIGN_HASH_PARALLEL`.',
  },
  countersign_password_hash_queue_depth: {
    type: 'gauge',
    help: 'Passwords that wait to be hashed at this moment.',
  },
  countersign_password_hash_queue_limit: {
    type: 'gauge',
    help: 'How many passwords may wait to be hashed: `COUNTERSIGN_HASH_QUEUE`.',
  },
  countersign_password_hash_refusals_total: {
    type: 'counter',
    help: 'Passwords that were not hashed: the queue was full, the wait too long, or the client had gone.',
    labels: { reason: ['queue_full', 'deadline', 'client_gone'] },
  },
  countersign_active_sessions: {
    type: 'gauge',
    help: 'Live sessions of the whole deployment, as the last walk through the table found them. Only the process that walks has it.',
    workers: 'max',
  },
  countersign_sessions_deleted_total: {
    type: 'counter',
    help: 'Sessions that were over and were deleted by this process.',
  },
  countersign_mails_total: {
    type: 'counter',
    help: 'Mails by what became of an attempt: `sent`, `delayed` to a later one, or `failed` for good.',
    labels: {
      template: [
        'verify_email',
        'reset_password',
        'change_email',
        'account_exists',
        'password_changed',
        'email_changed',
        'username_changed',
        'account_deleted',
        'reset_sent',
        'reset_required',
        'role_changed',
        otherwise,
      ],
      result: ['sent', 'delayed', 'failed'],
    },
  },
  countersign_revoked_sessions: {
    type: 'gauge',
    help: 'Sessions that ended early and whose access tokens may still live: what this process keeps in memory.',
    workers: 'max',
  },
  countersign_signing_key_age_seconds: {
    type: 'gauge',
    help: 'Time since a key began to sign; for the next key, since it was made. Retired keys are left out.',
    labels: { kid: 'the id of the key', state: ['next', 'current', 'retiring'] },
    workers: 'max',
  },
  countersign_signing_key_rotation_seconds: {
    type: 'gauge',
    help: 'How long a key signs before the next takes over: `COUNTERSIGN_KEY_ROTATION`. 0: until somebody says so.',
    workers: 'max',
  },
  countersign_clock_skew_seconds: {
    type: 'gauge',
    help: "How far the machine's clock is ahead of the database's, whose time is used. Not with the embedded database.",
    workers: 'first',
  },
  countersign_db_pool_connections: {
    type: 'gauge',
    help: 'Connections to the database by what they do; `waiting` is work that has none yet. Not with the embedded database.',
    labels: { state: ['active', 'idle', 'waiting'] },
  },
} as const satisfies Readonly<Record<string, Metric>>

type Table = typeof metrics
type NamesOf<Type> = { [Name in keyof Table]: Table[Name]['type'] extends Type ? Name : never }[keyof Table]

export type CounterName = NamesOf<'counter'>
export type GaugeName = NamesOf<'gauge'>
export type HistogramName = NamesOf<'histogram'>
export type MetricName = keyof Table

/** A value for each label of the metric; one that its list does not have becomes `other`. */
export type LabelsOf<Name extends MetricName> = Table[Name] extends { labels: infer Labels }
  ? { readonly [Label in keyof Labels]: string | undefined }
  : Readonly<Record<never, string>>
