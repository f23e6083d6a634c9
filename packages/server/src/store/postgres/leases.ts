import type { Store } from '../store.ts'
import type { Connections } from './pool/connections.ts'
import { statement } from './pool/statement.ts'

const hold = statement(
  'hold_lease',
  `INSERT INTO leases (name, holder, expires_at) VALUES (@name, @holder, @expiresAt)
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
    WHERE leases.holder = excluded.holder OR leases.expires_at <= @now
   RETURNING name`,
)

const release = statement('release_lease', 'DELETE FROM leases WHERE name = @name AND holder = @holder')

/** The verbs about leases. */
export function leaseVerbs(db: Connections): Pick<Store, 'holdLease' | 'releaseLease'> {
  return {
    holdLease: async (input) => (await db.rows(hold, input)).length > 0,
    async releaseLease(input) {
      await db.rows(release, input)
    },
  }
}
