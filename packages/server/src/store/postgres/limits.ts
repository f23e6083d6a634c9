import { type CountedSteps, countSteps, keysOf, type LimitRow } from '../limits.ts'
import type { CountAttemptInput, CountAttemptOutcome } from '../port/limits.ts'
import type { Store } from '../store.ts'
import type { Connections } from './pool/connections.ts'
import { Undo } from './pool/faults.ts'
import { inTurn } from './pool/in-turn.ts'
import { statement } from './pool/statement.ts'

const columns = 'key, count, free_at, ends_at'

const byKey = statement('limits_by_key', `SELECT ${columns} FROM limits WHERE key = ANY(@keys::text[])`)

/** Locks what is there and what is not there yet alike, in the order of the keys, and reads it as it is then. */
const lock = statement(
  'lock_limits',
  `INSERT INTO limits (${columns}) SELECT asked.key, 0, 0, 0 FROM unnest(@keys::text[]) AS asked (key)
       ON CONFLICT (key) DO UPDATE SET count = limits.count
   RETURNING ${columns}`,
)

const put = statement(
  'put_limits',
  `UPDATE limits SET count = counted.count, free_at = counted.free_at, ends_at = counted.ends_at
     FROM unnest(@keys::text[], @counts::bigint[], @frees::bigint[], @ends::bigint[])
            AS counted (key, count, free_at, ends_at)
    WHERE limits.key = counted.key`,
)

const forget = statement(
  'forget_limits',
  `DELETE FROM limits
    WHERE key = ANY(ARRAY(SELECT key FROM limits WHERE key = ANY(@keys::text[]) ORDER BY key FOR UPDATE))`,
)

const deleteStale = statement(
  'delete_stale_limits',
  `DELETE FROM limits
    WHERE key = ANY(ARRAY(SELECT key FROM limits WHERE ends_at <= @now LIMIT @limit FOR UPDATE SKIP LOCKED))
   RETURNING key`,
)

function columnwise(rows: readonly LimitRow[]) {
  return {
    keys: rows.map(({ key }) => key),
    counts: rows.map(({ count }) => count),
    frees: rows.map(({ free_at }) => free_at),
    ends: rows.map(({ ends_at }) => ends_at),
  }
}

function countIn(db: Connections, input: CountAttemptInput, keys: readonly string[]) {
  return inTurn<CountAttemptOutcome>(db, async (runner) => {
    const counted: CountedSteps = countSteps(input, await runner.rows<LimitRow>(lock, { keys }))
    if (counted.outcome === 'refused') throw new Undo<CountAttemptOutcome>(counted)
    await runner.rows(put, columnwise(counted.rows))
    return { outcome: 'counted' }
  })
}

/** The verbs about limits. */
export function limitVerbs(
  db: Connections,
): Pick<Store, 'countAttempt' | 'forgetAttempts' | 'holdsLimit' | 'deleteStaleLimits'> {
  return {
    async countAttempt(input) {
      const keys = keysOf(input)
      // What is refused costs a read: no lock, no commit.
      const seen = countSteps(input, await db.rows<LimitRow>(byKey, { keys }))
      return seen.outcome === 'refused' ? seen : countIn(db, input, keys)
    },
    async forgetAttempts(input) {
      await db.rows(forget, input)
    },
    async holdsLimit({ key, now }) {
      const held = await db.rows<LimitRow>(byKey, { keys: [key] })
      return held.some(({ ends_at }) => ends_at > now)
    },
    deleteStaleLimits: async (input) => (await db.rows(deleteStale, input)).length,
  }
}
