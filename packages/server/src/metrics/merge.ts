/** The metrics of one process, as they go from a worker to its primary: plain objects, fit for JSON. */
export type Snapshot = readonly object[]

/** The first entry of a snapshot: which process it is of. It looks like a metric, one that is left out of every sum. */
interface Origin {
  name: 'process'
  type: 'gauge'
  help: ''
  aggregator: 'omit'
  values: readonly [{ value: 0; labels: { process: string } }]
}

/** @param process unique, so that a worker that was started anew is another one */
export function originOf(process: string): Origin {
  const values = [{ value: 0, labels: { process } }] as const
  return { name: 'process', type: 'gauge', help: '', aggregator: 'omit', values }
}

/** Of so many workers that answer no more what each counted is kept apart: one that was only stuck may come back. */
const keptApart = 8

/**
 * Makes one text, in Prometheus' format, of the metrics of several workers: each value becomes what the table says,
 * mostly the sum. What a worker counted that answers no more stays in the sum. Else it would fall, and Prometheus would
 * take the rest of it for things that happened just now.
 * @returns a function that takes a snapshot of each worker that answered, for the life of a primary process
 */
export function createMerge(): (snapshots: readonly Snapshot[]) => Promise<string> {
  const counted = new Map<string | undefined, Snapshot>()
  return async (snapshots) => {
    const answering = new Set(snapshots.map(processOf))
    const silent = [...counted.keys()].filter((process) => !answering.has(process))
    if (silent.length > keptApart) await fold(counted, silent)
    const others = [...counted].flatMap(([process, counts]) => (answering.has(process) ? [] : [counts]))
    for (const snapshot of snapshots) counted.set(processOf(snapshot), snapshot.filter(isCount))
    return (await aggregate([...snapshots, ...others])).metrics()
  }
}

/** What was counted by workers that ended long ago becomes one. */
async function fold(
  counted: Map<string | undefined, Snapshot>,
  silent: readonly (string | undefined)[],
): Promise<void> {
  const registry = await aggregate(silent.map((process) => counted.get(process) ?? []))
  const sum = await registry.getMetricsAsJSON()
  for (const process of silent) counted.delete(process)
  counted.set('ended', sum)
}

async function aggregate(snapshots: readonly Snapshot[]) {
  const { AggregatorRegistry } = await import('prom-client')
  return AggregatorRegistry.aggregate([...snapshots])
}

function processOf([origin]: Snapshot): string | undefined {
  return (origin as Origin | undefined)?.values[0].labels.process
}

/** A gauge says what is now, and a worker that has ended is nothing now. */
function isCount(metric: { type?: string }): boolean {
  return metric.type === 'counter' || metric.type === 'histogram'
}
