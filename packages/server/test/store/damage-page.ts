import { closeSync, openSync, writeSync } from 'node:fs'
import { withRawDatabase } from './raw-database.ts'

const pageBytes = 4096

/** Overwrites the first page of a table or index in the closed file with bytes that mean nothing. */
export function damagePage(file: string, name: string): void {
  const root = withRawDatabase(file, (db) => {
    db.pragma('wal_checkpoint(TRUNCATE)')
    return db.prepare<[string], number>('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name)
  })
  if (root === undefined) throw new Error(`there is no ${name} to damage`)
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, (root - 1) * pageBytes)
  closeSync(handle)
}
