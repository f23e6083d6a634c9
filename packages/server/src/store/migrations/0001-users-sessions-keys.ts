import type { Migration } from '../migration.ts'

/** Users, their sessions, and the keys that sign access tokens. */
export const usersSessionsKeys: Migration = {
  id: '0001-users-sessions-keys',
  statements: ({ text, instant, flag, bytes, tableSuffix }) => [
    `CREATE TABLE users (
      id ${text} NOT NULL,
      username ${text} NOT NULL,
      username_canonical ${text} NOT NULL,
      email ${text} NOT NULL,
      email_canonical ${text},
      password_hash ${text} NOT NULL,
      is_active ${flag} NOT NULL,
      is_staff ${flag} NOT NULL,
      is_superuser ${flag} NOT NULL,
      created_at ${instant} NOT NULL,
      last_login_at ${instant},
      CONSTRAINT users_pk PRIMARY KEY (id),
      CONSTRAINT users_username_unique UNIQUE (username_canonical),
      CONSTRAINT users_email_unique UNIQUE (email_canonical),
      CONSTRAINT users_flags_check CHECK (is_active IN (0, 1) AND is_staff IN (0, 1) AND is_superuser IN (0, 1))
    )${tableSuffix}`,
    `CREATE TABLE sessions (
      id ${text} NOT NULL,
      user_id ${text},
      generation ${instant} NOT NULL,
      created_at ${instant} NOT NULL,
      rotated_at ${instant} NOT NULL,
      expires_at ${instant} NOT NULL,
      ends_at ${instant} NOT NULL,
      device ${text} NOT NULL,
      address ${text} NOT NULL,
      revoked_at ${instant},
      revoked_reason ${text},
      idempotency_digest ${bytes},
      CONSTRAINT sessions_pk PRIMARY KEY (id),
      CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL,
      CONSTRAINT sessions_generation_check CHECK (generation >= 0),
      CONSTRAINT sessions_end_check CHECK (expires_at <= ends_at),
      CONSTRAINT sessions_revoked_check CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
    )${tableSuffix}`,
    'CREATE INDEX sessions_user ON sessions (user_id)',
    'CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL',
    `CREATE TABLE signing_keys (
      kid ${text} NOT NULL,
      algorithm ${text} NOT NULL,
      state ${text} NOT NULL,
      public_jwk ${text} NOT NULL,
      private_sealed ${bytes},
      created_at ${instant} NOT NULL,
      activated_at ${instant},
      retires_at ${instant},
      CONSTRAINT signing_keys_pk PRIMARY KEY (kid),
      CONSTRAINT signing_keys_algorithm_check CHECK (algorithm IN ('ES256', 'RS256', 'EdDSA')),
      CONSTRAINT signing_keys_state_check CHECK (state IN ('next', 'current', 'retiring', 'retired'))
    )${tableSuffix}`,
    `CREATE UNIQUE INDEX signing_keys_one_signer ON signing_keys (state) WHERE state IN ('next', 'current')`,
  ],
}
