import type { Migration } from '../migration.ts'

/** Users, their sessions, and the keys that sign access tokens. */
export const usersSessionsKeys: Migration = {
  id: '0001-users-sessions-keys',
  statements: ({ instant, flag, bytes, tableSuffix }) => [
    `CREATE TABLE users (
      id TEXT NOT NULL,
      username TEXT NOT NULL,
      username_canonical TEXT NOT NULL,
      email TEXT NOT NULL,
      email_canonical TEXT,
      password_hash TEXT NOT NULL,
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
      id TEXT NOT NULL,
      user_id TEXT,
      generation ${instant} NOT NULL,
      created_at ${instant} NOT NULL,
      rotated_at ${instant} NOT NULL,
      expires_at ${instant} NOT NULL,
      ends_at ${instant} NOT NULL,
      device TEXT NOT NULL,
      address TEXT NOT NULL,
      revoked_at ${instant},
      revoked_reason TEXT,
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
      kid TEXT NOT NULL,
      algorithm TEXT NOT NULL,
      state TEXT NOT NULL,
      public_jwk TEXT NOT NULL,
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
