import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openFaultyStore } from '../../../test/durability/faulty-store.ts'
import { handClock } from '../../../test/harness.ts'
import type { EventFields, EventName } from '../events.ts'
import { openTrail } from './trail.ts'
import { verifyChain } from './verify.ts'

async function open() {
  const { store, fail } = await openFaultyStore()
  onTestFinished(() => store.close())
  const clock = handClock()
  const logged: { event: EventName; fields: EventFields }[] = []
  const audit = { record: (event: EventName, fields: EventFields) => void logged.push({ event, fields }) }
  const trail = openTrail({ audit, store, clock })
  const kept = async () => (await store.readEvents({ after: 0, limit: 20_000 })).map(({ event }) => event)
  return { store, fail, clock, logged, trail, kept, audit }
}

test('what matters is in the table, all of it is in the log', async () => {
  const { trail, kept, logged } = await open()
  trail.record('auth.login.succeeded', { user_id: 'u' })
  trail.record('auth.refresh.rotated', { user_id: 'u' })
  trail.record('auth.login.failed', { code: 'invalid_credentials' })
  await trail.flush()
  expect(await kept()).toEqual(['auth.login.succeeded', 'auth.login.failed'])
  expect(logged.map(({ event }) => event)).toEqual([
    ...['auth.login.succeeded', 'auth.refresh.rotated', 'auth.login.failed'],
  ])
})

test('it is there soon after, also where nobody asks for it', async () => {
  const { trail, kept } = await open()
  trail.record('auth.login.succeeded', {})
  expect(await kept()).toEqual([])
  while ((await kept()).length === 0) await pause(5)
})

test('an event has the instant at which it was recorded', async () => {
  const { trail, store, clock } = await open()
  const at = clock()
  trail.record('auth.login.succeeded', {})
  clock.advance(5_000)
  await trail.flush()
  expect((await store.readEvents({ after: 0, limit: 1 }))[0]?.happened_at).toBe(at)
})

test('one batch is written at a time, and all keep their order', async () => {
  const { clock, audit, store, kept } = await open()
  let [underWay, most] = [0, 0]
  const appendEvents: typeof store.appendEvents = async (input) => {
    underWay += 1
    most = Math.max(most, underWay)
    await pause(1)
    await store.appendEvents(input)
    underWay -= 1
  }
  const trail = openTrail({ audit, clock, store: { appendEvents } })
  for (let count = 0; count < 1_000; count += 1) {
    trail.record('user.updated', { count })
    if (count % 100 === 0) void trail.flush()
  }
  await trail.flush()
  expect(most).toBe(1)
  expect(await kept()).toHaveLength(1_000)
  const rows = await store.readEvents({ after: 0, limit: 1_000 })
  expect(rows.map(({ details }) => details)).toEqual(rows.map((_, count) => JSON.stringify({ count })))
})

test('while the database is away events wait; it is told once, and when it is back they are there once', async () => {
  const { trail, kept, fail, logged } = await open()
  for (const fault of ['disk full at the commit', 'answer lost after the commit'] as const) {
    fail(fault)
    trail.record('user.updated', { reason: fault })
    await trail.flush()
    await trail.flush()
  }
  fail('none')
  trail.record('user.deleted', {})
  await trail.flush()
  expect(await kept()).toEqual(['user.updated', 'user.updated', 'user.deleted'])
  expect(logged.filter(({ event }) => event === 'store.unavailable')).toHaveLength(1)
})

test('what does not fit while it is away is counted, and what was first is kept', async () => {
  const { trail, store, kept, fail, logged } = await open()
  fail('disk full at the commit')
  await trail.flush()
  for (let count = 0; count < 10_005; count += 1) trail.record('user.updated', { count })
  await trail.flush()
  expect(await kept()).toEqual([])
  fail('none')
  await trail.flush()
  await trail.flush()
  expect(await kept()).toHaveLength(10_001)
  const [last] = await store.listEvents({ limit: 1 })
  expect(last).toMatchObject({ event: 'audit.dropped', details: '{"count":5}' })
  expect(logged.at(-1)).toEqual({ event: 'audit.dropped', fields: { count: 5 } })
})

test('an event that no database would take does not keep out what comes after it', async () => {
  const { trail, kept } = await open()
  trail.record('user.updated', { user_id: {} as string })
  await trail.flush()
  trail.record('user.deleted', {})
  expect(await trail.close()).toBe(0)
  expect(await kept()).toEqual(['user.deleted', 'audit.dropped'])
})

test('the end of a process flushes, and says what it could not keep', async () => {
  const { trail, kept, fail } = await open()
  trail.record('user.updated', {})
  expect(await trail.close()).toBe(0)
  expect(await kept()).toEqual(['user.updated'])
  fail('disk full at the commit')
  trail.record('user.updated', {})
  trail.record('user.updated', {})
  expect(await trail.close()).toBe(2)
})

test('a flood that names no user is thinned, and its rest is one event', async () => {
  const { trail, store, kept, logged } = await open()
  for (let count = 0; count < 5_000; count += 1)
    trail.record('auth.refresh.failed', { reason: 'bad_signature' })
  trail.record('auth.refresh.failed', { reason: 'expired', user_id: 'u' })
  await trail.close()
  expect(logged.filter(({ event }) => event === 'auth.refresh.failed')).toHaveLength(5_001)
  expect(await kept()).toHaveLength(202)
  expect((await store.listEvents({ limit: 1 }))[0]).toMatchObject({
    event: 'audit.thinned',
    details: '{"about":"auth.refresh.failed","count":4800}',
  })
  expect(await verifyChain(store)).toMatchObject({ outcome: 'whole', last: 202 })
})
