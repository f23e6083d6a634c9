import { sampleEvent, sampleMail, sampleSecret, sampleUser, t0 } from './samples.ts'

/** A table's row by column. */
type Row = Record<string, unknown>

/** A row in each table that accounts live by. */
export function accountRows(userId: string): Record<string, Row> {
  const user = { ...sampleUser(), id: userId }
  return {
    one_time_secrets: { ...sampleSecret(user, { secret: 'a' }), code_attempts: 0 },
    mails: { ...sampleMail(), attempts: 0, sent_at: null, failed_at: null },
    limits: { key: 'a', count: 1, free_at: t0, ends_at: t0 },
    audit_events: { ...sampleEvent(), number: 1, chain: Buffer.from('chain') },
    cursors: { name: 'a', number: 1 },
    event_counts: { id: `${t0} a`, hour: t0, event: 'a', count: 1 },
    legacy_tokens: { jti: 'a', user_id: userId, expires_at: t0, is_blacklisted: 0 },
    counters: { name: 'users', value: 1 },
  }
}

/** What the database must not take once those rows are there: the rule that refuses it, and its words. */
export function accountRefusals(stored: Record<string, Row>) {
  const {
    one_time_secrets: secret = {},
    mails: mail = {},
    limits: limit = {},
    audit_events: event = {},
    cursors: cursor = {},
    event_counts: count = {},
    legacy_tokens: token = {},
    counters: counter = {},
  } = stored
  const ofUser = { ...sampleUser(), id: String(secret.user_id) }
  const freshSecret = (purpose: string) => ({
    ...sampleSecret(ofUser, { secret: purpose, purpose }),
    code_attempts: 0,
  })
  const freshMail = () => ({ ...mail, id: sampleMail().id })
  const freshEvent = () => ({ ...event, id: sampleEvent().id, number: 2 })
  const chain = { id: 'chain', last_number: 0, kept_after: 0 }
  return [
    {
      rule: 'event_counts_pk',
      table: 'event_counts',
      row: () => count,
      message: 'UNIQUE constraint failed: event_counts.id',
    },
    {
      rule: 'one_time_secrets_pk',
      table: 'one_time_secrets',
      row: () => ({ ...freshSecret('verify_email'), id: secret.id }),
      message: 'UNIQUE constraint failed: one_time_secrets.id',
    },
    {
      rule: 'one_time_secrets_digest_unique',
      table: 'one_time_secrets',
      row: () => ({ ...freshSecret('verify_email'), digest: secret.digest }),
      message: 'UNIQUE constraint failed: one_time_secrets.digest',
    },
    {
      rule: 'one_time_secrets_purpose_unique',
      table: 'one_time_secrets',
      row: () => freshSecret('reset_password'),
      message: 'UNIQUE constraint failed: one_time_secrets.user_id, one_time_secrets.purpose',
    },
    {
      rule: 'one_time_secrets_user_fk',
      table: 'one_time_secrets',
      row: () => ({ ...freshSecret('verify_email'), user_id: 'nobody' }),
      message: 'FOREIGN KEY constraint failed',
    },
    {
      rule: 'one_time_secrets_purpose_check',
      table: 'one_time_secrets',
      row: () => freshSecret('another'),
      message: 'CHECK constraint failed: one_time_secrets_purpose_check',
    },
    {
      rule: 'mails_pk',
      table: 'mails',
      row: () => mail,
      message: 'UNIQUE constraint failed: mails.id',
    },
    {
      rule: 'mails_end_check',
      table: 'mails',
      row: () => ({ ...freshMail(), sent_at: t0, failed_at: t0 }),
      message: 'CHECK constraint failed: mails_end_check',
    },
    {
      rule: 'limits_pk',
      table: 'limits',
      row: () => limit,
      message: 'UNIQUE constraint failed: limits.key',
    },
    {
      rule: 'audit_events_pk',
      table: 'audit_events',
      row: () => ({ ...freshEvent(), number: event.number }),
      message: 'UNIQUE constraint failed: audit_events.number',
    },
    {
      rule: 'audit_events_id_unique',
      table: 'audit_events',
      row: () => ({ ...freshEvent(), id: event.id }),
      message: 'UNIQUE constraint failed: audit_events.id',
    },
    {
      rule: 'audit_chain_pk',
      table: 'audit_chain',
      row: () => chain,
      message: 'UNIQUE constraint failed: audit_chain.id',
    },
    {
      rule: 'audit_chain_one_check',
      table: 'audit_chain',
      row: () => ({ ...chain, id: 'another' }),
      message: 'CHECK constraint failed: audit_chain_one_check',
    },
    {
      rule: 'cursors_pk',
      table: 'cursors',
      row: () => cursor,
      message: 'UNIQUE constraint failed: cursors.name',
    },
    {
      rule: 'legacy_tokens_pk',
      table: 'legacy_tokens',
      row: () => token,
      message: 'UNIQUE constraint failed: legacy_tokens.jti',
    },
    {
      rule: 'legacy_tokens_user_fk',
      table: 'legacy_tokens',
      row: () => ({ ...token, jti: 'another', user_id: 'nobody' }),
      message: 'FOREIGN KEY constraint failed',
    },
    {
      rule: 'legacy_tokens_exchanged_check',
      table: 'legacy_tokens',
      row: () => ({ ...token, jti: 'another', exchanged_at: t0 }),
      message: 'CHECK constraint failed: legacy_tokens_exchanged_check',
    },
    {
      rule: 'counters_pk',
      table: 'counters',
      row: () => counter,
      message: 'UNIQUE constraint failed: counters.name',
    },
  ]
}
