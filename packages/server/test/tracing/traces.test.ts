import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, type RequestOptions, spawnServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { type Collector, openCollector, type ReceivedSpan } from './collector.ts'

const alice = { username: 'alice', email: 'alice@example.com', password: 'correct horse battery' }

let collector: Collector
let server: Awaited<ReturnType<typeof spawnServer>>
let pair: TokenPair

beforeAll(async () => {
  collector = await openCollector()
  server = await spawnServer({
    data: temporaryFolder(),
    env: {
      COUNTERSIGN_ISSUER: 'https://auth.example.com:8443',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=for%20the%20collector',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=other',
      OTEL_SERVICE_NAME: 'sign-in',
      OTEL_BSP_SCHEDULE_DELAY: '20',
      LOG_LEVEL: 'debug',
    },
  })
  await ask('POST', '/api/register/', { body: alice })
  pair = (await ask('POST', '/api/login/', { body: alice })).json() as TokenPair
})
afterAll(async () => {
  await server.stop()
  await collector.close()
})

function ask(method: string, path: string, options?: RequestOptions) {
  return requestOverSocket(server.address, method, path, options)
}

/** The spans right below one, as soon as the last of them has come. */
function childrenOf(parent: ReceivedSpan): string[] {
  return collector.spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId).map(({ name }) => name)
}

const usual = {
  'url.scheme': 'https',
  'server.address': 'auth.example.com',
  'server.port': 8443,
  'network.protocol.version': '1.1',
}

describe('the span of a request', () => {
  test('is named after method and pattern, and has the stable attributes and no other', async () => {
    await ask('GET', '/api/protected/?a=b', { headers: bearer(pair.access) })
    expect(await collector.span('GET /api/protected/')).toMatchObject({
      kind: 'server',
      parentSpanId: '',
      statusCode: 0,
      eventCount: 0,
      attributes: {
        ...usual,
        'http.request.method': 'GET',
        'http.route': '/api/protected/',
        'http.response.status_code': 200,
      },
    })
  })

  test('says which service it is of', async () => {
    const { resource } = await collector.span('POST /api/login/')
    expect(resource).toMatchObject({
      'service.name': 'sign-in',
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+$/),
      'deployment.environment.name': 'test',
      'telemetry.sdk.language': 'nodejs',
    })
    expect(collector.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'x-api-key': 'for the collector' },
    })
  })

  test.each([
    { name: 'GET', method: 'GET', path: '/nowhere/at/all', status: 404 },
    { name: 'POST', method: 'POST', path: '/livez', status: 405 },
    { name: 'HTTP', method: 'PROPFIND', path: '/livez', status: 405 },
  ])('without a route is $name', async ({ name, method, path, status }) => {
    expect((await ask(method, path)).status).toBe(status)
    const { attributes } = await collector.span(
      name,
      (span) => span.attributes['http.response.status_code'] === status,
    )
    expect(attributes).toEqual({
      ...usual,
      'http.request.method': name === 'HTTP' ? '_OTHER' : method,
      'http.response.status_code': status,
    })
  })

  test('is no error where the client is to blame', async () => {
    await ask('POST', '/api/login/', { body: {} })
    const refused = await collector.span(
      'POST /api/login/',
      ({ attributes }) => attributes['http.response.status_code'] === 400,
    )
    expect(refused).toMatchObject({ statusCode: 0 })
    expect(refused.attributes).not.toHaveProperty('error.type')
  })
})

describe('below the span of a request', () => {
  test.each([
    ['POST /api/register/', ['store.findTaken', 'passwords.hash', 'store.createUser']],
    ['POST /api/login/', ['store.findUserByName', 'passwords.verify', 'store.openSession']],
  ])('%s has what it waited for', async (name, children) => {
    const request = await collector.span(name)
    expect(childrenOf(request)).toEqual(children)
  })

  test('a refresh has one statement, which says of what database', async () => {
    await ask('POST', '/api/token/refresh/', { body: { refresh: pair.refresh } })
    const request = await collector.span('POST /api/token/refresh/')
    expect(childrenOf(request)).toEqual(['store.rotateSession'])
    const rotation = await collector.span('store.rotateSession')
    expect(rotation).toMatchObject({ kind: 'client', traceId: request.traceId, statusCode: 0 })
    expect(rotation.attributes).toEqual({ 'db.system.name': 'sqlite' })
  })

  test('a hash has the time that it waited for its turn', async () => {
    const hash = await collector.span('passwords.hash')
    expect(hash.kind).toBe('internal')
    expect(childrenOf(hash)).toEqual(['passwords.queue'])
  })

  test('an access token is verified without asking anybody', async () => {
    await ask('GET', '/api/protected/', { headers: bearer(pair.access) })
    expect(childrenOf(await collector.span('GET /api/protected/'))).toEqual([])
  })
})

describe("a caller's trace", () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const spanId = 'b7ad6b7169203331'

  function login(traceparent: string) {
    return ask('POST', '/api/login/', { body: alice, headers: { traceparent } })
  }

  test('goes on here, down to the last span', async () => {
    await login(`00-${traceId}-${spanId}-01`)
    const request = await collector.span('POST /api/login/', (span) => span.traceId === traceId)
    expect(request.parentSpanId).toBe(spanId)
    expect(childrenOf(request)).toEqual(['store.findUserByName', 'passwords.verify', 'store.openSession'])
  })

  test('that it does not record is not recorded here', async () => {
    const unrecorded = '1af7651916cd43dd8448eb211c80319c'
    await login(`00-${unrecorded}-${spanId}-00`)
    await login(`00-2af7651916cd43dd8448eb211c80319c-${spanId}-01`)
    await collector.span('POST /api/login/', (span) => span.traceId.startsWith('2af'))
    expect(collector.spans.filter((span) => span.traceId === unrecorded)).toEqual([])
  })

  test.each([
    'garbage',
    '',
    `00-${traceId}-${spanId}`,
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}-01,00-${traceId}-${spanId}-01`,
  ])('that is written %j is none', async (traceparent) => {
    const before = collector.spans.length
    const state = { traceparent, tracestate: 'vendor=1' }
    expect((await ask('GET', '/livez', { headers: state })).status).toBe(200)
    const isNew = (span: ReceivedSpan) => collector.spans.indexOf(span) >= before
    const span = await collector.span('GET /livez', isNew)
    expect(span).toMatchObject({ parentSpanId: '', traceState: '' })
    expect(span.traceId).not.toBe(traceId)
  })
})

describe('what is logged', () => {
  test('leads to its trace', async () => {
    const traceId = '3af7651916cd43dd8448eb211c80319c'
    await ask('POST', '/api/login/', {
      body: alice,
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    })
    const { spanId } = await collector.span('POST /api/login/', (span) => span.traceId === traceId)
    const lines = server.logs.map((text) => JSON.parse(text)).filter((one) => one.trace_id === traceId)
    expect(lines.map(({ event, span_id }) => [event, span_id])).toEqual([
      ['auth.login.succeeded', spanId],
      ['http.request', spanId],
    ])
  })

  test('outside a request has no trace', () => {
    const line = server.logs.map((text) => JSON.parse(text)).find((one) => one.event === 'server.listening')
    expect(line).not.toHaveProperty('trace_id')
  })
})

test('every trace begins with a request: work in the background leaves none', async () => {
  // Revocations are followed twice a second.
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  const begins = collector.spans.filter(({ parentSpanId }) => parentSpanId === '')
  expect(begins.length).toBeGreaterThan(5)
  expect(new Set(begins.map(({ kind }) => kind))).toEqual(new Set(['server']))
})
