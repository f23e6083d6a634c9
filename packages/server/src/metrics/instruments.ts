import type { Aggregator, Counter, Gauge, Histogram } from 'prom-client'
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type Metric,
  type MetricName,
  metrics,
  otherwise,
} from './table.ts'

/** What a gauge shows now; one without a sample is not shown at all. */
export interface Sample<Name extends GaugeName> {
  labels: LabelsOf<Name>
  value: number
}

/** Adds to a counter of the table; 1 unless said otherwise. */
export type Count = <Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number) => void

/**
 * The metrics of the table as this process counts them, in a registry of their own: the counters, all at zero, and the
 * histograms; gauges are shown one by one. Loads prom-client, which is not there before.
 */
export async function openInstruments() {
  const prom = await import('prom-client')
  const registry = new prom.Registry()
  prom.collectDefaultMetrics({ register: registry })
  const definition = (name: MetricName) => {
    const { help, labels = {}, workers }: Metric = metrics[name]
    const aggregator: Aggregator = workers ?? 'sum'
    return { name, help, labelNames: Object.keys(labels), aggregator, registers: [registry] }
  }
  const counters = new Map<MetricName, Counter>()
  const histograms = new Map<MetricName, Histogram>()
  for (const [name, { type, buckets }] of Object.entries<Metric>(metrics) as [MetricName, Metric][]) {
    if (type === 'counter') counters.set(name, startAtZero(new prom.Counter(definition(name)), name))
    if (type === 'histogram' && buckets) {
      histograms.set(name, new prom.Histogram({ ...definition(name), buckets: [...buckets] }))
    }
  }
  return {
    registry,
    count: ((name, labels, by = 1) => counters.get(name)?.inc(bounded(name, labels), by)) as Count,
    observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, seconds: number): void {
      histograms.get(name)?.observe(bounded(name, labels), seconds)
    },
    /** @param read asked whenever somebody reads the metrics; must not reject */
    show<Name extends GaugeName>(name: Name, read: () => Promise<readonly Sample<Name>[]>): void {
      const gauge: Gauge = new prom.Gauge({
        ...definition(name),
        collect: async () => fill(gauge, name, await read()),
      })
    },
  }
}

/** A counter that is there before it counts: its first step is a rise, not an appearance. */
function startAtZero(counter: Counter, name: MetricName): Counter {
  const { labels = {} }: Metric = metrics[name]
  for (const combination of combinations(Object.entries(labels))) counter.inc(combination, 0)
  return counter
}

type LabelValues = Record<string, string>

function combinations([first, ...rest]: [string, readonly string[] | string][]): LabelValues[] {
  if (!first) return [{}]
  const [label, values] = first
  if (typeof values === 'string') return []
  return values.flatMap((value) => combinations(rest).map((others) => ({ [label]: value, ...others })))
}

function fill(gauge: Gauge, name: GaugeName, samples: readonly Sample<GaugeName>[]): void {
  gauge.reset()
  // A gauge without labels has a zero of its own.
  gauge.remove({})
  for (const { labels, value } of samples) gauge.set(bounded(name, labels), value)
}

/** Whoever may choose a value does not choose how many series there are. */
function bounded(name: MetricName, given: Readonly<Record<string, string | undefined>>): LabelValues {
  const { labels = {} }: Metric = metrics[name]
  return Object.fromEntries(
    Object.entries(labels).map(([label, values]) => {
      const value = given[label] ?? otherwise
      return [label, typeof values === 'string' || values.includes(value) ? value : otherwise]
    }),
  )
}
