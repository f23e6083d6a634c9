import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/harness.ts'
import { openConnection } from './connection.ts'

function newFile(): string {
  return join(temporaryFolder(), 'store.db')
}

/** Another thread that begins a write on a file that is not in WAL mode yet, and ends it half a second later. */
const holder = `
  const { workerData: { driver, file }, parentPort } = require('node:worker_threads')
  const db = new (require(driver))(file)
  db.exec('BEGIN IMMEDIATE')
  parentPort.postMessage('held')
  setTimeout(() => { db.exec('COMMIT'); db.close() }, 500)`

describe('a connection', () => {
  test('has the settings that durability rests on', () => {
    const db = openConnection(newFile())
    const pragma = (name: string) => Object.values(db.rows<object>(`PRAGMA ${name}`, {})[0] ?? {})[0]
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous'), 'FULL: a commit is synced before it is answered').toBe(2)
    expect(pragma('foreign_keys')).toBe(1)
    expect(pragma('busy_timeout')).toBe(5000)
    db.close()
  })

  test('waits for another process that makes the same fresh file', async () => {
    const file = newFile()
    const driver = createRequire(import.meta.url).resolve('better-sqlite3')
    const worker = new Worker(holder, { eval: true, workerData: { driver, file } })
    const ended = once(worker, 'exit')
    await once(worker, 'message')
    const db = openConnection(file)
    expect(db.rows('PRAGMA journal_mode', {})).toEqual([{ journal_mode: 'wal' }])
    db.close()
    await ended
  })

  const unusable: { name: string; make: (file: string) => void; reason: string }[] = [
    {
      name: 'a folder',
      make: (file) => mkdirSync(file),
      reason: 'SQLITE_CANTOPEN: unable to open database file',
    },
    {
      name: 'a file of another kind',
      make: (file) => writeFileSync(file, 'This is a letter, and no database. '.repeat(200)),
      reason: 'SQLITE_NOTADB: file is not a database',
    },
  ]
  test.each(unusable)('to $name is unavailable; the reason names the file', ({ make, reason }) => {
    const file = newFile()
    make(file)
    expect(() => openConnection(file)).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        details: expect.objectContaining({ reason: `${file}: ${reason}` }),
      }),
    )
  })

  test('a fault of the medium is unavailable, a mistake of ours is not', () => {
    const db = openConnection(newFile())
    db.exec('CREATE TABLE letters (text TEXT) STRICT')
    const [{ page_count: pages } = { page_count: 0 }] = db.rows<{ page_count: number }>(
      'PRAGMA page_count',
      {},
    )
    db.rows(`PRAGMA max_page_count = ${pages}`, {})
    const fill = () => db.rows('INSERT INTO letters VALUES (@text)', { text: 'x'.repeat(100_000) })
    const reason = expect.stringContaining('SQLITE_FULL')
    expect(fill).toThrow(
      expect.objectContaining({ code: 'unavailable', details: expect.objectContaining({ reason }) }),
    )
    expect(() => db.exec('SELECT * FROM nothing')).toThrow(expect.objectContaining({ code: 'SQLITE_ERROR' }))
    db.close()
  })
})
