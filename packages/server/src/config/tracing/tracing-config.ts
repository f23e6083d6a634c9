import type { Problem } from '../problem.ts'
import type { SettingValues } from '../settings.ts'
import { tracingSettings } from './tracing-settings.ts'

export type TracingSetting = keyof typeof tracingSettings

type Value<Name extends keyof SettingValues> = Exclude<SettingValues[Name], undefined>

/** What traces look like and where they go. */
export interface TracingConfig {
  readonly exporters: Value<'tracesExporters'>
  /** of the collector's endpoint for traces */
  readonly otlpUrl: string
  readonly serviceName: string
  readonly resourceAttributes: Value<'resourceAttributes'>
  readonly sampler: Value<'tracesSampler'>
  /** the share of traces that a ratio sampler takes, 0 to 1 */
  readonly ratio: number
  /** whether a request's `traceparent` is believed */
  readonly continuesTraces: boolean
  readonly batch: {
    readonly maxQueueSize: number
    readonly maxExportBatchSize: number
    readonly scheduledDelayMillis: number
    readonly exportTimeoutMillis: number
  }
}

/** Puts the settings of traces together. @returns undefined where tracing is off */
export function completeTracing(values: SettingValues, problems: Problem[]): TracingConfig | undefined {
  const exporters = exportersOf(values)
  if (values.tracingDisabled || exporters.length === 0) return undefined
  if (exporters.includes('otlp')) problems.push(...unspoken(values))
  const { resourceAttributes = {}, spanQueueSize: queue = 1, spanBatchSize: batch = 1 } = values
  return {
    exporters,
    otlpUrl: values.otlpTracesEndpoint ?? withPath(values.otlpEndpoint ?? 'http://localhost:4318'),
    serviceName: values.serviceName ?? resourceAttributes['service.name'] ?? 'countersign',
    resourceAttributes,
    sampler: values.tracesSampler ?? 'parentbased_always_on',
    ratio: values.tracesShare ?? 1,
    continuesTraces: values.propagators?.includes('tracecontext') ?? false,
    batch: {
      maxQueueSize: queue,
      maxExportBatchSize: Math.min(batch, queue),
      scheduledDelayMillis: values.spanDelayMs ?? 0,
      exportTimeoutMillis: values.spanExportTimeoutMs ?? 0,
    },
  }
}

function exportersOf({ tracesExporters, otlpEndpoint, otlpTracesEndpoint }: SettingValues) {
  return tracesExporters ?? (otlpEndpoint || otlpTracesEndpoint ? (['otlp'] as const) : [])
}

/** The general endpoint is the root of all signals. */
function withPath(endpoint: string): string {
  return `${endpoint.replace(/\/$/, '')}/v1/traces`
}

function unspoken({ otlpProtocol, otlpTracesProtocol }: SettingValues): Problem[] {
  const { otlpProtocol: general, otlpTracesProtocol: own } = tracingSettings
  const [name, value] = otlpTracesProtocol ? [own.env, otlpTracesProtocol] : [general.env, otlpProtocol]
  if (value === undefined || value === 'http/protobuf') return []
  return [
    {
      what: `${name} is ${value}, which is not spoken here.`,
      remedy: `Set ${own.env} to http/protobuf, and the endpoint to the port where the collector takes http, usually 4318.`,
    },
  ]
}
