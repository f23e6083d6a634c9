import { countSteps, keysOf, type LimitRow } from '../../limits.ts'
import type { CountAttemptInput, CountAttemptOutcome } from '../../port/limits.ts'
import type { Connection } from '../connection.ts'
import type { Verbs } from './verb.ts'

const byKeySql = 'SELECT * FROM limits WHERE key = @key'

const putSql = `
  INSERT INTO limits (key, count, free_at, ends_at) VALUES (@key, @count, @free_at, @ends_at)
      ON CONFLICT (key) DO UPDATE SET count = excluded.count, free_at = excluded.free_at, ends_at = excluded.ends_at`

const deleteSql = 'DELETE FROM limits WHERE key = @key'

const deleteStaleSql = `
  DELETE FROM limits WHERE key IN (SELECT key FROM limits WHERE ends_at <= @now LIMIT @limit) RETURNING key`

function count(db: Connection, input: CountAttemptInput) {
  return countSteps(
    input,
    keysOf(input).flatMap((key) => db.rows<LimitRow>(byKeySql, { key })),
  )
}

/** The refusal of an attempt that what is stored lets in no more; undefined where it has to be counted. */
export function refusalOf(db: Connection, input: CountAttemptInput): CountAttemptOutcome | undefined {
  const counted = count(db, input)
  return counted.outcome === 'refused' ? counted : undefined
}

/** Whether anything is held under the key that is not over yet. */
export function holdsLimit(db: Connection, { key, now }: { key: string; now: number }): boolean {
  return db.rows<LimitRow>(byKeySql, { key }).some(({ ends_at }) => ends_at > now)
}

/** The verbs about limits. */
export const limitVerbs: Verbs<'countAttempt' | 'forgetAttempts' | 'deleteStaleLimits'> = {
  countAttempt(db, input) {
    // Nobody writes between the reading and the writing: the transaction has the file for itself.
    const counted = count(db, input)
    if (counted.outcome === 'refused') return counted
    for (const row of counted.rows) db.rows(putSql, row)
    return { outcome: 'counted' }
  },
  forgetAttempts(db, { keys }) {
    for (const key of keys) db.rows(deleteSql, { key })
  },
  deleteStaleLimits: (db, input) => db.rows(deleteStaleSql, input).length,
}
