import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { EventFields, EventName } from '../../src/audit/events.ts'
import { openTrail } from '../../src/audit/trail/trail.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { openWebhooks } from '../../src/webhooks/webhooks.ts'
import { spawnServer, temporaryFolder } from '../harness.ts'
import { openClient } from '../races/http-client.ts'
import { withRawDatabase } from '../store/raw-database.ts'
import { key, openReceiver, until, webhookSecret } from './receiver.ts'

const ours = async () => true

async function open(receivers: readonly { url: string }[], events: readonly string[] = ['*']) {
  const clock = Object.assign(() => clock.now, { now: Date.now() })
  const store = await openSqliteStore({ file: ':memory:', now: clock() })
  const told: { event: EventName; fields: EventFields }[] = []
  const audit = { record: (event: EventName, fields: EventFields) => void told.push({ event, fields }) }
  const trail = openTrail({ audit: { record: () => undefined }, store, clock })
  const urls = receivers.map(({ url }) => url)
  const begun = new Set<string>()
  const moveCursor: typeof store.moveCursor = async (input) => {
    await store.moveCursor(input)
    begun.add(input.name)
  }
  const noted = { ...store, moveCursor }
  const options = {
    urls,
    events,
    keys: [key],
    privateAddresses: 'allow',
    store: noted,
    audit,
    clock,
  } as const
  let webhooks = openWebhooks(options)
  onTestFinished(async () => {
    await webhooks.stop()
    await store.close()
  })
  /** Writes events that tell where they are from. */
  const record = async (...names: EventName[]) => {
    for (const name of names) trail.record(name, { user_id: 'u' })
    await trail.flush()
  }
  return {
    clock,
    told,
    record,
    run: () => webhooks.run(ours),
    notOurs: () => webhooks.run(async () => false),
    /** as another process that follows */
    async reopen() {
      await webhooks.stop()
      webhooks = openWebhooks(options)
      webhooks.run(ours)
    },
    /** events that happen from now on are delivered */
    async begin() {
      webhooks.run(ours)
      await until(() => begun.size === urls.length)
    },
  }
}

async function receivers(...answers: (Parameters<typeof openReceiver>[0] | undefined)[]) {
  const opened = await Promise.all(answers.map((answer) => openReceiver(answer)))
  onTestFinished(() => opened.forEach((one) => void one.close()))
  return opened as [Awaited<ReturnType<typeof openReceiver>>, ...Awaited<ReturnType<typeof openReceiver>>[]]
}

const names = ['user.created', 'user.updated', 'user.deleted'] as const

describe('a receiver', () => {
  test('gets what happens from now on, in order, signed, once', async () => {
    const [receiver] = await receivers(undefined)
    const { record, begin, run, told } = await open([receiver])
    await record('session.revoked')
    await begin()
    await record(...names)
    run()
    await until(() => receiver.received.length === 3)
    run()
    expect(receiver.received.map(({ type }) => type)).toEqual(names)
    expect(receiver.received.every(({ isSigned }) => isSigned)).toBe(true)
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(3)
    await until(() => told.length === 3)
    expect(told[0]).toEqual({
      event: 'webhook.delivered',
      fields: { address: expect.any(String), number: 2 },
    })
  })

  test('gets only what it asks for', async () => {
    const [receiver] = await receivers(undefined)
    const { record, begin, run } = await open([receiver], ['user.deleted', 'key.*'])
    await begin()
    await record('user.created', 'key.revoked', 'user.updated', 'user.deleted')
    run()
    await until(() => receiver.received.length === 2)
    expect(receiver.received.map(({ type }) => type)).toEqual(['key.revoked', 'user.deleted'])
  })

  test('that refuses gets the same event again, later and later, and nothing before it', async () => {
    const [receiver] = await receivers((turn) => (turn < 3 ? 503 : 204))
    const { record, begin, run, clock, told } = await open([receiver])
    await begin()
    await record(...names)
    const waits: number[] = []
    for (let attempts = 1; attempts <= 3; attempts += 1) {
      run()
      await until(() => told.length === attempts)
      const failedAt = clock.now
      while (receiver.received.length === attempts) {
        clock.now += 250
        run()
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      waits.push(clock.now - failedAt)
    }
    await until(() => receiver.taken().length === 3)
    expect(receiver.received.map(({ type }) => type)).toEqual([names[0], names[0], names[0], ...names])
    const [first, second] = receiver.received
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
    expect(waits[0]).toBeGreaterThanOrEqual(1_000)
    expect(waits[1]).toBeGreaterThanOrEqual(2_000)
    expect(waits[2]).toBeGreaterThanOrEqual(4_000)
    expect(told.slice(0, 3).map(({ fields }) => fields.count)).toEqual([1, 2, 3])
    expect(told[0]).toMatchObject({
      event: 'webhook.failed',
      fields: { reason: 'it answered 503', number: 1 },
    })
  })

  test('that never answers keeps no other waiting', async () => {
    const [silent, refusing, good] = await receivers(
      () => 0,
      () => 500,
      undefined,
    )
    if (!refusing || !good) throw new Error('there are three')
    const { record, begin, run } = await open([silent, refusing, good])
    await begin()
    await record(...names)
    run()
    await until(() => good.received.length === 3 && silent.received.length === 1)
    await until(() => refusing.received.length === 1)
  })

  test('is followed by another process where the first one stopped', async () => {
    const [receiver] = await receivers((turn) => (turn === 2 ? 0 : 204))
    const { record, begin, run, reopen, told } = await open([receiver])
    await begin()
    await record(...names, ...names)
    run()
    await until(() => receiver.received.length === 3)
    await reopen()
    await until(() => receiver.taken().length === 6)
    expect(receiver.taken().map(({ type }) => type)).toEqual([...names, ...names])
    // What our own stop cut is no failure of the receiver's.
    expect(told.filter(({ event }) => event === 'webhook.failed')).toEqual([])
  })

  test('gets nothing from a process whose turn it is not', async () => {
    const [receiver] = await receivers(undefined)
    const { record, begin, notOurs, run } = await open([receiver])
    await begin()
    await record('user.created')
    notOurs()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(receiver.received).toEqual([])
    run()
    await until(() => receiver.received.length === 1)
  })
})

test('kill -9 of a server in the middle loses nothing', async () => {
  let slow = true
  const [receiver] = await receivers((turn) => (slow && turn > 3 ? 0 : 204))
  const data = temporaryFolder()
  const env = {
    COUNTERSIGN_WEBHOOK_URLS: receiver.url,
    COUNTERSIGN_WEBHOOK_SECRET: webhookSecret,
    COUNTERSIGN_WEBHOOK_PRIVATE: 'allow',
    COUNTERSIGN_WEBHOOK_EVENTS: 'auth.*',
  }
  const first = await spawnServer({ data, env })
  onTestFinished(() => void first.stop('SIGKILL'))
  const client = openClient(first.address)
  const cursors = () =>
    withRawDatabase(join(data, 'countersign.db'), (db) => db.prepare('SELECT * FROM cursors').all())
  await until(() => cursors().length === 1)
  await client.register('alice')
  for (let turn = 0; turn < 6; turn += 1) await client.login('alice')
  await until(() => receiver.received.length > 4)
  await first.stop('SIGKILL')
  client.close()
  slow = false
  // The dead process holds the work until its lease ends, a minute later: now.
  withRawDatabase(join(data, 'countersign.db'), (db) => db.exec('DELETE FROM leases'))
  const next = await spawnServer({ data, env })
  onTestFinished(() => void next.stop('SIGKILL'))
  await until(() => receiver.taken().length >= 7)
  expect(new Set(receiver.taken().map(({ headers }) => headers['webhook-id'])).size).toBe(7)
  expect(receiver.taken().map(({ type }) => type)).toEqual([
    ...['auth.register.succeeded', ...Array(6).fill('auth.login.succeeded')],
  ])
  expect(receiver.received.every(({ isSigned }) => isSigned)).toBe(true)
  await next.stop()
}, 180_000)
