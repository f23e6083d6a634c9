import type { Migration } from '../migration.ts'

/** What accounts live by: verified addresses, one-time secrets, mail, limits, the trail of what happened. */
export const accounts: Migration = {
  id: '0003-accounts',
  servesFrom: 1,
  statements: ({ text, instant, flag, bytes, tableSuffix }) => [
    `ALTER TABLE users ADD COLUMN email_verified_at ${instant}`,
    `ALTER TABLE users ADD COLUMN password_changed_at ${instant}`,
    `CREATE TABLE one_time_secrets (
      id ${text} NOT NULL,
      user_id ${text} NOT NULL,
      purpose ${text} NOT NULL,
      digest ${bytes} NOT NULL,
      code_digest ${bytes} NOT NULL,
      code_attempts ${flag} NOT NULL,
      email ${text} NOT NULL,
      created_at ${instant} NOT NULL,
      expires_at ${instant} NOT NULL,
      CONSTRAINT one_time_secrets_pk PRIMARY KEY (id),
      CONSTRAINT one_time_secrets_digest_unique UNIQUE (digest),
      CONSTRAINT one_time_secrets_purpose_unique UNIQUE (user_id, purpose),
      CONSTRAINT one_time_secrets_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
      CONSTRAINT one_time_secrets_purpose_check CHECK (purpose IN ('reset_password', 'verify_email', 'change_email'))
    )${tableSuffix}`,
    'CREATE INDEX one_time_secrets_end ON one_time_secrets (expires_at)',
    `CREATE TABLE mails (
      id ${text} NOT NULL,
      user_id ${text},
      template ${text} NOT NULL,
      recipient ${text} NOT NULL,
      sealed ${bytes},
      created_at ${instant} NOT NULL,
      due_at ${instant},
      attempts ${instant} NOT NULL,
      sent_at ${instant},
      failed_at ${instant},
      last_error ${text},
      CONSTRAINT mails_pk PRIMARY KEY (id),
      CONSTRAINT mails_end_check CHECK (sent_at IS NULL OR failed_at IS NULL)
    )${tableSuffix}`,
    'CREATE INDEX mails_due ON mails (due_at) WHERE due_at IS NOT NULL',
    'CREATE INDEX mails_settled ON mails (created_at) WHERE due_at IS NULL',
    'CREATE INDEX mails_user ON mails (user_id) WHERE user_id IS NOT NULL',
    `CREATE TABLE limits (
      key ${text} NOT NULL,
      count ${instant} NOT NULL,
      free_at ${instant} NOT NULL,
      ends_at ${instant} NOT NULL,
      CONSTRAINT limits_pk PRIMARY KEY (key)
    )${tableSuffix}`,
    'CREATE INDEX limits_end ON limits (ends_at)',
    `CREATE TABLE audit_events (
      number ${instant} NOT NULL,
      id ${text} NOT NULL,
      happened_at ${instant} NOT NULL,
      event ${text} NOT NULL,
      result ${text} NOT NULL,
      code ${text},
      request_id ${text},
      actor_id ${text},
      user_id ${text},
      session_id ${text},
      details ${text},
      personal ${text},
      personal_salt ${bytes},
      personal_digest ${bytes} NOT NULL,
      chain ${bytes} NOT NULL,
      CONSTRAINT audit_events_pk PRIMARY KEY (number),
      CONSTRAINT audit_events_id_unique UNIQUE (id)
    )${tableSuffix}`,
    `CREATE TABLE audit_chain (
      id ${text} NOT NULL,
      last_number ${instant} NOT NULL,
      last_chain ${bytes},
      kept_after ${instant} NOT NULL,
      kept_chain ${bytes},
      CONSTRAINT audit_chain_pk PRIMARY KEY (id),
      CONSTRAINT audit_chain_one_check CHECK (id = 'chain')
    )${tableSuffix}`,
    `INSERT INTO audit_chain (id, last_number, last_chain, kept_after, kept_chain) VALUES ('chain', 0, NULL, 0, NULL)`,
    'CREATE INDEX audit_events_request ON audit_events (request_id) WHERE request_id IS NOT NULL',
    `CREATE TABLE cursors (
      name ${text} NOT NULL,
      number ${instant} NOT NULL,
      CONSTRAINT cursors_pk PRIMARY KEY (name)
    )${tableSuffix}`,
    'CREATE INDEX audit_events_user ON audit_events (user_id, number) WHERE user_id IS NOT NULL',
  ],
}
