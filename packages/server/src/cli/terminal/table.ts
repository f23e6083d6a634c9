import { printable } from '../../audit/printable.ts'

/** Rows in columns two spaces apart; control characters are written out. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map(printable))
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => lengthOf(line[column]))))
  return lines.map((line) => padded(line, widths)).join('\n')
}

/** Names and values in two columns. */
export function pairsText(pairs: readonly (readonly [string, string])[], indent = ''): string {
  return tableText(pairs).replaceAll(/^/gm, indent)
}

function padded(line: readonly string[], widths: readonly number[]): string {
  const cells = line.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)))
  return cells.join('  ').trimEnd()
}

function lengthOf(text = ''): number {
  return [...text].length
}
