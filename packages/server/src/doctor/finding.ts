import { AuthError } from '../errors.ts'

/** What an examination found. */
export interface Finding {
  check: string
  /** `fail` is what a server should not run with */
  level: 'ok' | 'warn' | 'fail'
  /** one line for a person */
  says: string
  /** what to do about it, where there is something to do */
  mend?: string
}

export function ok(check: string, says: string): Finding {
  return found({ check, level: 'ok', says })
}

/** It could be better. */
export function warning(check: string, says: string, mend?: string): Finding {
  return found({ check, level: 'warn', says, ...(mend !== undefined && { mend }) })
}

/** It should be mended. */
export function problem(check: string, says: string, mend?: string): Finding {
  return found({ check, level: 'fail', says, ...(mend !== undefined && { mend }) })
}

/** Each on one line, whatever a driver or an operating system has said. */
function found({ says, ...rest }: Finding): Finding {
  return { ...rest, says: says.replaceAll('\n', ' ') }
}

/**
 * Why something could not be examined.
 * @throws what was thrown, where nobody foresaw it
 */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AuthError) return thrown.details.reason ?? thrown.message
  if (thrown instanceof Error && 'syscall' in thrown) return thrown.message
  throw thrown
}
