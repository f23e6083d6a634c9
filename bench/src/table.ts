import { median, quantile } from './load.ts'

/** One promise and what this run saw of it. */
export interface Row {
  what: string
  measured: string
  /** what it is compared with, measured in the same run */
  limit: string
  /** as the bar counts it */
  value: number
  bar: { text: string; holds: (value: number) => boolean } | undefined
}

export const atLeast = (least: number): Row['bar'] => ({
  text: `>= ${least}`,
  holds: (value) => value >= least,
})
export const under = (most: number, unit = ''): Row['bar'] => ({
  text: `< ${most}${unit}`,
  holds: (value) => value < most,
})

export function printTable(rows: readonly Row[]): void {
  const lines = rows.map(({ what, measured, limit, value, bar }) => [
    what,
    measured,
    limit,
    round(value),
    bar?.text ?? '',
    bar ? (bar.holds(value) ? 'holds' : 'MISSED') : '',
  ])
  const all = [['what', 'measured', 'against', 'value', 'bar', ''], ...lines]
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  for (const line of all) console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}

export function perSecond(rate: number): string {
  return `${Math.round(rate)}/s`
}

export function toldLatencies(milliseconds: readonly number[]): string {
  return `p50 ${median(milliseconds).toFixed(2)} ms, p99 ${quantile(milliseconds, 0.99).toFixed(2)} ms`
}
