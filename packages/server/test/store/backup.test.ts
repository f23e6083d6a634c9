import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts'
import { temporaryFolder } from '../harness.ts'
import { damagePage } from './damage-page.ts'
import { withRawDatabase } from './raw-database.ts'
import { addSession, addUser, sampleUser, t0 } from './samples.ts'

let folder: string
let store: SqliteStore

beforeEach(async () => {
  folder = temporaryFolder()
  store = await openSqliteStore({ file: join(folder, 'store.db'), now: t0 })
})

describe('a backup', () => {
  test('made while the server writes is whole: what was acknowledged before is in it, and it is sound', async () => {
    const before = await addUser(store)
    await addSession(store, before)
    // Each pair is one user and one session: no copy may have the second without the first.
    let isWriting = true
    const writing = (async () => {
      while (isWriting) await addSession(store, await addUser(store))
    })()
    const copies = [1, 2, 3].map((number) => join(folder, `copy-${number}.db`))
    for (const copy of copies) {
      await Promise.all(Array.from({ length: 20 }, () => store.createUser(sampleUser())))
      await store.backup(copy)
    }
    isWriting = false
    await writing
    await store.close()
    for (const copy of copies) {
      expect(statSync(copy).mode & 0o777).toBe(0o600)
      withRawDatabase(copy, (db) => {
        expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
        expect(db.pragma('foreign_key_check')).toEqual([])
      })
      const opened = await openSqliteStore({ file: copy, now: t0 })
      expect(await opened.health()).toEqual({ pendingMigrations: [], isWritable: true })
      expect(await opened.findUserById(before.id)).toBeDefined()
      expect(await opened.listSessionsOfUser(before.id, t0)).toHaveLength(1)
      await opened.close()
    }
  })

  test('is a database of its own: what comes later changes the one and not the other', async () => {
    const copy = join(folder, 'copy.db')
    await store.backup(copy)
    const later = await addUser(store)
    const opened = await openSqliteStore({ file: copy, now: t0 })
    expect(await opened.findUserById(later.id)).toBeUndefined()
    await addUser(opened)
    expect(await store.listUsers({ after: undefined, limit: 9 })).toHaveLength(1)
    await Promise.all([opened.close(), store.close()])
  })

  test('writes over nothing that is there', async () => {
    const there = join(folder, 'there.db')
    writeFileSync(there, 'last week’s backup')
    await expect(store.backup(there)).rejects.toThrow('EEXIST')
    expect(readFileSync(there, 'utf8')).toBe('last week’s backup')
    await store.close()
  })

  test('that fails is told, and leaves no half of a file', async () => {
    await addSession(store, await addUser(store))
    await store.close()
    damagePage(join(folder, 'store.db'), 'sessions')
    const damaged = await openSqliteStore({ file: join(folder, 'store.db'), now: t0 })
    const copy = join(folder, 'copy.db')
    await expect(damaged.backup(copy)).rejects.toMatchObject({ code: 'unavailable' })
    expect(existsSync(copy)).toBe(false)
    await expect(damaged.backup(join(folder, 'no folder', 'copy.db'))).rejects.toThrow('ENOENT')
    await damaged.close()
  })
})
