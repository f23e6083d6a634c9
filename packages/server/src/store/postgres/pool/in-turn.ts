import type { Connections, Runner } from './connections.ts'
import { statement } from './statement.ts'

/** Whatever the database's usual level: there, whoever waited would be told to begin again, each time. */
const level = statement('read_committed', 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED')

/**
 * A transaction for what all want at once, and which begins by locking the rows it is about: each waits for the one
 * before it, and sees what that one left.
 */
export function inTurn<T>(db: Connections, work: (runner: Runner) => Promise<T>): Promise<T> {
  return db.transaction(async (runner) => {
    await runner.rows(level, {})
    return work(runner)
  })
}
