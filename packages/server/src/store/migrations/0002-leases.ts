import type { Migration } from '../migration.ts'

/** Leases for work that one process does for all; and a history that says which older programs a schema still serves. */
export const leases: Migration = {
  id: '0002-leases',
  servesFrom: 1,
  statements: ({ text, instant, tableSuffix }) => [
    `CREATE TABLE leases (
      name ${text} NOT NULL,
      holder ${text} NOT NULL,
      expires_at ${instant} NOT NULL,
      CONSTRAINT leases_pk PRIMARY KEY (name)
    )${tableSuffix}`,
    `ALTER TABLE migrations ADD COLUMN serves_from ${instant}`,
  ],
}
