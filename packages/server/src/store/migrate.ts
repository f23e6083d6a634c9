import type { Migration } from './migration.ts'
import { usersSessionsKeys } from './migrations/0001-users-sessions-keys.ts'

/** All migrations, oldest first. Forward only: a released one never changes. */
export const migrations: readonly Migration[] = [usersSessionsKeys]

/** The database was written by a newer or another program; the message says so in a sentence. */
export class SchemaError extends Error {}

/**
 * The migrations that a database still lacks.
 * @param applied ids that the database has, oldest first
 * @throws SchemaError if the database's history is not a prefix of ours: it was written by a newer or another program
 */
export function pendingMigrations(applied: readonly string[]): readonly Migration[] {
  applied.forEach((id, index) => {
    const known = migrations[index]?.id
    if (known === id) return
    throw new SchemaError(
      `The database has migration ${id} where this program expects ${known ?? 'none'}: ` +
        'it was made by a newer or a different version of Countersign. Run that version, or restore a backup.',
    )
  })
  return migrations.slice(applied.length)
}
