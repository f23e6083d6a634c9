import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { spawnServer, type TokenPair, temporaryFolder } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { type Collector, openCollector } from './collector.ts'

let collector: Collector
let server: Awaited<ReturnType<typeof spawnServer>>
afterEach(async () => {
  await server.stop('SIGKILL')
  await collector.close()
})

/** So long and so random that nothing contains it by chance; what it is called tells where it leaked. */
function secretIn(place: string): string {
  return `secret-${place}-${randomBytes(8).toString('hex')}`
}

/** All that a client may write, in every place where he may write it, to every kind of route. */
function everywhere() {
  const query = `?${secretIn('query')}=${secretIn('value')}`
  const headers = {
    host: `${secretIn('host')}.example.com`,
    cookie: `session=${secretIn('cookie')}`,
    'user-agent': secretIn('agent'),
    referer: `https://example.com/${secretIn('referer')}`,
    origin: `https://${secretIn('origin')}.example.com`,
    'idempotency-key': secretIn('idempotency'),
    'x-forwarded-for': '203.0.113.77',
    'x-forwarded-host': secretIn('forwarded'),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: `vendor=${secretIn('tracestate')}`,
    baggage: `user=${secretIn('baggage')}`,
  }
  return { query, headers }
}

test('H17: nothing that a client wrote, and nothing about a user, leaves with a trace', async () => {
  collector = await openCollector()
  server = await spawnServer({
    data: temporaryFolder(),
    env: {
      COUNTERSIGN_ISSUER: 'https://auth.example.com',
      COUNTERSIGN_TRUST_PROXY: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_TRACES_EXPORTER: 'otlp,console',
    },
  })
  const ask = (method: string, path: string, body?: object, authorization?: string) => {
    const { query, headers } = everywhere()
    const given = { ...headers, ...(authorization && { authorization }) }
    return requestOverSocket(server.address, method, `${path}${query}`, {
      headers: given,
      ...(body && { body }),
    })
  }
  const username = 'secret_user'
  const user = { username, email: 'secret.mail@example.com', password: secretIn('password') }
  const { id } = (await ask('POST', '/api/register/', user)).json() as { id: string }
  const pair = (await ask('POST', '/api/login/', user)).json() as TokenPair
  await ask('POST', '/api/login/', { username: secretIn('unknown'), password: secretIn('password') })
  await ask('POST', '/api/login/', { [secretIn('field')]: secretIn('body') })
  const renewed = (await ask('POST', '/api/token/refresh/', { refresh: pair.refresh })).json() as TokenPair
  await ask('POST', '/api/token/refresh/', { refresh: secretIn('refresh') })
  await ask('GET', '/api/dashboard/', undefined, `Bearer ${renewed.access}`)
  await ask('GET', '/api/protected/', undefined, `Bearer ${secretIn('access')}`)
  await ask('GET', `/api/${secretIn('path')}/`)
  await ask('GET', `/assets/${secretIn('path')}`)
  await ask('POST', `/assets/${secretIn('path')}`, { [secretIn('field')]: 1 })
  await ask('POST', '/api/logout/', { refresh: renewed.refresh })
  expect(await server.stop()).toEqual([0, null])

  expect(collector.spans.filter(({ kind }) => kind === 'server').length, 'all were traced').toBe(12)
  const inLog = server.logs.filter((line) => line.includes('"trace.span"'))
  expect(inLog).toHaveLength(collector.spans.length)
  const sent = Buffer.concat(collector.bodies).toString('latin1') + inLog.join('\n')
  const session = JSON.parse(Buffer.from(pair.access.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string
  }
  const forbidden = [
    ...['secret', '203.0.113.77', '127.0.0.1', '::ffff', 'eyJ', 'secret.mail', 'vendor'],
    ...[id, session.sid, Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1')],
  ]
  expect(forbidden.filter((one) => sent.includes(one))).toEqual([])
  expect(sent, 'it is read in clear').toContain('auth.example.com')
})
