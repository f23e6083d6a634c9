import type { Migration } from '../migration.ts'

/** What users bring along from Django: their names, their groups, the refresh tokens that they hold. */
export const django: Migration = {
  id: '0004-django',
  servesFrom: 1,
  statements: ({ text, instant, flag, tableSuffix }) => [
    `ALTER TABLE users ADD COLUMN first_name ${text} NOT NULL DEFAULT ''`,
    `ALTER TABLE users ADD COLUMN last_name ${text} NOT NULL DEFAULT ''`,
    `ALTER TABLE users ADD COLUMN group_names ${text} NOT NULL DEFAULT '[]'`,
    `ALTER TABLE users ADD COLUMN sessions_ended_at ${instant}`,
    `CREATE TABLE legacy_tokens (
      jti ${text} NOT NULL,
      user_id ${text} NOT NULL,
      expires_at ${instant} NOT NULL,
      is_blacklisted ${flag} NOT NULL,
      session_id ${text},
      exchanged_at ${instant},
      CONSTRAINT legacy_tokens_pk PRIMARY KEY (jti),
      CONSTRAINT legacy_tokens_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
      CONSTRAINT legacy_tokens_exchanged_check CHECK ((session_id IS NULL) = (exchanged_at IS NULL))
    )${tableSuffix}`,
    'CREATE INDEX legacy_tokens_end ON legacy_tokens (expires_at)',
    'CREATE INDEX legacy_tokens_user ON legacy_tokens (user_id)',
    `CREATE TABLE counters (
      name ${text} NOT NULL,
      value ${instant} NOT NULL,
      CONSTRAINT counters_pk PRIMARY KEY (name)
    )${tableSuffix}`,
  ],
}
