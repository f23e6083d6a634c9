/** What an examination found; `fail` is what a server should not run with. */
export interface Finding {
  check: string
  level: 'ok' | 'warn' | 'fail'
  /** one line for a person, with what to do where there is something to do */
  says: string
}

/** A finding of the given check. */
export function finding(check: string, level: Finding['level'], says: string): Finding {
  return { check, level, says: says.replaceAll('\n', ' ') }
}
