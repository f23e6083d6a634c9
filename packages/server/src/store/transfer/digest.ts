import { createHash } from 'node:crypto'
import type { Cell, Row } from './rows.ts'
import type { Table } from './tables.ts'

/** What a table holds, told in two numbers. */
export interface TableDigest {
  rows: number
  /** SHA-256 over all rows in the order of their keys, in hexadecimal digits */
  sha256: string
}

/**
 * A row as one line of JSON: its cells in the order of the table's columns, bytes as an array with one text of
 * hexadecimal digits. JSON can be read back and has no line break in it, so no two different rows have the same line.
 */
export function lineOf({ columns }: Table, row: Row): string {
  return JSON.stringify(columns.map(({ name }) => spelled(row[name] ?? null)))
}

function spelled(cell: Cell): unknown {
  return cell instanceof Uint8Array ? [Buffer.from(cell).toString('hex')] : cell
}

/** Takes a table's rows in the order of their keys, as lines. The first line of all names the table and its columns. */
export function openDigest({ name, columns }: Table) {
  const hash = createHash('sha256')
  hash.update(`${JSON.stringify([name, ...columns.map((column) => column.name)])}\n`)
  let rows = 0
  return {
    add(lines: readonly string[]): void {
      rows += lines.length
      hash.update(lines.map((line) => `${line}\n`).join(''))
    },
    end: (): TableDigest => ({ rows, sha256: hash.digest('hex') }),
  }
}
