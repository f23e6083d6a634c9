import { setTimeout } from 'node:timers/promises'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Audit } from '../audit/events.ts'
import type { Gate } from '../passwords/gate.ts'
import { version } from '../version.ts'
import { logExporter, otlpExporter } from './exporters.ts'
import { createRequestSpans, type RequestSpanOptions } from './request-spans.ts'
import { createSpans, type Spans } from './spans.ts'
import { traceQueue, traceVerbs, type VerbSpanOptions } from './verb-spans.ts'

export interface TracingOptions extends RequestSpanOptions {
  serviceName: string
  /** what else is told of this process with every span */
  resourceAttributes: Readonly<Record<string, string>>
  exporters: readonly (keyof typeof processors)[]
  /** of the collector's endpoint for traces */
  otlpUrl: string
  sampler: keyof typeof samplers
  /** the share of traces that a ratio sampler takes, 0 to 1 */
  ratio: number
  batch: {
    maxQueueSize: number
    maxExportBatchSize: number
    scheduledDelayMillis: number
    exportTimeoutMillis: number
  }
}

/** The traces of one process: what is asked of it is done inside spans, and they go to their exporters. */
export type Tracing = ReturnType<typeof openTracing>

/** What is left over at the end is sent within this, or lost. */
const flushMs = 2_000

/**
 * Nothing is global: two servers in one process do not see each other's spans.
 * @param audit told, once, of a collector that does not take what it is sent
 * @throws AuthError `invalid` for a variable of the exporter that makes no sense
 */
export function openTracing(options: TracingOptions, audit: Audit) {
  const provider = new TracerProvider({
    resource: resourceOf(options),
    sampler: samplers[options.sampler](options.ratio),
    spanProcessors: options.exporters.map((name) => processors[name](options, audit)),
  })
  const spans = createSpans(provider.getTracer('countersign', version))
  return {
    /** a span for each request */
    surround: createRequestSpans(spans, options),
    /** a child span for each call of a verb */
    verbs: <Verbs extends object>(verbs: Verbs, how: VerbSpanOptions) => traceVerbs(spans, verbs, how),
    /** a child span for each wait in the gate's queue */
    queue: (gate: Gate) => traceQueue(spans, gate),
    /** events that happen inside a span lead to it */
    audit: auditInside(spans, audit),
    /** Sends what is left. Never rejects, and takes two seconds at most. */
    async close(): Promise<void> {
      const bound = new AbortController()
      const flushed = provider.shutdown().catch(() => undefined)
      await Promise.race([flushed, setTimeout(flushMs, undefined, bound).catch(() => undefined)])
      bound.abort()
    },
  }
}

function resourceOf({ resourceAttributes, serviceName }: TracingOptions) {
  const ours = { 'service.version': version, ...resourceAttributes, 'service.name': serviceName }
  return defaultResource().merge(resourceFromAttributes(ours))
}

const processors = {
  otlp: ({ otlpUrl, batch }: TracingOptions, audit: Audit) =>
    new BatchSpanProcessor({ exporter: otlpExporter(otlpUrl, audit), ...batch }),
  console: (_: TracingOptions, audit: Audit) => new SimpleSpanProcessor({ exporter: logExporter(audit) }),
} satisfies Record<string, (options: TracingOptions, audit: Audit) => SpanProcessor>

const samplers = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio: number) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio: number) =>
    new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
} satisfies Record<string, (ratio: number) => Sampler>

function auditInside(spans: Spans, audit: Audit): Audit {
  return {
    record(event, fields) {
      const span = spans.current()?.spanContext()
      const ids = span && { trace_id: span.traceId, span_id: span.spanId }
      audit.record(event, { ...fields, ...ids })
    },
  }
}
