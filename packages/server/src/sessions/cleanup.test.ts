import { expect, test } from 'vitest'
import { addSession, addUser, day, minute, t0 } from '../../test/store/samples.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import { createCleanup } from './cleanup.ts'

const memoryMs = 16 * minute

test('walks the table a batch a call, and starts again at its end', async () => {
  const store = await openSqliteStore({ file: ':memory:', now: t0 })
  const user = await addUser(store)
  const kept = await addSession(store, user, { created_at: t0 })
  for (let made = 0; made < 2_250; made += 1) await addSession(store, user, { created_at: t0 - 30 * day })
  const cleanUp = createCleanup(store, memoryMs)
  const batches = [await cleanUp(t0), await cleanUp(t0), await cleanUp(t0)]
  expect(batches).toEqual([
    { deleted: 1_000, atEnd: false },
    { deleted: 1_000, atEnd: false },
    { deleted: 250, atEnd: true, live: 1 },
  ])
  await addSession(store, user, { created_at: t0 - 30 * day })
  expect(await cleanUp(t0)).toEqual({ deleted: 1, atEnd: true, live: 1 })
  expect(await store.findSession(kept.id)).toBeDefined()
})

test('at the end of a walk it says how many sessions were live in all of it', async () => {
  const store = await openSqliteStore({ file: ':memory:', now: t0 })
  const user = await addUser(store)
  const users = await Promise.all([0, 1].map(() => addUser(store)))
  for (let made = 0; made < 1_000; made += 1)
    await addSession(store, users[made % 2] ?? user, { created_at: t0 + made })
  const ended = await addSession(store, user, { created_at: t0 })
  await store.endSession({ sessionId: ended.id, now: t0, reason: 'logout' })
  await addSession(store, user, { created_at: t0, expires_at: t0 + minute })
  const cleanUp = createCleanup(store, memoryMs)
  for (let walk = 0; walk < 2; walk += 1) {
    expect(await cleanUp(t0 + minute)).toEqual({ deleted: 0, atEnd: false })
    expect(await cleanUp(t0 + minute)).toEqual({ deleted: 0, atEnd: true, live: 1_000 })
  }
})

test('a revoked session stays as long as its access tokens could live', async () => {
  const store = await openSqliteStore({ file: ':memory:', now: t0 })
  const { id } = await addSession(store, await addUser(store))
  await store.endSession({ sessionId: id, now: t0, reason: 'logout' })
  const cleanUp = createCleanup(store, memoryMs)
  expect((await cleanUp(t0 + memoryMs)).deleted).toBe(0)
  expect((await cleanUp(t0 + memoryMs + 1)).deleted).toBe(1)
})
