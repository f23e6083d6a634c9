import type { Audit, EventFields, EventName } from '../audit/events.ts'
import { AuthError } from '../errors.ts'
import type { Count } from './instruments.ts'

type Counting = (count: Count, fields: EventFields) => void

/** What each event counts. The rooms tell what happened, and know of no metric. */
const countings: Readonly<Partial<Record<EventName, Counting>>> = {
  'auth.register.succeeded': (count) => count('countersign_registrations_total', { result: 'succeeded' }),
  'auth.register.failed': (count, { code }) => count('countersign_registrations_total', { result: code }),
  'auth.login.succeeded': (count) => {
    count('countersign_logins_total', { method: 'password', result: 'succeeded' })
    count('countersign_tokens_issued_total', { type: 'access', grant: 'password' })
    count('countersign_tokens_issued_total', { type: 'refresh', grant: 'password' })
  },
  'auth.login.failed': (count, { code, reason }) => {
    const result = reason === 'not_verified' ? code : reason
    count('countersign_logins_total', { method: 'password', result })
  },
  'auth.refresh.rotated': (count) => {
    count('countersign_refreshes_total', { outcome: 'rotated' })
    count('countersign_tokens_issued_total', { type: 'access', grant: 'refresh_token' })
    count('countersign_tokens_issued_total', { type: 'refresh', grant: 'refresh_token' })
  },
  'auth.refresh.replayed': (count) => {
    count('countersign_refreshes_total', { outcome: 'replayed' })
    count('countersign_tokens_issued_total', { type: 'access', grant: 'refresh_token' })
  },
  'auth.refresh.extended': (count) => {
    count('countersign_refreshes_total', { outcome: 'extended' })
    count('countersign_tokens_issued_total', { type: 'access', grant: 'refresh_token' })
  },
  'auth.legacy.exchanged': (count) => {
    count('countersign_refreshes_total', { outcome: 'exchanged' })
    count('countersign_tokens_issued_total', { type: 'access', grant: 'refresh_token' })
    count('countersign_tokens_issued_total', { type: 'refresh', grant: 'refresh_token' })
  },
  'auth.refresh.failed': (count, { reason }) => count('countersign_refreshes_total', { outcome: reason }),
  'auth.refresh.reuse_detected': (count) => count('countersign_refresh_reuse_detected_total', {}),
  'auth.throttled': (count, { rule }) => count('countersign_rate_limited_total', { rule }),
  'auth.logout.succeeded': (count, { reason = 'all_ended' }) =>
    count('countersign_logouts_total', { result: reason }),
  'auth.logout.failed': (count, { reason }) => count('countersign_logouts_total', { result: reason }),
  'auth.access.refused': (count, { reason }) => count('countersign_access_tokens_refused_total', { reason }),
  'session.cleaned': (count, { count: deleted = 0 }) =>
    count('countersign_sessions_deleted_total', {}, deleted),
  'mail.sent': (count, { template }) => count('countersign_mails_total', { template, result: 'sent' }),
  'mail.delayed': (count, { template }) => count('countersign_mails_total', { template, result: 'delayed' }),
  'mail.failed': (count, { template }) => count('countersign_mails_total', { template, result: 'failed' }),
  'audit.thinned': (count, { count: thinned = 0 }) =>
    count('countersign_audit_events_thinned_total', {}, thinned),
  'audit.dropped': (count, { count: dropped = 0 }) =>
    count('countersign_audit_events_dropped_total', {}, dropped),
  'webhook.delivered': (count) => count('countersign_webhooks_total', { result: 'delivered' }),
  'webhook.failed': (count) => count('countersign_webhooks_total', { result: 'failed' }),
  'http.failed': (count, { error }) => countFailure(count, 'request', error),
  'store.unavailable': (count, { error }) => countFailure(count, 'background', error),
  'server.fault': (count) => count('countersign_faults_total', { where: 'process' }),
}

function countFailure(count: Count, where: 'request' | 'background', error: unknown): void {
  const isAway = error instanceof AuthError && error.code === 'unavailable'
  count(isAway ? 'countersign_store_unavailable_total' : 'countersign_faults_total', { where })
}

/** An audit that counts what it is told, and passes all of it on. */
export function countEvents(audit: Audit, count: Count): Audit {
  return {
    record(event, fields) {
      countings[event]?.(count, fields)
      audit.record(event, fields)
    },
  }
}
