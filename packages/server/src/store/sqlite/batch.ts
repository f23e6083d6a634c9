import { AuthError } from '../../errors.ts'
import type { Connection } from './connection.ts'
import { type WriteVerb, writeTable } from './verbs.ts'

/** One write that waits for its turn. Plain data, so that it can cross to another thread. */
export interface Command {
  verb: WriteVerb
  input: unknown
}

/** What became of it; `unavailable` says that nothing of it is stored or that nobody knows yet. */
export type Result = { ok: true; value: unknown } | { ok: false; unavailable: boolean; reason: string }

/**
 * Runs the commands in one transaction with one fsync, each in a savepoint of its own: one that fails undoes itself
 * alone. The results come back only after the commit, so each `ok` is on disk.
 */
export function runBatch(db: Connection, commands: readonly Command[]): Result[] {
  try {
    db.exec('BEGIN IMMEDIATE')
    const results = commands.map((command) => runOne(db, command))
    db.exec('COMMIT')
    return results
  } catch (thrown) {
    const failure = failed(thrown)
    abandon(db)
    return commands.map(() => failure)
  }
}

function runOne(db: Connection, { verb, input }: Command): Result {
  db.exec('SAVEPOINT command')
  try {
    const run = writeTable[verb] as (db: Connection, input: unknown) => unknown
    const value = run(db, input)
    db.exec('RELEASE command')
    return { ok: true, value }
  } catch (thrown) {
    // A full disk or a bad sector ends the whole transaction by itself; then none of the batch happened.
    if (!db.inTransaction()) throw thrown
    db.exec('ROLLBACK TO command')
    db.exec('RELEASE command')
    return failed(thrown)
  }
}

function abandon(db: Connection): void {
  try {
    if (db.inTransaction()) db.exec('ROLLBACK')
  } catch {
    // the commit's own fault is already on its way to the callers and says more than this one
  }
}

function failed(thrown: unknown): Result {
  if (thrown instanceof AuthError && thrown.code === 'unavailable') {
    return { ok: false, unavailable: true, reason: thrown.details.reason ?? thrown.message }
  }
  return {
    ok: false,
    unavailable: false,
    reason: thrown instanceof Error ? `${thrown.stack}` : String(thrown),
  }
}
