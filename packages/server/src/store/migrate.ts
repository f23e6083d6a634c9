import type { Migration } from './migration.ts'
import { usersSessionsKeys } from './migrations/0001-users-sessions-keys.ts'
import { leases } from './migrations/0002-leases.ts'
import { accounts } from './migrations/0003-accounts.ts'
import { django } from './migrations/0004-django.ts'
import { adminConsole } from './migrations/0005-console.ts'

/** All migrations, oldest first. Forward only: a released one never changes. */
export const migrations: readonly Migration[] = [usersSessionsKeys, leases, accounts, django, adminConsole]

/** The database was written by a newer or another program; the message says so in a sentence. */
export class SchemaError extends Error {}

/** A row of a database's history. */
export interface AppliedMigration {
  id: string
  /** see `Migration.servesFrom`; what does not say it serves nobody who does not know it */
  serves_from?: number | null
}

/**
 * The migrations that a database still lacks. One that is ahead of us is fine as long as all that it has beyond ours
 * says that it serves us: so the processes of two versions share a database while one replaces the other.
 * @param applied the database's history, oldest first
 * @param known what this program knows
 * @throws SchemaError if the history is another one, or has gone on to where this program cannot follow
 */
export function pendingMigrations(
  applied: readonly AppliedMigration[],
  known: readonly Migration[] = migrations,
): readonly Migration[] {
  applied.forEach(({ id, serves_from }, index) => {
    const ours = known[index]?.id
    if (ours === id || (!ours && serves_from && serves_from <= known.length)) return
    throw new SchemaError(
      `The database has migration ${id} where this program expects ${ours ?? 'none'}: ` +
        'it was made by a newer or a different version of Countersign. Run that version, or restore a backup.',
    )
  })
  return known.slice(applied.length)
}
