import type { Migration } from '../migration.ts'

/** What the admin console lives by: roles, lists of many users in any order, counts of events by the hour. */
export const adminConsole: Migration = {
  id: '0005-console',
  servesFrom: 1,
  statements: ({ text, instant, tableSuffix }) => [
    `ALTER TABLE users ADD COLUMN admin_role ${text}
       CONSTRAINT users_admin_role_check CHECK (admin_role IN ('owner', 'admin', 'support', 'auditor'))`,
    `UPDATE users SET admin_role = CASE WHEN is_superuser = 1 THEN 'owner' ELSE 'auditor' END
      WHERE is_superuser = 1 OR is_staff = 1`,
    'CREATE INDEX users_created ON users (created_at, id)',
    'CREATE INDEX users_disabled ON users (created_at, id) WHERE is_active = 0',
    'CREATE INDEX users_staff ON users (created_at, id) WHERE is_staff = 1',
    'CREATE INDEX users_with_role ON users (created_at, id) WHERE admin_role IS NOT NULL',
    'CREATE INDEX audit_events_actor ON audit_events (actor_id, number) WHERE actor_id IS NOT NULL',
    `CREATE TABLE event_counts (
      id ${text} NOT NULL,
      hour ${instant} NOT NULL,
      event ${text} NOT NULL,
      count ${instant} NOT NULL,
      CONSTRAINT event_counts_pk PRIMARY KEY (id)
    )${tableSuffix}`,
    'CREATE INDEX event_counts_hour ON event_counts (hour)',
    `INSERT INTO event_counts (id, hour, event, count)
     SELECT CAST(happened_at / 3600000 * 3600000 AS text) || ' ' || event, happened_at / 3600000 * 3600000, event,
            count(*)
       FROM audit_events GROUP BY happened_at / 3600000 * 3600000, event`,
  ],
}
