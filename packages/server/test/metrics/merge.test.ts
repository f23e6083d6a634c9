import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMerge, type Snapshot } from '../../src/metrics/merge.ts'
import { type Metrics, openMetrics } from '../../src/metrics/metrics.ts'
import { samplesOf, valuesOf } from './exposition.ts'
import { type MeasuredServer, openMeasuredServer } from './measured-server.ts'

let workers: [MeasuredServer, MeasuredServer]
beforeEach(async () => {
  workers = [await openMeasuredServer(), await openMeasuredServer()]
})
afterEach(() => Promise.all(workers.map((one) => one.close())))

/** As they come from another process. */
async function sent({ metrics }: { metrics: Metrics }): Promise<Snapshot> {
  return JSON.parse(JSON.stringify(await metrics.snapshot())) as Snapshot
}

async function merged() {
  return samplesOf(await createMerge()(await Promise.all(workers.map(sent))))
}

test('what two workers counted is added up, what they share is not', async () => {
  const [one, two] = workers
  const pair = await one.server.session('alice')
  await one.server.post('/api/logout/', { refresh: pair.refresh })
  await two.server.session('bob')
  await two.server.session('carol')
  await two.server.post('/api/login/', { username: 'nobody', password: 'whatever it is' })
  one.metrics.activeSessions(41)
  const samples = await merged()
  const shown = (name: string) => valuesOf(samples, `countersign_${name}`)
  expect(shown('logins_total')).toMatchObject({ 'password succeeded': 3, 'password unknown_user': 1 })
  expect(shown('http_request_duration_seconds_count')).toMatchObject({
    'POST /api/login/ 200': 3,
    'POST /api/login/ 401': 1,
    'POST /api/logout/ 200': 1,
  })
  expect(shown('password_hash_queue_limit')).toEqual({ '': 512 })
  expect(Object.values(shown('build_info'))).toEqual([1])
  expect(shown('ready')).toEqual({ '': 1 })
  expect(shown('revoked_sessions'), 'each remembers the same ones').toEqual({ '': 1 })
  expect(shown('active_sessions'), 'only one walks').toEqual({ '': 41 })
  expect(shown('signing_key_rotation_seconds')).toEqual({ '': 90 * 86_400 })
  const buckets = samples.filter(
    ({ name, labels }) =>
      name === 'countersign_http_request_duration_seconds_bucket' &&
      labels.route === '/api/login/' &&
      labels.status === '200' &&
      labels.le === '+Inf',
  )
  expect(buckets.map(({ value }) => value)).toEqual([3])
})

test('one worker that is not ready is not outvoted', async () => {
  const [one] = workers
  const row = one.server.deployment.keyRing.rows().find(({ state }) => state === 'current')
  const set = { state: 'retired', retires_at: 0, private_sealed: null }
  await one.server.deployment.store.changeKeys({
    now: 0,
    insert: [],
    move: [{ kid: row?.kid ?? '', from: 'current', set }],
  })
  await one.server.deployment.keyRing.reload()
  expect(valuesOf(await merged(), 'countersign_ready')).toEqual({ '': 0 })
})

test('a worker is shown with the same series as when it is alone', async () => {
  const [one] = workers
  await one.server.session('alice')
  const alone = samplesOf(await one.metrics.text())
  const through = samplesOf(await createMerge()([await sent(one)]))
  const names = (samples: typeof alone) => [...new Set(samples.map(({ name }) => name))].sort()
  // When a process began says nothing of several.
  expect(names(through)).toEqual(names(alone).filter((name) => name !== 'process_start_time_seconds'))
})

describe('for the life of a primary process', () => {
  /** A worker that has logged so many users in. */
  async function worker(logins: number) {
    const metrics = await openMetrics(() => 0)
    const audit = metrics.countEvents({ record: () => undefined })
    const login = () => audit.record('auth.login.succeeded', {})
    for (let made = 0; made < logins; made += 1) login()
    metrics.activeSessions(logins)
    return { metrics, login }
  }

  async function loginsIn(text: Promise<string>): Promise<number | undefined> {
    return valuesOf(samplesOf(await text), 'countersign_logins_total')['password succeeded']
  }

  test('a sum never falls: not when a worker is stuck, ends, or is started anew', async () => {
    const merge = createMerge()
    const [one, two] = [await worker(5), await worker(7)]
    expect(await loginsIn(merge([await sent(one), await sent(two)]))).toBe(12)
    one.login()
    expect(await loginsIn(merge([await sent(one)])), 'two is stuck').toBe(13)
    two.login()
    expect(await loginsIn(merge([await sent(one), await sent(two)])), 'and comes back').toBe(14)
    const anew = await worker(1)
    expect(await loginsIn(merge([await sent(one), await sent(anew)])), 'another in its place').toBe(15)
    expect(await loginsIn(merge([])), 'nobody answers').toBe(15)
  })

  test('what a worker that ended shows of itself goes with it', async () => {
    const merge = createMerge()
    const [one, two] = [await worker(0), await worker(0)]
    const both = samplesOf(await merge([await sent(one), await sent(two)]))
    const left = samplesOf(await merge([await sent(one)]))
    const heap = (samples: typeof both) => valuesOf(samples, 'nodejs_heap_size_total_bytes')['']
    expect(heap(left)).toBeLessThan(Number(heap(both)) * 0.75)
  })

  test('many that ended one after the other are remembered as one, and counted all', async () => {
    const merge = createMerge()
    for (let made = 1; made <= 30; made += 1) {
      expect(await loginsIn(merge([await sent(await worker(1))]))).toBe(made)
    }
  })
})
