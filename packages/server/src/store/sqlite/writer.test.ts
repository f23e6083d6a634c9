import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/harness.ts'
import { addUser, sampleUser, t0 } from '../../../test/store/samples.ts'
import type { NewUser } from '../port/users.ts'
import type { Store } from '../store.ts'
import { openSqliteStore } from './open.ts'

let store: Store
let writers: Worker[]
const remember = (worker: Worker) => writers.push(worker)

beforeEach(async () => {
  writers = []
  process.on('worker', remember)
  store = await openSqliteStore({ file: join(temporaryFolder(), 'store.db'), now: t0 })
})

afterEach(async () => {
  process.off('worker', remember)
  await store.close()
})

/** Resolves to what the caller was told. */
function told(write: Promise<unknown>): Promise<string> {
  return write.then(
    () => 'stored',
    (thrown: { code?: string }) => String(thrown.code),
  )
}

describe('the writer thread', () => {
  test('is one, and starts with the first write', async () => {
    expect(writers).toHaveLength(0)
    await addUser(store)
    await addUser(store)
    expect(writers).toHaveLength(1)
  })

  test('killed while it rests: the next write has a new one', async () => {
    const user = await addUser(store)
    await writers[0]?.terminate()
    const later = await addUser(store)
    expect(writers).toHaveLength(2)
    expect(await store.findUserById(user.id)).toBeDefined()
    expect(await store.findUserById(later.id)).toBeDefined()
  })

  test('killed under load, again and again: what was told as stored is stored, the rest is unavailable', async () => {
    await addUser(store)
    const writes: { user: NewUser; outcome: Promise<string> }[] = []
    for (let round = 0; round < 6; round += 1) {
      for (let at = 0; at < 400; at += 1) {
        const user = sampleUser()
        writes.push({ user, outcome: told(store.createUser(user)) })
      }
      await writes[round * 400 + round * 50]?.outcome
      await writers.at(-1)?.terminate()
    }
    const seen = new Set<string>()
    for (const { user, outcome } of writes) {
      seen.add(await outcome)
      if ((await outcome) === 'stored') expect(await store.findUserById(user.id)).toBeDefined()
    }
    expect(seen).toEqual(new Set(['stored', 'unavailable']))
    await addUser(store)
  })

  test('an error in the thread is told to those who wait, and ends no process', async () => {
    await addUser(store)
    writers[0]?.emit('error', new Error('out of memory'))
    await writers[0]?.terminate()
    await addUser(store)
  })
})
