/** How an event is kept. */
export interface EventKind {
  /** of its line in the log */
  level: 'debug' | 'info' | 'warn' | 'error'
  /**
   * `kept`: in the trail, each one. `bounded`: so is it, but anybody can cause any number of it, so of a flood some are
   * kept and the rest is counted. `log`: in the log alone.
   */
  trail: 'kept' | 'bounded' | 'log'
}

/** What happened, by name; an operator filters by these. */
export const events = {
  'auth.register.succeeded': { level: 'info', trail: 'kept' },
  'auth.register.failed': { level: 'info', trail: 'bounded' },
  'auth.login.succeeded': { level: 'info', trail: 'kept' },
  'auth.login.failed': { level: 'warn', trail: 'bounded' },
  'auth.refresh.rotated': { level: 'info', trail: 'log' },
  'auth.refresh.replayed': { level: 'info', trail: 'log' },
  'auth.refresh.extended': { level: 'info', trail: 'log' },
  'auth.refresh.failed': { level: 'info', trail: 'bounded' },
  'auth.refresh.reuse_detected': { level: 'error', trail: 'kept' },
  'auth.legacy.exchanged': { level: 'info', trail: 'kept' },
  'auth.throttled': { level: 'warn', trail: 'bounded' },
  'auth.logout.succeeded': { level: 'info', trail: 'bounded' },
  'auth.logout.failed': { level: 'info', trail: 'bounded' },
  'auth.access.refused': { level: 'info', trail: 'bounded' },
  'auth.password.changed': { level: 'info', trail: 'kept' },
  'auth.password.refused': { level: 'warn', trail: 'bounded' },
  'auth.reset.requested': { level: 'info', trail: 'bounded' },
  'auth.reset.succeeded': { level: 'info', trail: 'kept' },
  'auth.reset.failed': { level: 'warn', trail: 'bounded' },
  'auth.email.requested': { level: 'info', trail: 'bounded' },
  'auth.email.verified': { level: 'info', trail: 'kept' },
  'auth.email.changed': { level: 'info', trail: 'kept' },
  'auth.email.failed': { level: 'warn', trail: 'bounded' },
  'user.created': { level: 'info', trail: 'kept' },
  'user.updated': { level: 'info', trail: 'kept' },
  'user.hashes_wrapped': { level: 'info', trail: 'kept' },
  'user.deleted': { level: 'info', trail: 'kept' },
  'users.imported': { level: 'warn', trail: 'kept' },
  'users.exported': { level: 'warn', trail: 'kept' },
  'session.revoked': { level: 'info', trail: 'kept' },
  'key.rotated': { level: 'info', trail: 'kept' },
  'key.revoked': { level: 'warn', trail: 'kept' },
  'key.changed': { level: 'info', trail: 'log' },
  'session.cleaned': { level: 'debug', trail: 'log' },
  'mail.sent': { level: 'info', trail: 'kept' },
  'mail.delayed': { level: 'warn', trail: 'log' },
  'mail.failed': { level: 'error', trail: 'kept' },
  'webhook.delivered': { level: 'debug', trail: 'log' },
  'webhook.failed': { level: 'warn', trail: 'log' },
  'admin.acted': { level: 'info', trail: 'kept' },
  'admin.refused': { level: 'warn', trail: 'bounded' },
  'audit.thinned': { level: 'warn', trail: 'kept' },
  'audit.dropped': { level: 'error', trail: 'kept' },
  'audit.deleted': { level: 'info', trail: 'kept' },
  'http.request': { level: 'debug', trail: 'log' },
  'http.failed': { level: 'error', trail: 'bounded' },
  'http.proxy_ignored': { level: 'warn', trail: 'log' },
  'store.unavailable': { level: 'error', trail: 'log' },
  'trace.span': { level: 'info', trail: 'log' },
  'trace.export_failed': { level: 'warn', trail: 'log' },
  'server.listening': { level: 'info', trail: 'log' },
  'server.django_key': { level: 'warn', trail: 'log' },
  'server.fault': { level: 'error', trail: 'log' },
  'server.draining': { level: 'info', trail: 'log' },
  'server.stopped': { level: 'info', trail: 'log' },
  'server.notify_failed': { level: 'warn', trail: 'log' },
  'worker.ready': { level: 'info', trail: 'log' },
  'worker.ended': { level: 'error', trail: 'log' },
} as const satisfies Readonly<Record<string, EventKind>>

export type EventName = keyof typeof events

/**
 * What a refresh was decided by. Instants are epoch milliseconds; all but the token's own are by the clock that all
 * processes of the deployment agree on.
 */
export interface Compared {
  decided_at: number
  presented_generation: number
  token_expires_at: number
  /** of the session, where there is one; so are those that follow */
  stored_generation?: number
  rotated_at?: number
  session_expires_at?: number
  revoked_at?: number
  revoked_reason?: string
  /** how long a spent token was good for its successor */
  grace_ms?: number
}

/** Never a token, a password, or an e-mail; a user is named by his id. */
export interface EventFields {
  request_id?: string
  client_ip?: string
  /** what the client calls itself, cut down to what a person recognises */
  device?: string
  /** who did it, where that is not the user himself: `operator` */
  actor?: string
  user_id?: string
  session_id?: string
  /** of a mail in the outbox */
  mail_id?: string
  template?: string
  /** of the key that signs from now on */
  kid?: string
  /** the refusal's code in the error table */
  code?: string
  /** what the client is not told */
  reason?: string
  /** of the table of throttling */
  rule?: string
  compared?: Compared
  /** what was set, before and after */
  changes?: Changes
  /** the same of names and addresses: for the trail alone, and erased with their owner */
  personal_changes?: Changes
  /** of an event in the trail */
  number?: number
  /** the event that was thinned */
  about?: string
  method?: string
  route?: string
  status?: number
  duration_ms?: number
  count?: number
  /** how many of what */
  counts?: Readonly<Record<string, number>>
  address?: string
  /** its number, from 1 */
  worker?: number
  /** the trace and its span that an event happened in, as W3C Trace Context writes them */
  trace_id?: string
  span_id?: string
  parent_span_id?: string
  /** what a span is called */
  span?: string
  /** of a span, by the names of OpenTelemetry's conventions */
  attributes?: object
  error?: unknown
}

/** By the name of what was changed. */
export type Changes = Readonly<Record<string, { before: unknown; after: unknown }>>

export interface Audit {
  record(event: EventName, fields: EventFields): void
}

/** Where a request came from: who asks, and the id under which its events are found. */
export interface Origin {
  requestId: string
  address: string
  userAgent: string
}

/** The fields of an event that a request caused. */
export function requestFields(origin: Origin): { request_id: string; client_ip: string } {
  return { request_id: origin.requestId, client_ip: origin.address }
}
