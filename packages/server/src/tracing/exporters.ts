import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Audit, EventFields } from '../audit/events.ts'
import { AuthError } from '../errors.ts'

/**
 * Sends spans to a collector. The library reads what concerns the sending itself from the environment:
 * `OTEL_EXPORTER_OTLP_HEADERS`, `_TIMEOUT`, `_COMPRESSION`, `_CERTIFICATE`, `_CLIENT_KEY` and `_CLIENT_CERTIFICATE`.
 * @param url of the collector's endpoint for traces
 * @throws AuthError `invalid`, with what the library would not take
 */
export function otlpExporter(url: string, audit: Audit): SpanExporter {
  const complaints: string[] = []
  const complain = (message: string) => void complaints.push(message)
  diag.setLogger(listeningTo(complain), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  try {
    const exporter = new OTLPTraceExporter({ url })
    if (complaints.length === 0) return tellingOnce(exporter, audit)
  } finally {
    diag.disable()
  }
  throw new AuthError('invalid', { detail: `Traces cannot be sent. ${complaints.join('. ')}.` })
}

function listeningTo(complain: (message: string) => void): DiagLogger {
  const ignore = () => undefined
  return { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore }
}

/** A collector that is away is told once, and again only after it was there between. */
function tellingOnce(exporter: SpanExporter, audit: Audit): SpanExporter {
  let failing = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS
        if (failed && !failing) audit.record('trace.export_failed', { error: result.error })
        failing = failed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}

/** Writes spans into the log, a line each, so that stdout stays what it is. */
export function logExporter(audit: Audit): SpanExporter {
  return {
    export(spans, done) {
      for (const span of spans) audit.record('trace.span', fieldsOf(span))
      done({ code: ExportResultCode.SUCCESS })
    },
    shutdown: async () => undefined,
  }
}

function fieldsOf(span: ReadableSpan): EventFields {
  const { traceId, spanId } = span.spanContext()
  const { name, parentSpanContext, duration, attributes } = span
  return {
    span: name,
    duration_ms: Math.round(hrTimeToMilliseconds(duration) * 100) / 100,
    attributes,
    trace_id: traceId,
    span_id: spanId,
    ...(parentSpanContext && { parent_span_id: parentSpanContext.spanId }),
  }
}
