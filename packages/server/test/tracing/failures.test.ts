import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { openTestServer, type TestServer } from '../harness.ts'
import { type FaultyStore, openFaultyStore } from '../http/faulty-store.ts'
import { openRaw, requestOverSocket } from '../http/socket.ts'
import { type Collector, openCollector } from './collector.ts'

const alice = { username: 'alice', email: 'alice@example.com', password: 'correct horse battery' }

let collector: Collector
let faulty: FaultyStore
let server: TestServer
let address: string

beforeEach(async () => {
  collector = await openCollector()
  faulty = await openFaultyStore()
  server = await openTestServer({
    store: faulty.store,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20' },
  })
  address = await server.listen()
})
afterEach(async () => {
  faulty.heal()
  await server.close()
  await server.deployment.tracing?.close()
  await collector.close()
})

describe('a failure of ours', () => {
  test.each([
    {
      fault: new AuthError('unavailable', { reason: 'disk /var/lib/a.db is full' }),
      status: 503,
      type: 'unavailable',
    },
    { fault: new RangeError('alice'), status: 500, type: 'RangeError' },
  ])('that answers $status is an error, in the request and in what failed', async ({
    fault,
    status,
    type,
  }) => {
    faulty.failWith(async () => {
      throw fault
    })
    const answer = await requestOverSocket(address, 'POST', '/api/login/', { body: alice })
    expect(answer.status).toBe(status)
    const request = await collector.span('POST /api/login/')
    expect(request).toMatchObject({
      statusCode: 2,
      statusMessage: '',
      eventCount: 0,
      attributes: { 'error.type': String(status), 'http.response.status_code': status },
    })
    expect(await collector.span('store.findUserByName')).toMatchObject({
      parentSpanId: request.spanId,
      statusCode: 2,
      statusMessage: '',
      attributes: { 'error.type': type },
    })
  })

  test('leads from its line to its trace', async () => {
    faulty.failWith(async () => {
      throw new RangeError('x')
    })
    await requestOverSocket(address, 'POST', '/api/login/', { body: alice })
    const { traceId, spanId } = await collector.span('POST /api/login/')
    const failed = server.events.find(({ event }) => event === 'http.failed')
    expect(failed?.fields).toMatchObject({ trace_id: traceId, span_id: spanId })
  })
})

test('a request whose client goes away has a span all the same, without a status', async () => {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<undefined>()
  faulty.failWith(() => {
    asked.resolve()
    return answered.promise
  })
  const body = JSON.stringify(alice)
  const connection = await openRaw(address)
  connection.send(
    `POST /api/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await asked.promise
  connection.end()
  const { attributes, statusCode } = await collector.span('POST /api/login/')
  expect(attributes).not.toHaveProperty('http.response.status_code')
  expect(statusCode).toBe(0)
  answered.resolve(undefined)
})

test('requests at the same time, with bodies in pieces, keep their spans apart', async () => {
  await requestOverSocket(address, 'POST', '/api/register/', { body: alice })
  const body = JSON.stringify(alice)
  const traceIds = Array.from({ length: 12 }, (_, index) =>
    `${index + 10}af7651916cd43dd8448eb211c80319`.padEnd(32, '0'),
  )
  const connections = await Promise.all(traceIds.map(() => openRaw(address)))
  for (const [index, { send }] of connections.entries()) {
    send(`POST /api/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`)
    send(`traceparent: 00-${traceIds[index]}-b7ad6b7169203331-01\r\nContent-Length: ${body.length}\r\n\r\n`)
    send(body.slice(0, 20))
  }
  // Every head has arrived before any body has.
  await requestOverSocket(address, 'GET', '/livez')
  for (const { send } of connections) send(body.slice(20))
  await Promise.all(connections.map(({ answer }) => answer()))
  for (const connection of connections) connection.end()
  for (const traceId of traceIds) {
    const request = await collector.span('POST /api/login/', (span) => span.traceId === traceId)
    const children = collector.spans.filter(({ parentSpanId }) => parentSpanId === request.spanId)
    expect(children.map((span) => [span.traceId, span.name])).toEqual([
      [traceId, 'store.findUserByName'],
      [traceId, 'passwords.verify'],
      [traceId, 'store.openSession'],
    ])
    const logged = server.events.filter(({ fields }) => fields.trace_id === traceId)
    expect(logged.map(({ event, fields }) => [event, fields.span_id])).toEqual([
      ['auth.login.succeeded', request.spanId],
    ])
  }
})
