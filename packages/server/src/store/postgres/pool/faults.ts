import pg from 'pg'
import { AuthError } from '../../../errors.ts'

/** Nothing of the transaction happened, and trying it again may help: serialization failure, deadlock. */
const retryable = new Set(['40001', '40P01'])

/** The connection's prepared statements no longer fit (a new schema, another server behind a pooler). */
const stale = new Set(['0A000', '26000'])

/**
 * Mistakes of ours: data exceptions, violated constraints, SQL that does not parse. A table that is missing and a right
 * that was never granted are the operator's, like everything else that a database can complain of.
 */
const ours = /^(22|23|42(?!501|P01))/

/** What a fault means for whoever waits for the answer. */
export type FaultKind =
  /** roll back and try again */
  | 'retry'
  /** try again, on a new connection */
  | 'retry_elsewhere'
  /** the database cannot serve now; the connection is not used again */
  | 'unavailable'
  /** thrown as it is */
  | 'ours'

/** Thrown inside a transaction to undo it; the outcome is then what the verb reports. */
export class Undo<Outcome> extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super('undone on purpose')
    this.outcome = outcome
  }
}

/** Reads the SQLSTATE, never the text; what has none is the connection's fault. */
export function kindOf(thrown: unknown): FaultKind {
  const code = sqlState(thrown)
  if (code === undefined) return isConnectionFault(thrown) ? 'unavailable' : 'ours'
  if (retryable.has(code)) return 'retry'
  if (stale.has(code)) return 'retry_elsewhere'
  return ours.test(code) ? 'ours' : 'unavailable'
}

/** The name of the unique constraint that refused a row; undefined for any other fault. */
export function violatedUnique(thrown: unknown): string | undefined {
  return sqlState(thrown) === '23505' ? ((thrown as pg.DatabaseError).constraint ?? '') : undefined
}

/** The name of the constraint that refused a row, whatever its kind; undefined for any other fault. */
export function violatedConstraint(thrown: unknown): string | undefined {
  return sqlState(thrown)?.startsWith('23') ? ((thrown as pg.DatabaseError).constraint ?? '') : undefined
}

/** Whether there was no such table: a database that was never migrated. */
export function isMissingTable(thrown: unknown): boolean {
  return sqlState(thrown instanceof AuthError ? thrown.cause : thrown) === '42P01'
}

/**
 * What the server calls a fault, undefined for one that it said nothing about.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function sqlState(thrown: unknown): string | undefined {
  return thrown instanceof pg.DatabaseError ? thrown.code : undefined
}

const mistakes = [TypeError, RangeError, ReferenceError, Undo]

/** A driver's own error: no route, refused, timed out, cut off. Programming errors have a class of their own. */
function isConnectionFault(thrown: unknown): boolean {
  return thrown instanceof Error && !mistakes.some((mistake) => thrown instanceof mistake)
}

/** Its SQLSTATE or the system's code; of what has neither, the text. */
export function faultName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return 'code' in thrown ? String(thrown.code) : thrown.message
}
