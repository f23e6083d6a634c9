import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { spawnServer, temporaryFolder, testSecret } from '../harness.ts'
import { requestOverSocket } from '../http/socket.ts'
import { type Collector, openCollector } from './collector.ts'

let collector: Collector
let server: Awaited<ReturnType<typeof spawnServer>>
afterEach(async () => {
  await server?.stop('SIGKILL')
  await collector?.close()
})

const recorder = pathToFileURL(join(import.meta.dirname, 'record-modules.ts')).href
const alice = { username: 'alice', email: 'alice@example.com', password: 'correct horse battery' }

/** The modules about traces that a server loads which does what servers do. */
async function tracingModules(env: Record<string, string>): Promise<string[]> {
  const data = temporaryFolder()
  const recorded = join(data, 'modules')
  server = await spawnServer({
    data,
    env: { ...env, NODE_OPTIONS: `--import=${recorder}`, RECORDED_MODULES: recorded },
  })
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
  await requestOverSocket(server.address, 'POST', '/api/register/', { body: alice, headers })
  await requestOverSocket(server.address, 'POST', '/api/login/', { body: alice, headers })
  expect(await server.stop()).toEqual([0, null])
  const modules = readFileSync(recorded, 'utf8').split('\n')
  expect(
    modules.filter((one) => one.endsWith('/src/app/server.ts')),
    'the recorder works',
  ).not.toEqual([])
  return modules.filter((one) => /@opentelemetry|\/src\/tracing\/|protobuf/.test(one))
}

describe('off', () => {
  test.each([
    { why: 'without settings', env: {} },
    {
      why: 'with OTEL_SDK_DISABLED',
      env: { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    },
    {
      why: 'with OTEL_TRACES_EXPORTER=none',
      env: { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    },
  ])('$why nothing of it is loaded, and no line has a trace', async ({ env }) => {
    expect(await tracingModules(env)).toEqual([])
    expect(server.logs.filter((line) => line.includes('trace'))).toEqual([])
  })

  test('with an endpoint it is loaded: the test above looks at the right place', async () => {
    collector = await openCollector()
    const modules = await tracingModules({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint })
    expect(modules.filter((one) => one.includes('@opentelemetry')).length).toBeGreaterThan(10)
    expect(collector.spans.map(({ name }) => name)).toContain('POST /api/login/')
  })
})

describe('a sampler', () => {
  test('that takes no request sends nothing, and the log still tells requests apart', async () => {
    collector = await openCollector()
    server = await spawnServer({
      data: temporaryFolder(),
      env: {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.endpoint}/x`,
        OTEL_TRACES_SAMPLER: 'always_off',
      },
    })
    await requestOverSocket(server.address, 'POST', '/api/register/', { body: alice })
    expect(await server.stop()).toEqual([0, null])
    expect(collector.requests).toEqual([])
    const line = server.logs.find((one) => one.includes('auth.register.succeeded')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({ trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) })
  })
})

describe('the console', () => {
  test('is the log: a line for each span, and every line is still JSON', async () => {
    server = await spawnServer({ data: temporaryFolder(), env: { OTEL_TRACES_EXPORTER: 'console' } })
    await requestOverSocket(server.address, 'POST', '/api/register/', { body: alice })
    expect(await server.stop()).toEqual([0, null])
    const lines = server.logs.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
    const [child, ...others] = lines.filter(({ event }) => event === 'trace.span')
    const request = others.at(-1)
    expect(child).toMatchObject({ span: 'store.findTaken', parent_span_id: request.span_id })
    expect(request).toMatchObject({
      span: 'POST /api/register/',
      duration_ms: expect.any(Number),
      trace_id: child.trace_id,
      attributes: { 'http.response.status_code': 201 },
    })
  })
})

test('a value of the exporter that makes no sense stops the start', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../../src/main.ts'), 'dev'],
    {
      encoding: 'utf8',
      timeout: 30_000,
      env: {
        COUNTERSIGN_DATA: temporaryFolder(),
        COUNTERSIGN_SECRET: testSecret,
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
        OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
      },
    },
  )
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^countersign: Traces cannot be sent.*OTEL_EXPORTER_OTLP_TIMEOUT/),
  ])
})
