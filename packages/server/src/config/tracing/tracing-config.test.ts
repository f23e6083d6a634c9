import { describe, expect, test } from 'vitest'
import { ConfigError, loadConfig, type Mode } from '../config.ts'

const base = { COUNTERSIGN_SECRET: 'a secret for tests only of 32 or more characters' }
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

function tracing(env: Record<string, string>, mode: Mode = 'dev') {
  return loadConfig({ mode, env: { ...base, ...env } }).tracing
}

function problems(env: Record<string, string>, mode: Mode = 'dev') {
  try {
    tracing(env, mode)
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems
    throw thrown
  }
}

describe('tracing is', () => {
  test.each([
    { name: 'off without settings', env: {} },
    { name: 'off for a service name alone', env: { OTEL_SERVICE_NAME: 'x' } },
    { name: 'off where it is disabled', env: { ...endpoint, OTEL_SDK_DISABLED: 'TRUE' } },
    { name: 'off where nothing exports', env: { ...endpoint, OTEL_TRACES_EXPORTER: 'none' } },
    { name: 'on with an endpoint', env: endpoint, exporters: ['otlp'] },
    {
      name: 'on with an endpoint of its own',
      env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://x' },
      exporters: ['otlp'],
    },
    { name: 'on by name', env: { OTEL_TRACES_EXPORTER: 'otlp' }, exporters: ['otlp'] },
    {
      name: 'in the log alone if so it is said',
      env: { ...endpoint, OTEL_TRACES_EXPORTER: 'console' },
      exporters: ['console'],
    },
  ])('$name', ({ env, exporters }) => {
    expect(tracing(env)?.exporters).toEqual(exporters)
  })
})

describe('traces go', () => {
  const name = 'OTEL_EXPORTER_OTLP_ENDPOINT'
  test.each([
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces'],
    [endpoint, 'http://collector:4318/v1/traces'],
    [{ [name]: 'https://collector/base/' }, 'https://collector/base/v1/traces'],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other/' }, 'http://other/'],
  ])('%j to %s', (env, url) => {
    expect(tracing(env)?.otlpUrl).toBe(url)
  })
})

describe('a service is called', () => {
  const attributes = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=by%20attribute,a=b' }
  test.each([
    ['countersign', {}],
    ['by attribute', attributes],
    ['by name', { ...attributes, OTEL_SERVICE_NAME: 'by name' }],
  ])('%s', (serviceName, env) => {
    expect(tracing({ ...endpoint, ...env })?.serviceName).toBe(serviceName)
  })
})

describe('a protocol that is not spoken', () => {
  const grpc = { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }

  test('stops the start, and says where to go', () => {
    expect(problems(grpc)).toEqual([
      {
        what: 'OTEL_EXPORTER_OTLP_PROTOCOL is grpc, which is not spoken here.',
        remedy: expect.stringMatching(/OTEL_EXPORTER_OTLP_TRACES_PROTOCOL to http\/protobuf.*4318/),
      },
    ])
  })

  test('for traces alone is told by that name', () => {
    const [problem] = problems({ ...endpoint, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' })
    expect(problem?.what).toBe('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is http/json, which is not spoken here.')
  })

  test.each([
    ['where traces have a good one', { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' }],
    ['where tracing is off', { OTEL_SDK_DISABLED: 'true' }],
    ['where traces go into the log', { OTEL_TRACES_EXPORTER: 'console' }],
  ])('is nobody’s business %s', (_, env) => {
    expect(problems({ ...grpc, ...env })).toEqual([])
  })

  test('is nothing to a command beside a server', () => {
    expect(problems(grpc, 'tool')).toEqual([])
  })
})

describe('what a tracer is made with', () => {
  test('is what the specification says, unless set', () => {
    expect(tracing(endpoint)).toMatchObject({
      sampler: 'parentbased_always_on',
      ratio: 1,
      continuesTraces: true,
      resourceAttributes: {},
      batch: {
        maxQueueSize: 2048,
        maxExportBatchSize: 512,
        scheduledDelayMillis: 5000,
        exportTimeoutMillis: 30_000,
      },
    })
  })

  test.each([
    ['none', false],
    ['baggage', false],
    ['baggage,tracecontext', true],
  ])('with the propagators %s, callers’ traces go on: %j', (propagators, continuesTraces) => {
    expect(tracing({ ...endpoint, OTEL_PROPAGATORS: propagators })).toMatchObject({ continuesTraces })
  })

  test('a batch is no larger than the queue', () => {
    const batch = tracing({ ...endpoint, OTEL_BSP_MAX_QUEUE_SIZE: '100' })?.batch
    expect(batch).toMatchObject({ maxQueueSize: 100, maxExportBatchSize: 100 })
  })
})
