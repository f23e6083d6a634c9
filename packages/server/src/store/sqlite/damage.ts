import { openConnection } from './connection.ts'

/**
 * Reads the whole database file and says what is wrong with it; a sound one gives none. It takes as long as reading
 * takes, and keeps nobody from writing.
 * @param file an existing database
 * @throws AuthError `unavailable` if the file cannot be opened or is no database
 * @see https://www.sqlite.org/pragma.html#pragma_integrity_check
 */
export function findDamage(file: string): string[] {
  const db = openConnection(file)
  try {
    const found = db.rows<{ integrity_check: string }>('PRAGMA integrity_check(20)', {})
    const orphans = db.rows<{ table: string }>('PRAGMA foreign_key_check', {})
    return [
      ...found.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
      ...orphans.map((row) => `a row of ${row.table} refers to a row that is not there`),
    ]
  } finally {
    db.close()
  }
}
