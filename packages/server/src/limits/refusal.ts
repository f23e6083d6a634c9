import { type Audit, type Origin, requestFields } from '../audit/events.ts'
import { AuthError, errors } from '../errors.ts'
import type { RuleName } from './rules.ts'

/** Who was refused by what, and when it makes sense to come again. */
export interface Refusal {
  /** begins with the rule's name and a colon */
  key: string
  /** epoch milliseconds, as `now` */
  freeAt: number
  now: number
}

/** Tells the operator which rule it was, and the client how long to wait, in Django REST framework's words. */
export function refused(audit: Audit, origin: Origin, { key, freeAt, now }: Refusal): AuthError {
  const rule = key.slice(0, key.indexOf(':')) as RuleName
  const seconds = Math.max(1, Math.ceil((freeAt - now) / 1000))
  audit.record('auth.throttled', { ...requestFields(origin), code: 'throttled', rule })
  const wait = `Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`
  return new AuthError('throttled', {
    detail: `${errors.throttled.detail} ${wait}`,
    retryAfterSeconds: seconds,
    policy: rule,
    reason: rule,
  })
}
