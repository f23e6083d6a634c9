import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hexOf, integerOf, type Message, messagesOf, readMessage, textOf } from './protobuf.ts'

/** A span as a collector reads it. */
export interface ReceivedSpan {
  name: string
  kind: 'internal' | 'server' | 'client' | 'other'
  traceId: string
  spanId: string
  /** empty at the beginning of a trace */
  parentSpanId: string
  traceState: string
  attributes: Record<string, string | number>
  /** 0 unset, 1 ok, 2 error */
  statusCode: number
  statusMessage: string
  eventCount: number
  resource: Record<string, string | number>
}

export interface Collector {
  /** for OTEL_EXPORTER_OTLP_ENDPOINT */
  endpoint: string
  spans: ReceivedSpan[]
  /** every byte that was sent as a body */
  bodies: Buffer[]
  requests: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[]
  /** waits for a span that began with this request; the test's own deadline bounds it */
  span(name: string, matches?: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan>
  close(): Promise<void>
}

/**
 * A collector of traces, OTLP over http with Protocol Buffers, on a port of its own.
 * @param answers `never` takes what is sent and does not answer
 */
export async function openCollector(answers: 'at once' | 'never' = 'at once'): Promise<Collector> {
  const spans: ReceivedSpan[] = []
  const bodies: Buffer[] = []
  const requests: Collector['requests'] = []
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request
    requests.push({ method, url, headers })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    bodies.push(body)
    spans.push(...readSpans(body))
    if (answers === 'at once') response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ spans, bodies, requests },
    async span(name, matches = () => true) {
      for (;;) {
        const found = spans.find((span) => span.name === name && matches(span))
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The numbers are those of `opentelemetry/proto/trace/v1/trace.proto`. */
function readSpans(body: Buffer): ReceivedSpan[] {
  return messagesOf(readMessage(body), 1).flatMap((resourceSpans) => {
    const [resource] = messagesOf(resourceSpans, 1)
    const attributes = resource ? readAttributes(resource, 1) : {}
    return messagesOf(resourceSpans, 2).flatMap((scope) =>
      messagesOf(scope, 2).map((span) => ({ ...readSpan(span), resource: attributes })),
    )
  })
}

const kinds = ['other', 'internal', 'server', 'client'] as const

function readSpan(span: Message): Omit<ReceivedSpan, 'resource'> {
  const [status] = messagesOf(span, 15)
  return {
    traceId: hexOf(span, 1),
    spanId: hexOf(span, 2),
    traceState: textOf(span, 3),
    parentSpanId: hexOf(span, 4),
    name: textOf(span, 5),
    kind: kinds[integerOf(span, 6)] ?? 'other',
    attributes: readAttributes(span, 9),
    eventCount: messagesOf(span, 11).length,
    statusMessage: status ? textOf(status, 2) : '',
    statusCode: status ? integerOf(status, 3) : 0,
  }
}

/** Texts and whole numbers; we send no others. */
function readAttributes(message: Message, number: number): Record<string, string | number> {
  return Object.fromEntries(
    messagesOf(message, number).map((pair) => {
      const [value = new Map()] = messagesOf(pair, 2)
      return [textOf(pair, 1), value.has(3) ? integerOf(value, 3) : textOf(value, 1)]
    }),
  )
}
