/** One line of Prometheus' text format that is no comment. */
export interface Sample {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/g

/**
 * Reads Prometheus' text format.
 * @throws Error for a line that is not of it, or a series that is there twice
 */
export function samplesOf(text: string): Sample[] {
  const seen = new Set<string>()
  return text
    .split('\n')
    .filter((one) => one !== '' && !one.startsWith('#'))
    .map((one) => {
      const [, name, labels = '', value] = line.exec(one) ?? []
      if (name === undefined || labels.replace(label, '') !== '') throw new Error(`no sample: ${one}`)
      const series = one.slice(0, one.lastIndexOf(' '))
      if (seen.has(series)) throw new Error(`twice: ${series}`)
      seen.add(series)
      const pairs = [...labels.matchAll(label)].map(([, key = '', text = '']) => [key, text])
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })
}

/** What the samples with this name show, by their labels in one text; of histograms the counts alone. */
export function valuesOf(samples: readonly Sample[], name: string): Record<string, number> {
  const found = samples.filter((one) => one.name === name)
  return Object.fromEntries(found.map(({ labels, value }) => [Object.values(labels).join(' '), value]))
}

/** The series of ours that have counted anything, as they are written; no buckets, no sums, no gauges. */
export function countedBy(samples: readonly Sample[]): Record<string, number> {
  const counting = samples.filter(({ name }) => /^countersign_.*(_total|_count)$/.test(name))
  return Object.fromEntries(
    counting.filter(({ value }) => value !== 0).map((one) => [seriesOf(one), one.value]),
  )
}

function seriesOf({ name, labels }: Sample): string {
  return [name, ...Object.values(labels)].join(' ')
}
