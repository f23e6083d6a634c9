/** What happened, by name; an operator filters by these. Levels are the log's. */
export const events = {
  'auth.register.succeeded': 'info',
  'auth.register.failed': 'info',
  'auth.login.succeeded': 'info',
  'auth.login.failed': 'warn',
  'auth.refresh.rotated': 'info',
  'auth.refresh.replayed': 'info',
  'auth.refresh.failed': 'info',
  'auth.refresh.reuse_detected': 'error',
  'auth.logout.succeeded': 'info',
  'auth.logout.failed': 'info',
  'auth.access.refused': 'info',
  'user.updated': 'info',
  'user.deleted': 'info',
  'key.changed': 'info',
  'session.cleaned': 'debug',
  'http.request': 'debug',
  'http.failed': 'error',
  'store.unavailable': 'error',
  'trace.span': 'info',
  'trace.export_failed': 'warn',
  'server.listening': 'info',
  'server.fault': 'error',
  'server.draining': 'info',
  'server.stopped': 'info',
  'server.notify_failed': 'warn',
  'worker.ready': 'info',
  'worker.ended': 'error',
} as const

export type EventName = keyof typeof events

/** Never a token, a password, or an e-mail; a user is named by his id. */
export interface EventFields {
  request_id?: string
  client_ip?: string
  user_id?: string
  session_id?: string
  /** of the key that signs from now on */
  kid?: string
  /** the refusal's code in the error table */
  code?: string
  /** what the client is not told */
  reason?: string
  method?: string
  route?: string
  status?: number
  duration_ms?: number
  count?: number
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
