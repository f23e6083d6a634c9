import { type Attributes, type Span, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import type { RequestHead, Surrounding } from '../http/surround.ts'
import type { Spans } from './spans.ts'

export interface RequestSpanOptions {
  /** where the public reaches us: a `Host` header may say anything */
  publicAddress: string
  /** whether a request's `traceparent` is believed */
  continuesTraces: boolean
}

/**
 * A span for each request, named after its method and its route's pattern. Nothing that a client chose freely is in it:
 * no path, query, header, address or name.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function createRequestSpans(spans: Spans, { publicAddress, continuesTraces }: RequestSpanOptions) {
  const server = serverAttributes(publicAddress)
  return ({ method: asked, route, httpVersion, header }: RequestHead): Surrounding => {
    const method = methods.has(asked) ? asked : undefined
    const name = route === undefined ? (method ?? 'HTTP') : `${method ?? 'HTTP'} ${route}`
    const parent = continuesTraces ? callersSpan(header('traceparent')) : undefined
    const span = spans.start(name, { kind: SpanKind.SERVER }, parent)
    const run = (work: () => void) => spans.run(span, work)
    // Most requests may not be sampled, and those need nothing more.
    if (!span.isRecording()) return { run }
    span.setAttributes({
      ...server,
      'http.request.method': method ?? '_OTHER',
      'network.protocol.version': httpVersion,
      ...(route !== undefined && { 'http.route': route }),
    })
    return { run, end: (status) => endRequest(span, status) }
  }
}

function endRequest(span: Span, status: number | undefined): void {
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (status !== undefined && status >= 500) {
    span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}

/** Those that the conventions know; any other is told as `_OTHER`, so that nobody makes names for us. */
const methods: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'],
])

/** The port is left out where it is the scheme's own, or where the system chose it. */
function serverAttributes(publicAddress: string): Attributes {
  const { protocol, hostname, port } = new URL(publicAddress)
  return {
    'url.scheme': protocol.slice(0, -1),
    'server.address': hostname.replace(/^\[|\]$/g, ''),
    ...(Number(port) > 0 && { 'server.port': Number(port) }),
  }
}

/**
 * What `tracestate` holds is not taken over: it is free text, and we call nobody who would need it.
 * @see https://www.w3.org/TR/trace-context/
 */
function callersSpan(traceparent: string | undefined): SpanContext | undefined {
  const parsed = traceparent === undefined ? undefined : parseTraceParent(traceparent)
  return parsed ? { ...parsed, isRemote: true } : undefined
}
