import type { Connection } from './connection.ts'

/** What came of a step, and whether what it did stays. */
export type Tentative<T> = { keep: T } | { undo: T }

/** Does a part of a verb that may have to be undone without undoing the rest; what it throws undoes the whole verb. */
export function tentatively<T>(db: Connection, work: () => Tentative<T>): T {
  db.exec('SAVEPOINT step')
  const result = work()
  if ('undo' in result) db.exec('ROLLBACK TO step')
  db.exec('RELEASE step')
  return 'undo' in result ? result.undo : result.keep
}
