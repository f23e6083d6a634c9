import SqliteDatabase from 'better-sqlite3'
import { AuthError } from '../../errors.ts'
import type { Query } from '../queries.ts'

const busyTimeoutMs = 5_000

/** Of 4 KiB: among a million sessions each change falls on a page of its own, and a longer log writes it back once. */
const walPages = 8_000

/** One open handle of the database file, with its statements prepared once each. Everything on it is synchronous. */
export interface Connection {
  all<Row>(query: Query<Row>): Row[]
  /** runs hand-written SQL with named parameters */
  rows<Row>(sql: string, parameters: object): Row[]
  exec(sql: string): void
  inTransaction(): boolean
  /** whether the file takes writes at all */
  isWritable(): boolean
  close(): void
}

/**
 * Opens the file with the settings that durability rests on: WAL, `synchronous=FULL`, foreign keys, a busy timeout.
 * @param file a path, or `:memory:`
 * @throws AuthError `unavailable` with the reason, if the file cannot be opened or is no database
 * @see https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function openConnection(file: string): Connection {
  return reportingFaults(() => {
    const handle = new SqliteDatabase(file, { timeout: busyTimeoutMs })
    try {
      useWal(handle)
      handle.pragma('synchronous = FULL')
      handle.pragma('foreign_keys = ON')
      handle.pragma(`wal_autocheckpoint = ${walPages}`)
      return wrap(handle)
    } catch (thrown) {
      handle.close()
      throw thrown
    }
  }, `${file}: `)
}

const pauseMs = 20

/**
 * Processes that turn one fresh file to WAL at the same moment refuse each other at once, whatever the busy timeout
 * says: each holds what another one needs. So it is tried again.
 */
function useWal(handle: SqliteDatabase.Database): void {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      handle.pragma('journal_mode = WAL')
      return
    } catch (thrown) {
      if (codeOf(thrown) !== 'SQLITE_BUSY' || waitedMs >= busyTimeoutMs) throw thrown
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }
}

function wrap(handle: SqliteDatabase.Database): Connection {
  const prepared = new Map<string, SqliteDatabase.Statement<unknown[]>>()
  const statement = (sql: string) => {
    const known = prepared.get(sql)
    if (known) return known
    const made = handle.prepare<unknown[]>(sql)
    prepared.set(sql, made)
    return made
  }
  const run = <Row>(sql: string, parameters: readonly unknown[]): Row[] =>
    reportingFaults(() => {
      const made = statement(sql)
      if (made.reader) return made.all(...parameters) as Row[]
      made.run(...parameters)
      return []
    })
  return {
    all: <Row>(query: Query<Row>) => run<Row>(query.sql, query.parameters),
    rows: <Row>(sql: string, parameters: object) => run<Row>(sql, [parameters]),
    exec: (sql) => {
      reportingFaults(() => statement(sql).run())
    },
    inTransaction: () => handle.inTransaction,
    isWritable: () => !handle.readonly && handle.pragma('query_only', { simple: true }) === 0,
    close: () => {
      handle.close()
    },
  }
}

/** Thrown by a statement that a constraint refused; the verbs turn it into an outcome. */
export interface ConstraintFault extends Error {
  code: `SQLITE_CONSTRAINT_${string}`
}

export function isConstraintFault(thrown: unknown): thrown is ConstraintFault {
  return thrown instanceof SqliteDatabase.SqliteError && thrown.code.startsWith('SQLITE_CONSTRAINT')
}

/** Faults of the medium (full, unreadable, locked, damaged) become `unavailable`; mistakes of ours stay what they are. */
const mediumFault = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CORRUPT|NOTADB|CANTOPEN|PERM|NOMEM|PROTOCOL)/

function reportingFaults<T>(work: () => T, where = ''): T {
  try {
    return work()
  } catch (cause) {
    const code = codeOf(cause)
    if (!mediumFault.test(code)) throw cause
    const reason = `${where}${code}: ${(cause as Error).message}`
    throw new AuthError('unavailable', { retryAfterSeconds: 1, reason, cause })
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof SqliteDatabase.SqliteError ? thrown.code : ''
}
