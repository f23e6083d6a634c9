import { SpanStatusCode } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { beforeEach, describe, expect, test } from 'vitest'
import { AuthError } from '../errors.ts'
import { createGate } from '../passwords/gate.ts'
import { createSpans, type Spans } from './spans.ts'
import { traceQueue, traceVerbs } from './verb-spans.ts'

let exporter: InMemorySpanExporter
let spans: Spans
beforeEach(() => {
  exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  spans = createSpans(provider.getTracer('test'))
})

const how = { room: 'room', kind: 'internal', attributes: {} } as const

const verbs = {
  name: 'no verb',
  greet: async (who: string) => `hello ${who}`,
  count: () => 3,
  refuse: async () => {
    throw new AuthError('unavailable', { detail: 'the secret is alice' })
  },
  stumble: () => {
    throw new TypeError('the secret is alice')
  },
  outer: async () => inner.greet('me'),
}
let inner: typeof verbs

function inRequest<T>(work: () => T): T {
  return spans.run(spans.start('request', {}, undefined), work)
}

describe('verbs with spans', () => {
  beforeEach(() => {
    inner = traceVerbs(spans, verbs, how)
  })

  test('do what they did, at once what they did at once', async () => {
    await inRequest(async () => {
      expect(inner.name).toBe('no verb')
      expect(await inner.greet('you')).toBe('hello you')
      expect(inner.count()).toBe(3)
    })
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['room.greet', 'room.count'])
  })

  test('leave none outside a request, and none below one that is not recorded', async () => {
    await inner.greet('you')
    const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0, isRemote: true }
    await spans.run(spans.start('request', {}, remote), () => inner.greet('you'))
    expect(exporter.getFinishedSpans()).toEqual([])
  })

  test.each([
    { verb: 'refuse', type: 'unavailable' },
    { verb: 'stumble', type: 'TypeError' },
  ] as const)('say of $verb what kind of failure it was, and no more', async ({ verb, type }) => {
    await expect(inRequest(async () => inner[verb]())).rejects.toThrow('the secret is alice')
    const [span] = exporter.getFinishedSpans()
    expect(span).toMatchObject({ attributes: { 'error.type': type }, status: { code: SpanStatusCode.ERROR } })
    expect(span?.status.message).toBeUndefined()
    expect(span?.events).toEqual([])
  })

  test('stand below the one that called them', async () => {
    await inRequest(() => inner.outer())
    const [greet, outer] = exporter.getFinishedSpans()
    expect([greet?.name, outer?.name]).toEqual(['room.greet', 'room.outer'])
    expect(greet?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId)
  })
})

describe('a queue with spans', () => {
  const options = { parallel: 1, deadlineMs: 60_000, clock: () => 0 }

  test('ends the wait when the work begins', async () => {
    const gate = traceQueue(spans, createGate({ ...options, queueLimit: 1 }))
    const names = () => exporter.getFinishedSpans().map(({ name }) => name)
    await inRequest(async () => {
      const first = Promise.withResolvers<void>()
      const running = gate.run(() => first.promise)
      const seen: string[][] = []
      const waiting = gate.run(async () => void seen.push(names()))
      await Promise.resolve()
      expect(names()).toEqual(['passwords.queue'])
      first.resolve()
      await Promise.all([running, waiting])
      expect(seen).toEqual([['passwords.queue', 'passwords.queue']])
    })
  })

  test('ends it for whoever is turned away, once', async () => {
    const gate = traceQueue(spans, createGate({ ...options, queueLimit: 0 }))
    await inRequest(async () => {
      const first = Promise.withResolvers<void>()
      const running = gate.run(() => first.promise)
      await expect(gate.run(async () => undefined)).rejects.toMatchObject({ code: 'overloaded' })
      expect(exporter.getFinishedSpans()).toHaveLength(2)
      first.resolve()
      await running
    })
    expect(exporter.getFinishedSpans()).toHaveLength(2)
  })

  test('is otherwise the gate that it was', async () => {
    const gate = traceQueue(spans, createGate({ ...options, queueLimit: 0 }))
    expect(await gate.run(async () => 'done')).toBe('done')
    expect(gate.depth()).toEqual({ running: 0, waiting: 0 })
    expect(exporter.getFinishedSpans()).toEqual([])
  })
})
