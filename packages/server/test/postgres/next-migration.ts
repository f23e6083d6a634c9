import { migrations } from '../../src/store/migrate.ts'
import type { Migration } from '../../src/store/migration.ts'

/** A migration that is still to come, as most are: it only adds, so that today's program goes on beside it. */
export const nextMigration: Migration = {
  id: `${String(migrations.length + 1).padStart(4, '0')}-labels`,
  servesFrom: migrations.length,
  statements: ({ text, instant }) => [
    `ALTER TABLE sessions ADD COLUMN label ${text}`,
    'CREATE INDEX sessions_label ON sessions (label)',
    `ALTER TABLE users ADD COLUMN seen_at ${instant}`,
  ],
}

/** All that the program of tomorrow has. */
export const nextMigrations: readonly Migration[] = [...migrations, nextMigration]
