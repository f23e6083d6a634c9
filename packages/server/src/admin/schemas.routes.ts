import { type JsonSchema, schema } from '../http/schema.ts'

// The shapes of `answers.ts`, as the API filters and describes them; a test compares the two by what is answered.

const { text, integer, flag, instant, list, orNull, object, record } = schema
const maybeText = orNull(text())
const maybeInstant = orNull(instant())
const role = text({ enum: ['owner', 'admin', 'support', 'auditor'] })

/** A page of a list. */
export const pageOf = (item: JsonSchema): JsonSchema =>
  object({
    items: list(item),
    next: orNull(text({ description: 'What `?cursor=` takes for the next page' })),
  })

export const SignedIn = object({
  user: object({ id: text(), username: text(), role }),
  permissions: list(text()),
  proven_until: maybeInstant,
  expires_at: instant(),
  ends_at: instant(),
})

const userMembers = {
  id: text(),
  username: text(),
  email: text(),
  email_verified: flag(),
  is_active: flag(),
  is_staff: flag(),
  is_superuser: flag(),
  role: orNull(role),
  created_at: instant(),
  last_login_at: maybeInstant,
}

export const AdminUser = object(userMembers)

export const AdminUserDetail = object({
  ...userMembers,
  password: object({ algorithm: maybeText, changed_at: maybeInstant }),
  live_sessions: integer(),
  touchable: flag(),
})

export const BulkResults = object({
  items: list(
    object({
      id: text(),
      outcome: text({ enum: ['done', 'missing', 'forbidden', 'conflict'] }),
      detail: maybeText,
    }),
  ),
})

export const AdminSession = object({
  id: text(),
  user_id: maybeText,
  username: maybeText,
  device: text(),
  address: text(),
  created_at: instant(),
  last_used_at: instant(),
  expires_at: instant(),
  ends_at: instant(),
  revoked_at: maybeInstant,
  revoked_reason: maybeText,
  live: flag(),
  current: flag(),
})

export const Keys = object({
  items: list(
    object({
      kid: text(),
      algorithm: text(),
      state: text({ enum: ['next', 'current', 'retiring', 'retired'] }),
      created_at: instant(),
      activated_at: maybeInstant,
      retires_at: maybeInstant,
      known_at: instant(),
    }),
  ),
  schedule: object({
    algorithm: text(),
    rotation_seconds: integer(),
    rotates_at: maybeInstant,
    rotatable_at: maybeInstant,
  }),
})

const anything: JsonSchema = {}

const eventMembers = {
  number: integer(),
  id: text(),
  time: instant(),
  event: text(),
  result: text({ enum: ['ok', 'refused', 'failed'] }),
  code: maybeText,
  request_id: maybeText,
  actor: maybeText,
  actor_name: maybeText,
  user_id: maybeText,
  user_name: maybeText,
  session_id: maybeText,
  client_ip: maybeText,
  device: maybeText,
  changes: orNull(record(object({ before: anything, after: anything }))),
  details: orNull(record(anything)),
}

export const AdminEvent = object(eventMembers)
export const AdminEventDetail = object({ ...eventMembers, personal_digest: text(), chain: text() })
export const Chain = object({ first: integer(), last: integer(), link: maybeText })

export const ChainVerdict = object({
  outcome: text({ enum: ['whole', 'broken'] }),
  number: orNull(integer()),
  fault: orNull(text({ enum: ['missing', 'changed', 'personal_changed', 'end_changed'] })),
  first: orNull(integer()),
  last: orNull(integer()),
  link: maybeText,
})

export const Explanation = object({
  request_id: text(),
  items: list(object({ event: AdminEvent, why: text(), answer: text(), todo: text() })),
})

export const AdminMail = object({
  id: text(),
  template: text(),
  to: text(),
  user_id: maybeText,
  state: text({ enum: ['waiting', 'sent', 'failed'] }),
  created_at: instant(),
  due_at: maybeInstant,
  attempts: integer(),
  sent_at: maybeInstant,
  failed_at: maybeInstant,
  last_error: maybeText,
})

export const MailPreview = object({ template: text(), subject: text(), text: text(), html: text() })
export const MailTemplates = object({ items: list(object({ template: text() })) })
export const Delivered = object({ taken: flag(), said: text() })

export const Receivers = object({
  items: list(object({ id: text(), host: text(), position: orNull(integer()), behind: orNull(integer()) })),
})
export const SentResults = object({
  items: list(object({ host: text(), count: integer(), fault: maybeText })),
})

export const Settings = object({
  mode: text(),
  items: list(
    object({
      name: text(),
      flag: maybeText,
      value: maybeText,
      source: text({ enum: ['flag', 'environment', 'file', 'default', 'derived', 'none'] }),
      is_secret: flag(),
      default: maybeText,
      doc: text(),
    }),
  ),
  you: object({
    ...{ address: text(), peer: text(), forwarded_for: maybeText, host: maybeText, trust_proxy: text() },
    verdict: text({ enum: ['direct', 'believed', 'not_believed'] }),
  }),
})

export const ImportReport = object({
  dry_run: flag(),
  format: text(),
  content_digest: text(),
  rows: integer(),
  counts: record(integer()),
  hashes: list(object({ format: text(), state: text(), count: integer() })),
  staff: integer(),
  superusers: integer(),
  examples: list(object({ id: text(), username: text() })),
  refusals: list(
    object({
      row: integer(),
      username: maybeText,
      reason: text({ enum: ['invalid', 'weak_hash', 'unknown_hash', 'taken'] }),
      detail: text(),
    }),
  ),
})

const counts = list(
  object({
    from: instant(),
    logins: integer(),
    failures: integer(),
    registrations: integer(),
    reuse: integer(),
    throttled: integer(),
  }),
)

export const Home = object({
  now: instant(),
  hours: counts,
  days: counts,
  warnings: list(object({ code: text(), detail: text(), todo: text() })),
})

export const System = object({
  version: text(),
  node: text(),
  platform: text(),
  mode: text(),
  issuer: text(),
  process: object({
    pid: integer(),
    workers: integer(),
    uptime_seconds: integer(),
    memory_bytes: integer(),
    heap_bytes: integer(),
  }),
  database: object({
    kind: text({ enum: ['sqlite', 'postgres'] }),
    server: maybeText,
    size_bytes: orNull(integer()),
  }),
  applied_migrations: list(text()),
  pending_migrations: list(text()),
  checks: list(object({ name: text(), ok: flag(), detail: text() })),
})

export const Doctor = object({
  items: list(
    object({
      name: text(),
      state: text({ enum: ['ok', 'warning', 'problem'] }),
      what: text(),
      mend: maybeText,
    }),
  ),
})
