import { AuthError } from '../../src/errors.ts'
import { type Command, runBatch } from '../../src/store/sqlite/batch.ts'
import type { Connection } from '../../src/store/sqlite/connection.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { WriteVerb } from '../../src/store/sqlite/verbs.ts'
import type { Store } from '../../src/store/store.ts'
import { handClock } from '../harness.ts'

/** What goes wrong with each write from now on. */
export type Fault = keyof typeof faults | 'none'

const broken = new AuthError('unavailable', {
  retryAfterSeconds: 1,
  reason: 'SQLITE_IOERR: a fault of the test',
})

/** Each gives the connection that the batch then runs on. */
const faults = {
  /** the statement finds the disk full; SQLite then ends the whole transaction by itself */
  'disk full at a statement': (db: Connection): Connection => {
    const fail = () => {
      db.exec('ROLLBACK')
      throw broken
    }
    return { ...db, rows: fail, all: fail }
  },
  'disk full at the commit': (db: Connection) => ({
    ...db,
    exec: (sql: string) => atCommit(db, sql, 'ROLLBACK'),
  }),
  'commit refused': (db: Connection) => ({ ...db, exec: (sql: string) => atCommit(db, sql) }),
  'writer dead before the batch': (): Connection => {
    throw new Error('the writer thread ended')
  },
  /** it is stored, and nobody hears of it */
  'answer lost after the commit': (db: Connection) => ({
    ...db,
    exec: (sql: string) => atCommit(db, sql, 'COMMIT'),
  }),
} as const

function atCommit(db: Connection, sql: string, instead?: string): void {
  if (sql !== 'COMMIT') db.exec(sql)
  else {
    if (instead !== undefined) db.exec(instead)
    throw broken
  }
}

/** Faults after which nothing of the write is stored. */
export const faultsBefore = [
  'disk full at a statement',
  'disk full at the commit',
  'commit refused',
  'writer dead before the batch',
] as const satisfies readonly Fault[]

/** A store in memory whose writes fail on command; its reads never do. */
export async function openFaultyStore(): Promise<{
  store: Store
  fail(fault: Fault, only?: WriteVerb): void
}> {
  let fault: Fault = 'none'
  let verb: WriteVerb | undefined
  const isMeant = (commands: readonly Command[]) =>
    verb === undefined || commands.some((one) => one.verb === verb)
  const store = await openSqliteStore({
    file: ':memory:',
    now: handClock()(),
    executor: (db) => ({
      run: async (commands) =>
        runBatch(fault === 'none' || !isMeant(commands) ? db : faults[fault](db), commands),
      close: async () => undefined,
    }),
  })
  const fail = (next: Fault, only?: WriteVerb) => {
    fault = next
    verb = only
  }
  return { store, fail }
}
