import type { Verbs } from './verb.ts'

const holdSql = `
  INSERT INTO leases (name, holder, expires_at) VALUES (@name, @holder, @expiresAt)
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
   WHERE leases.holder = excluded.holder OR leases.expires_at <= @now
  RETURNING name`

const releaseSql = 'DELETE FROM leases WHERE name = @name AND holder = @holder'

/** The verbs about leases. */
export const leaseVerbs: Verbs<'holdLease' | 'releaseLease'> = {
  holdLease: (db, input) => db.rows(holdSql, input).length > 0,
  releaseLease(db, input) {
    db.rows(releaseSql, input)
  },
}
