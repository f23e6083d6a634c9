import { median, quantile } from '../load.ts'
import { kinds, type Outage, type Tally } from './tally.ts'

/** Memory of one server process: instants in milliseconds since the start, bytes. */
export interface MemoryLog {
  name: string
  pid: number
  samples: { at: number; bytes: number }[]
}

/** What, how much of it, and what there is to say about that. */
type Line = readonly [what: string, measured: string, remark: string]

interface Soak {
  tally: Tally
  /** lines of the servers' logs */
  faults: readonly string[]
  memory: readonly MemoryLog[]
}

/** Prints what was seen. @returns whether everything that was promised held */
export function report({ tally, faults, memory }: Soak): boolean {
  const { acknowledged, lost, wrong, failed, outOfTheBlue } = tally
  const promises = {
    'acknowledged and lost': lost,
    'wrong answers': wrong,
    'answers of 500 and more, but for 503': failed,
    'faults in the servers’ logs': faults,
  }
  const complaints = Object.values(promises).flat()
  print([
    ...Object.entries(promises).map(([what, found]): Line => [what, ...verdict(found)]),
    ['503s and broken connections far from any fault', String(outOfTheBlue), ''],
    ...kinds.map(
      (kind): Line => [kind, `${acknowledged[kind]} as it must be`, latencyText(tally.latencies[kind])],
    ),
    ...tally.outages.map(outageLine),
    ...memory.map(memoryLine),
  ])
  for (const complaint of complaints.slice(0, mostComplaints)) console.log(complaint)
  return complaints.length === 0
}

const mostComplaints = 20

function verdict(found: readonly string[]): [string, string] {
  return [String(found.length), found.length === 0 ? 'holds' : 'MISSED']
}

function print(lines: readonly Line[]): void {
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  for (const line of lines)
    console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
}

function latencyText(latencies: readonly number[]): string {
  const [p50, p99] = [median(latencies), quantile(latencies, 0.99)]
  return `outside of outages p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
}

function outageLine({ name, struckAt, mendedAt, unavailable, broken, firstAt, lastAt }: Outage): Line {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  const seen = firstAt === undefined || lastAt === undefined ? 'never' : `for ${seconds(lastAt - firstAt)}`
  const after = lastAt === undefined ? 0 : Math.max(0, lastAt - mendedAt)
  return [
    `${name}, at ${seconds(struckAt)}`,
    `lasted ${seconds(mendedAt - struckAt)}, seen ${seen}, until ${seconds(after)} after its end`,
    `${unavailable} times 503, ${broken} broken connections`,
  ]
}

/** From then on a process is warm: a minute, or a third of a short life. */
function warm({ samples }: MemoryLog): MemoryLog['samples'] {
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0]
  return samples.filter(({ at }) => at >= first + Math.min(60_000, (last - first) / 3))
}

function memoryLine(log: MemoryLog): Line {
  const samples = warm(log)
  const megabytes = (bytes = 0) => `${(bytes / 1e6).toFixed(1)} MB`
  const [from, to] = [samples[0], samples.at(-1)]
  const span = `from ${Math.round((from?.at ?? 0) / 1000)} s to ${Math.round((to?.at ?? 0) / 1000)} s`
  return [
    `memory of ${log.name}`,
    `${megabytes(from?.bytes)} to ${megabytes(to?.bytes)}`,
    `${span}${slopeText(samples.slice(Math.floor(samples.length / 2)))}`,
  ]
}

/** At first a process takes memory that it will use again and again; what counts is whether it ever stops. */
function slopeText(half: MemoryLog['samples']): string {
  const spanMs = (half.at(-1)?.at ?? 0) - (half[0]?.at ?? 0)
  if (spanMs < shortestSlopeMs) return ''
  return `; in its second half ${(slopePerMinute(half) / 1e6).toFixed(1)} MB more each minute`
}

const shortestSlopeMs = 30_000

/** Of the straight line that fits best, bytes a minute. */
function slopePerMinute(samples: MemoryLog['samples']): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [at, bytes] = [mean(samples.map((one) => one.at)), mean(samples.map((one) => one.bytes))]
  const rise = samples.reduce((sum, one) => sum + (one.at - at) * (one.bytes - bytes), 0)
  const run = samples.reduce((sum, one) => sum + (one.at - at) ** 2, 0)
  return run === 0 ? 0 : (rise / run) * 60_000
}
