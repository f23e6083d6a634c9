import { anyText, choice, integer } from '../parsers.ts'
import { setting } from '../setting.ts'
import { collector, listOf, pairs, share, trueOrFalse } from './tracing-parsers.ts'

const protocols = choice('http/protobuf', 'http/json', 'grpc')

/**
 * What the specification of OpenTelemetry names and we read ourselves; how traces are sent (headers, timeout,
 * compression, certificates) its exporter reads.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const tracingSettings = {
  tracingDisabled: setting({
    env: 'OTEL_SDK_DISABLED',
    parse: trueOrFalse,
    default: 'false',
    doc: '`true` turns tracing off, whatever else is set.',
  }),
  tracesExporters: setting({
    env: 'OTEL_TRACES_EXPORTER',
    parse: listOf('otlp', 'console'),
    doc: 'Where traces go: to a collector, into the log, or nowhere. Default: `otlp` where an endpoint is set, else `none`.',
  }),
  otlpEndpoint: setting({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    parse: collector,
    doc: 'The collector; `/v1/traces` is added. Turns tracing on. Default: `http://localhost:4318`.',
  }),
  otlpTracesEndpoint: setting({
    env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    parse: collector,
    doc: 'The same for traces alone, taken as it is.',
  }),
  otlpProtocol: setting({
    env: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    parse: protocols,
    default: 'http/protobuf',
    doc: 'How traces are sent. Nothing but `http/protobuf` is spoken: another one stops the start, unless tracing is off.',
  }),
  otlpTracesProtocol: setting({
    env: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    parse: protocols,
    doc: 'The same for traces alone.',
  }),
  serviceName: setting({
    env: 'OTEL_SERVICE_NAME',
    parse: anyText,
    doc: 'What this service is called in traces. Default: the `service.name` of the resource attributes, else `countersign`.',
  }),
  resourceAttributes: setting({
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    parse: pairs,
    doc: 'What else is told of this process with every trace.',
  }),
  tracesSampler: setting({
    env: 'OTEL_TRACES_SAMPLER',
    parse: choice(
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
      'always_on',
      'always_off',
      'traceidratio',
    ),
    default: 'parentbased_always_on',
    doc: 'Which requests are traced. `parentbased_…` leaves that to whoever sends a `traceparent`.',
  }),
  tracesShare: setting({
    env: 'OTEL_TRACES_SAMPLER_ARG',
    parse: share,
    default: '1',
    doc: 'The share of requests that a `…traceidratio` sampler takes.',
  }),
  propagators: setting({
    env: 'OTEL_PROPAGATORS',
    parse: listOf('tracecontext', 'baggage'),
    default: 'tracecontext,baggage',
    doc: '`tracecontext` continues the trace of a request that has a `traceparent`; `none` begins a new one. Baggage is not read.',
  }),
  spanDelayMs: setting({
    env: 'OTEL_BSP_SCHEDULE_DELAY',
    parse: integer(1, 3_600_000),
    default: '5000',
    doc: 'How long spans wait to be sent together, in milliseconds.',
  }),
  spanExportTimeoutMs: setting({
    env: 'OTEL_BSP_EXPORT_TIMEOUT',
    parse: integer(1, 3_600_000),
    default: '30000',
    doc: 'How long sending them may take, in milliseconds.',
  }),
  spanQueueSize: setting({
    env: 'OTEL_BSP_MAX_QUEUE_SIZE',
    parse: integer(1, 1_000_000),
    default: '2048',
    doc: 'Spans that wait at the most; more are dropped.',
  }),
  spanBatchSize: setting({
    env: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    parse: integer(1, 1_000_000),
    default: '512',
    doc: 'Spans that are sent together at the most.',
  }),
} as const
