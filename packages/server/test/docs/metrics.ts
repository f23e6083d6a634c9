import { type Metric, metrics } from '../../src/metrics/table.ts'
import { type MadeParts, markdownTable } from './made-parts.ts'

const together = { sum: 'sum', max: 'largest', min: 'smallest', first: 'any' } as const

/** The made part of the page: every metric of ours, with its labels and all their values. */
export function metricsParts(): MadeParts {
  const rows = Object.entries<Metric>(metrics).map(([name, { type, labels = {}, workers, help }]) => [
    `\`${name}\``,
    type,
    Object.entries(labels).map(labelText).join('<br>'),
    help,
    together[workers ?? 'sum'],
  ])
  return new Map([
    ['metrics', markdownTable(['metric', 'type', 'labels', 'what it is', 'of several workers'], rows)],
  ])
}

function labelText([label, values]: [string, readonly string[] | string]): string {
  const text = typeof values === 'string' ? values : values.map((value) => `\`${value}\``).join(' ')
  return `\`${label}\`: ${text}`
}
