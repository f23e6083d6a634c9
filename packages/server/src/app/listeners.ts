import type { Audit } from '../audit/events.ts'
import type { Answered, HttpServerOptions } from '../http/server.ts'
import type { Deployment } from './deployment.ts'

/** Whoever wants to hear of answers. Without a listener an answer is told to nobody and costs nothing. */
export function answerListener({ config, audit, metrics }: Deployment): {
  onAnswer?: (answer: Answered) => void
} {
  const listeners = [
    ...(config.logLevel === 'debug' ? [(answer: Answered) => recordAnswer(audit, answer)] : []),
    ...(metrics ? [metrics.answered] : []),
  ]
  if (listeners.length === 0) return {}
  return { onAnswer: (answer) => listeners.forEach((listen) => void listen(answer)) }
}

function recordAnswer(audit: Audit, { requestId, durationMs, ...rest }: Answered): void {
  const duration_ms = Math.round(durationMs * 100) / 100
  audit.record('http.request', { request_id: requestId, duration_ms, ...rest })
}

/** What went wrong in a request, for the log. */
export function failureListener(audit: Audit): HttpServerOptions['onFailure'] {
  return ({ requestId, error, ...where }) =>
    audit.record('http.failed', { request_id: requestId, ...where, error })
}

/** A proxy that is not believed makes all of its clients one client, to the limits and in the list of sessions. */
export function proxyListener(audit: Audit): HttpServerOptions['onUntrustedProxy'] {
  return ({ requestId, address }) =>
    audit.record('http.proxy_ignored', {
      request_id: requestId,
      client_ip: address,
      reason: 'X-Forwarded-For came, and COUNTERSIGN_TRUST_PROXY is off',
    })
}
