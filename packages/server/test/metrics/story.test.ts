import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { bearer, type TokenPair } from '../harness.ts'
import { openFaultyStore } from '../http/faulty-store.ts'
import { countedBy, samplesOf, valuesOf } from './exposition.ts'
import { type MeasuredServer, openMeasuredServer } from './measured-server.ts'

let measured: MeasuredServer
afterEach(() => measured?.close())

const alice = { username: 'alice', email: 'alice@example.com', password: 'correct horse battery' }

function post(path: string, body: object, headers?: Record<string, string>) {
  return measured.server.post(path, body, headers)
}

async function login(password = alice.password, username = alice.username): Promise<TokenPair> {
  return (await post('/api/login/', { username, password })).json() as TokenPair
}

async function refresh(token: string): Promise<TokenPair> {
  return (await post('/api/token/refresh/', { refresh: token })).json() as TokenPair
}

/** Everything that may become of a login, a token and a session. @returns all tokens that there were */
async function tellStory(): Promise<string[]> {
  const { server } = measured
  await post('/api/register/', alice)
  await post('/api/register/', alice)
  await post('/api/register/', { username: 'x' })
  const first = await login()
  await login('not the password')
  await login('whatever it is', 'nobody')
  const second = await refresh(first.refresh)
  await refresh(first.refresh)
  server.clock.advance(60_000)
  const third = await refresh(second.refresh)
  await refresh(first.refresh)
  await refresh(third.refresh)
  await refresh('garbage')
  await refresh(first.access)
  const other = await login()
  await server.get('/api/protected/', bearer(other.access))
  await post('/api/logout/', { refresh: other.refresh })
  await post('/api/logout/', { refresh: other.refresh })
  await post('/api/logout/', { refresh: 'garbage' })
  await server.get('/api/protected/', bearer(other.access))
  await server.get('/api/protected/', bearer('garbage'))
  await server.get('/api/protected/', bearer(other.refresh))
  const last = await login()
  await post('/api/logout/', { all: true }, bearer(last.access))
  return [first, second, third, other, last].flatMap((pair) => [pair.access, pair.refresh])
}

describe('after a story', () => {
  let tokens: string[]
  beforeEach(async () => {
    measured = await openMeasuredServer()
    tokens = await tellStory()
  })

  test('every step is counted once, and nothing else', async () => {
    expect(countedBy(await measured.read())).toEqual({
      'countersign_registrations_total succeeded': 1,
      'countersign_registrations_total invalid': 1,
      'countersign_logins_total password succeeded': 3,
      'countersign_logins_total password wrong_password': 1,
      'countersign_logins_total password unknown_user': 1,
      'countersign_refreshes_total rotated': 2,
      'countersign_refreshes_total replayed': 1,
      'countersign_refreshes_total reuse': 1,
      'countersign_refreshes_total revoked': 1,
      'countersign_refreshes_total bad_signature': 1,
      'countersign_refreshes_total access_token': 1,
      countersign_refresh_reuse_detected_total: 1,
      'countersign_tokens_issued_total access password': 3,
      'countersign_tokens_issued_total refresh password': 3,
      'countersign_tokens_issued_total access refresh_token': 3,
      'countersign_tokens_issued_total refresh refresh_token': 2,
      'countersign_logouts_total ended': 1,
      'countersign_logouts_total all_ended': 1,
      'countersign_logouts_total already_ended': 1,
      'countersign_logouts_total bad_signature': 1,
      'countersign_access_tokens_refused_total logout': 1,
      'countersign_access_tokens_refused_total invalid_or_expired': 1,
      'countersign_access_tokens_refused_total refresh_token': 1,
      'countersign_password_hash_duration_seconds_count argon2id': 6,
      'countersign_http_request_duration_seconds_count POST /api/register/ 201': 1,
      'countersign_http_request_duration_seconds_count POST /api/register/ 400': 2,
      'countersign_http_request_duration_seconds_count POST /api/login/ 200': 3,
      'countersign_http_request_duration_seconds_count POST /api/login/ 401': 2,
      'countersign_http_request_duration_seconds_count POST /api/token/refresh/ 200': 3,
      'countersign_http_request_duration_seconds_count POST /api/token/refresh/ 401': 4,
      'countersign_http_request_duration_seconds_count POST /api/logout/ 200': 3,
      'countersign_http_request_duration_seconds_count POST /api/logout/ 401': 1,
      'countersign_http_request_duration_seconds_count GET /api/protected/ 200': 1,
      'countersign_http_request_duration_seconds_count GET /api/protected/ 401': 3,
    })
  })

  test('H21: nobody is in it: no name, address, id or token', async () => {
    const { server, ask } = measured
    const { text } = await ask('/metrics')
    const ids = server.events.flatMap(({ fields }) => [fields.user_id, fields.session_id, fields.request_id])
    const private_ = new Set([
      alice.username,
      'nobody',
      '@',
      '127.0.0.1',
      'lightMyRequest',
      ...ids,
      ...tokens,
    ])
    private_.delete(undefined)
    expect(private_.size).toBeGreaterThan(30)
    expect([...private_].filter((one) => text.includes(String(one)))).toEqual([])
    expect(text).not.toMatch(/eyJ|\$argon2/)
  })

  test('the log has all of it too: counting takes nothing away', () => {
    const names = measured.server.events.map(({ event }) => event)
    expect(names.filter((name) => name === 'auth.refresh.rotated')).toHaveLength(2)
    expect(names).toContain('auth.refresh.reuse_detected')
  })
})

describe('what an attacker chooses', () => {
  test('does not choose the labels: paths, methods, bodies', async () => {
    measured = await openMeasuredServer()
    const { server, read } = measured
    const ours = async () => (await read()).filter(({ name }) => name.startsWith('countersign_'))
    const before = (await ours()).length
    for (let made = 0; made < 40; made += 1) {
      await server.get(`/${'x'.repeat(made)}?token=${made}`)
      await server.get(`/assets/base.css?${made}`)
      await server.request(made % 2 ? 'PROPFIND' : 'M-SEARCH', `/api/login/${made}`)
      await post('/api/login/', { username: `user${made}`, password: `password ${made}` })
      await post('/api/token/refresh/', { refresh: `${made}` })
    }
    const samples = await ours()
    const requests = valuesOf(samples, 'countersign_http_request_duration_seconds_count')
    expect(requests).toEqual({
      'GET (none) 404': 39,
      'GET / 200': 1,
      'GET /assets/base.css 200': 40,
      'other (none) 404': 40,
      'POST /api/login/ 401': 40,
      'POST /api/token/refresh/ 401': 40,
    })
    // 13 buckets and the last, sum, count; hashing has 10 buckets.
    expect(samples.length - before).toBe(6 * 16 + 13)
  })

  test('reasons, codes and algorithms that nobody foresaw are counted together', async () => {
    measured = await openMeasuredServer()
    const { server, metrics, read } = measured
    const { audit } = server.deployment
    for (const reason of ['one', 'two', 'toString', '__proto__', '']) {
      audit.record('auth.login.failed', { code: 'invalid_credentials', reason })
      audit.record('auth.refresh.failed', { reason })
      audit.record('auth.register.failed', { code: reason })
      audit.record('auth.logout.failed', { reason })
      audit.record('auth.access.refused', { reason })
      metrics.hashRefused(reason)
      await metrics.measureHash(reason, async () => undefined)
    }
    audit.record('auth.refresh.failed', {})
    expect(countedBy(await read())).toEqual({
      'countersign_logins_total password other': 5,
      'countersign_refreshes_total other': 6,
      'countersign_registrations_total other': 5,
      'countersign_logouts_total other': 5,
      'countersign_access_tokens_refused_total other': 5,
      'countersign_password_hash_refusals_total other': 5,
      'countersign_password_hash_duration_seconds_count other': 5,
    })
  })
})

test('logins and registrations that are shed are told apart from those that are refused', async () => {
  measured = await openMeasuredServer({
    env: { COUNTERSIGN_HASH_PARALLEL: '1', COUNTERSIGN_HASH_QUEUE: '0' },
  })
  const { server, metrics, read } = measured
  const { promise, resolve } = Promise.withResolvers<void>()
  const busy = server.deployment.gate.run(() => promise)
  await login()
  await post('/api/register/', alice)
  const gone = server.deployment.gate.run(async () => undefined, AbortSignal.abort())
  await expect(gone).rejects.toMatchObject({ code: 'overloaded' })
  const samples = samplesOf(await metrics.text())
  expect(valuesOf(samples, 'countersign_password_hashes_running')).toEqual({ '': 1 })
  expect(valuesOf(samples, 'countersign_password_hash_queue_limit')).toEqual({ '': 0 })
  expect(countedBy(await read())).toMatchObject({
    'countersign_logins_total password overloaded': 1,
    'countersign_registrations_total overloaded': 1,
    'countersign_password_hash_refusals_total queue_full': 2,
    'countersign_password_hash_refusals_total client_gone': 1,
  })
  resolve()
  await busy
})

test('a database that is away and a mistake of ours are told apart', async () => {
  const faulty = await openFaultyStore()
  measured = await openMeasuredServer({ store: faulty.store })
  const { audit } = measured.server.deployment
  faulty.failWith(async () => {
    throw new AuthError('unavailable')
  })
  await login()
  faulty.failWith(async () => {
    throw new TypeError('x is undefined')
  })
  await login()
  await login()
  const samples = await measured.read()
  faulty.heal()
  audit.record('store.unavailable', { error: new AuthError('unavailable') })
  audit.record('store.unavailable', { error: new TypeError('x is undefined') })
  audit.record('server.fault', { error: new TypeError('x is undefined') })
  expect(valuesOf(samples, 'countersign_ready')).toEqual({ '': 0 })
  const healed = await measured.read()
  expect(valuesOf(healed, 'countersign_ready')).toEqual({ '': 1 })
  expect(countedBy(healed)).toMatchObject({
    'countersign_store_unavailable_total request': 1,
    'countersign_store_unavailable_total background': 1,
    'countersign_faults_total request': 2,
    'countersign_faults_total background': 1,
    'countersign_faults_total process': 1,
  })
})

describe('throttling', () => {
  test('every refusal is counted under the rule that refused it', async () => {
    measured = await openMeasuredServer({ env: { COUNTERSIGN_LIMITS: '1' } })
    for (let tried = 0; tried < 9; tried += 1) await login('not the password')
    for (let tried = 0; tried < 62; tried += 1) await refresh('forged')
    expect(countedBy(await measured.read())).toMatchObject({
      'countersign_rate_limited_total login_account': 3,
      'countersign_rate_limited_total refresh_address': 2,
      'countersign_logins_total password unknown_user': 6,
      'countersign_refreshes_total bad_signature': 60,
    })
  })
})
