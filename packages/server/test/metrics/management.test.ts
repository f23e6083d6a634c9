import { afterEach, describe, expect, test } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { handClock, openTestServer } from '../harness.ts'
import { samplesOf, valuesOf } from './exposition.ts'
import { type MeasuredServer, openMeasuredServer } from './measured-server.ts'

let measured: MeasuredServer
afterEach(() => measured?.close())

describe('the management port', () => {
  test('answers /metrics in the text format of Prometheus', async () => {
    measured = await openMeasuredServer()
    const { status, type, text } = await measured.ask('/metrics')
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' })
    const samples = samplesOf(text)
    const names = new Set(samples.map(({ name }) => name))
    expect([...names]).toEqual(
      expect.arrayContaining(['countersign_build_info', 'nodejs_eventloop_lag_p99_seconds']),
    )
    expect(text.endsWith('\n')).toBe(true)
    expect(await measured.ask('/metrics/')).toMatchObject({ status: 200 })
  })

  test('answers /livez and /readyz', async () => {
    measured = await openMeasuredServer()
    expect(await measured.ask('/livez')).toMatchObject({ status: 200, text: 'ok\n' })
    expect(await measured.ask('/readyz')).toMatchObject({ status: 200, text: 'ok\n' })
    const { text } = await measured.ask('/readyz?verbose')
    expect(text).toBe((await measured.server.get('/readyz?verbose')).text)
    expect(text).toContain('[+] database: answers\n')
  })

  test.each([
    ['POST', '/api/login/', 404],
    ['GET', '/api/protected/', 404],
    ['GET', '/.well-known/jwks.json', 404],
    ['GET', '/openapi.json', 404],
    ['GET', '/docs', 404],
    ['GET', '/', 404],
    ['GET', '/metrics/x', 404],
    ['POST', '/metrics', 405],
    ['DELETE', '/readyz', 405],
  ])('%s %s: %i, it has nothing else', async (method, path, status) => {
    measured = await openMeasuredServer()
    expect((await measured.ask(path, method)).status).toBe(status)
  })

  test('what it answers is not counted: nobody logs in there', async () => {
    measured = await openMeasuredServer()
    await measured.ask('/livez')
    const samples = await measured.read()
    expect(valuesOf(samples, 'countersign_http_request_duration_seconds_count')).toEqual({})
  })
})

describe('H21: the public port', () => {
  test.each(['/metrics', '/metrics/', '/api/metrics/'])('has no %s', async (path) => {
    measured = await openMeasuredServer()
    expect((await measured.server.get(path)).status).toBe(404)
  })
})

describe('gauges', () => {
  async function gauge(name: string): Promise<Record<string, number>> {
    return valuesOf(await measured.read(), name)
  }

  test('active sessions: only of a process that walked, and not for ever', async () => {
    measured = await openMeasuredServer()
    const { server, metrics } = measured
    const { clock, deployment } = server
    await server.session('alice')
    await server.session('bob')
    expect(await gauge('countersign_active_sessions')).toEqual({})
    metrics.activeSessions((await deployment.cleanUp(clock())).live)
    expect(await gauge('countersign_active_sessions')).toEqual({ '': 2 })
    clock.advance(600_000)
    expect(await gauge('countersign_active_sessions')).toEqual({ '': 2 })
    metrics.activeSessions(undefined)
    clock.advance(600_000)
    expect(await gauge('countersign_active_sessions'), 'a long walk is under way').toEqual({ '': 2 })
    clock.advance(1)
    expect(await gauge('countersign_active_sessions'), 'another process walks').toEqual({})
  })

  test('signing keys: how long each has signed, and none that is retired', async () => {
    measured = await openMeasuredServer()
    const { clock, deployment } = measured.server
    const { keyDeps, keyRing } = deployment
    const kidOf = (state: string) => keyRing.rows().find((row) => row.state === state)?.kid
    const [first, second] = [kidOf('current'), kidOf('next')]
    clock.advance(3_600_000)
    expect(await gauge('countersign_signing_key_age_seconds')).toEqual({
      [`${first} current`]: 3_600,
      [`${second} next`]: 3_600,
    })
    await rotateKeys(keyDeps, clock())
    clock.advance(60_000)
    expect(await gauge('countersign_signing_key_age_seconds')).toEqual({
      [`${first} retiring`]: 3_660,
      [`${second} current`]: 60,
      [`${kidOf('next')} next`]: 60,
    })
    await revokeKey(keyDeps, first ?? '', clock())
    expect(Object.keys(await gauge('countersign_signing_key_age_seconds'))).toHaveLength(2)
    expect(await gauge('countersign_signing_key_rotation_seconds')).toEqual({ '': 90 * 86_400 })
  })

  test('connections and clock: only where the database has a pool and a clock of its own', async () => {
    measured = await openMeasuredServer()
    expect(await gauge('countersign_db_pool_connections')).toEqual({})
    expect(await gauge('countersign_clock_skew_seconds')).toEqual({})
    await measured.close()
    const clock = handClock()
    const store = await openSqliteStore({ file: ':memory:', now: clock() })
    const connections = () => ({ active: 3, idle: 1, waiting: 2 })
    measured = await openMeasuredServer({ clock, store: { ...store, connections } })
    expect(await gauge('countersign_db_pool_connections')).toEqual({ active: 3, idle: 1, waiting: 2 })
  })

  test('revoked sessions, hashing and what runs', async () => {
    measured = await openMeasuredServer({
      env: { COUNTERSIGN_HASH_PARALLEL: '3', COUNTERSIGN_HASH_QUEUE: '7' },
    })
    const { refresh } = await measured.server.session()
    await measured.server.post('/api/logout/', { refresh })
    const samples = await measured.read()
    const shown = (name: string) => valuesOf(samples, `countersign_${name}`)
    expect(shown('revoked_sessions')).toEqual({ '': 1 })
    expect(shown('password_hash_slots')).toEqual({ '': 3 })
    expect(shown('password_hash_queue_limit')).toEqual({ '': 7 })
    expect(shown('password_hash_queue_depth')).toEqual({ '': 0 })
    expect(shown('password_hashes_running')).toEqual({ '': 0 })
    expect(Object.entries(shown('build_info'))).toEqual([[expect.stringContaining(process.versions.node), 1]])
  })

  test('not ready: the database rejects, and the answer comes all the same', async () => {
    const clock = handClock()
    const store = await openSqliteStore({ file: ':memory:', now: clock() })
    const health = () => Promise.reject(new AuthError('unavailable'))
    measured = await openMeasuredServer({ clock, store: { ...store, health } })
    expect(await gauge('countersign_ready')).toEqual({ '': 0 })
    expect(await measured.ask('/readyz')).toMatchObject({ status: 503 })
  })
})

test('without a management port nothing is counted: the audit is the one that was given', async () => {
  const server = await openTestServer()
  expect(server.deployment.metrics).toBeUndefined()
  server.deployment.audit.record('auth.logout.failed', { reason: 'bad_signature' })
  expect(server.events).toHaveLength(1)
  await server.close()
})
