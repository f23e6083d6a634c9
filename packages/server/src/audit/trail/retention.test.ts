import { expect, test } from 'vitest'
import { day, sampleEvent, t0 } from '../../../test/store/samples.ts'
import { openSqliteStore } from '../../store/sqlite/open.ts'
import { createRetention } from './retention.ts'
import { verifyChain } from './verify.ts'

async function open(count: number) {
  const store = await openSqliteStore({ file: ':memory:', now: t0 })
  const happened_at = t0 - 3 * day
  await store.appendEvents({
    events: Array.from({ length: count }, () =>
      sampleEvent({ happened_at, personal: null, personal_salt: null }),
    ),
  })
  await store.appendEvents({ events: [sampleEvent({ personal: null, personal_salt: null })] })
  return store
}

test('what is older goes, a batch a call, and the rest is whole', async () => {
  const store = await open(700)
  const deleteOld = createRetention(store, 2 * day)
  expect(await deleteOld(t0)).toEqual({ deleted: 500, atEnd: false })
  expect(await deleteOld(t0)).toEqual({ deleted: 200, atEnd: true })
  expect(await deleteOld(t0)).toEqual({ deleted: 0, atEnd: true })
  expect(await verifyChain(store)).toMatchObject({ outcome: 'whole', first: 701, last: 701 })
})

test('what is as old as the trail goes back stays', async () => {
  const store = await open(1)
  expect(await createRetention(store, 3 * day)(t0)).toEqual({ deleted: 0, atEnd: true })
  expect(await createRetention(store, 3 * day)(t0 + 1)).toEqual({ deleted: 1, atEnd: true })
})

test('0 keeps all', async () => {
  const store = await open(3)
  expect(await createRetention(store, 0)(t0 + 10_000 * day)).toEqual({ deleted: 0, atEnd: true })
  expect((await store.readChain()).kept_after).toBe(0)
})
