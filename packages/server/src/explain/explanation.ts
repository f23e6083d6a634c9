import { detailsOf } from '../audit/trail/event-json.ts'
import { errors } from '../errors.ts'
import { rules } from '../limits/rules.ts'
import type { AuditRow } from '../store/schema.ts'
import { passwordReasons, proofReasons } from './account-reasons.ts'
import type { Explanation, Facts } from './facts.ts'
import { loginReasons } from './login-reasons.ts'
import { accessReasons, logoutReasons, registerCodes } from './other-reasons.ts'
import { refreshReasons } from './refresh-reasons.ts'

type Explain = (facts: Facts) => Explanation

/** Which words an event's reason is looked up in; events without a line here are told as they are. */
const explanations: Readonly<Record<string, Readonly<Record<string, Explain>>>> = {
  'auth.login.failed': loginReasons,
  'auth.refresh.failed': refreshReasons,
  'auth.logout.failed': logoutReasons,
  'auth.access.refused': accessReasons,
  'auth.register.failed': registerCodes,
  'auth.password.refused': passwordReasons,
  'auth.reset.failed': proofReasons,
  'auth.email.failed': proofReasons,
}

/** What became of it and why, in sentences. */
export function explanationOf(facts: Facts): Explanation {
  const { row, details } = facts
  const reason = details.reason ?? row.code ?? ''
  const known = explanations[row.event]
  const explain = known && Object.hasOwn(known, reason) ? known[reason] : undefined
  if (explain) return explain(facts)
  if (row.event === 'auth.refresh.reuse_detected') return reuseDetected(facts)
  if (row.event === 'auth.throttled') return throttled(facts)
  if (row.result === 'failed') return failed(facts)
  return plain(facts)
}

function reuseDetected(facts: Facts): Explanation {
  return refreshReasons.reuse?.(facts) ?? plain(facts)
}

function throttled({ details: { rule = '' } }: Facts): Explanation {
  const line = Object.entries(rules).find(([name]) => name === rule)?.[1]
  const counts = line ? `, which counts ${line.counts}, by ${line.by}` : ''
  return {
    why: `Too many attempts: the rule ${rule} refused this one before its work was done${counts}.`,
    todo: 'The client waits as long as Retry-After says. The figures of all rules are in the guide to throttling.',
  }
}

function failed({ details: { error } }: Facts): Explanation {
  const { type = 'error', code, reason } = (error ?? {}) as { type?: string; code?: string; reason?: string }
  const isAway = code === 'unavailable'
  const named = [type, code, reason].filter(Boolean).join(': ')
  return {
    why: isAway ? `The database did not answer (${named}).` : `A fault of ours (${named}).`,
    todo: isAway
      ? 'Look after the database: countersign doctor.'
      : 'The log has it in full, under this request id.',
  }
}

function plain({ row, details }: Facts): Explanation {
  const { reason, rule, compared, ...rest } = details
  const more = Object.entries({ reason, rule, ...rest }).filter(([, value]) => value !== undefined)
  const told = more.map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const became = { ok: 'It was done', refused: 'It was refused' }[row.result] ?? 'It failed'
  return {
    why: told.length === 0 ? `${became}.` : `${became}: ${told.join(', ')}.`,
    todo: row.result === 'ok' ? 'Nothing.' : 'The guide to operating has all events and reasons.',
  }
}

/** The answer to the request, as far as an event decides it. */
export function toldText({ row }: Facts): string {
  const code = row.code ?? ''
  if (!Object.hasOwn(errors, code)) return 'what it asked for'
  const { status, detail, ...more } = errors[code as keyof typeof errors]
  const wire = 'wireCode' in more ? ` (${more.wireCode})` : ''
  return code === 'invalid'
    ? `${status} with a sentence for each field that is wrong`
    : `${status} ${JSON.stringify(detail)}${wire}, and no more`
}

/** Reuse is an event of its own, beside the refusal that tells all of it: the former is left out. */
export function withoutRepeats(rows: readonly AuditRow[]): AuditRow[] {
  const isTold = rows.some((row) => detailsOf(row).reason === 'reuse')
  return rows.filter(({ event }) => !isTold || event !== 'auth.refresh.reuse_detected')
}
