import { lineOf, openDigest, type TableDigest } from './digest.ts'
import { batchesOf, keysOf, type Row } from './rows.ts'
import type { Table } from './tables.ts'
import { counter, type Sides } from './verify.ts'

/** What became of a table of the target. */
export interface CopiedTable {
  table: string
  /** what the source held when it was read */
  source: TableDigest
  /** rows that were missing, and are there now */
  copied: number
  /** rows that the source does not have, or has otherwise */
  removed: number
}

/**
 * Makes a table of the target equal to the source's, wherever an earlier copy stopped. What differs goes first, so that
 * no name that changed hands meanwhile is in the way; then what is missing comes. An empty target is only written to.
 * @throws RowFault where a row does not fit into the target
 */
export async function copyTable(sides: Sides, table: Table): Promise<CopiedTable> {
  const { target } = sides
  const before = await target.count(table)
  const removed = before > 0 ? await removeStale(sides, table, before) : 0
  return { table: table.name, removed, ...(await insertMissing(sides, table, before)) }
}

async function removeStale(sides: Sides, table: Table, total: number): Promise<number> {
  const { source, target, signal } = sides
  const walked = counter(sides, { step: 'comparing', table: table.name, total })
  let removed = 0
  for await (const rows of batchesOf(target, table, signal)) {
    const held = new Set((await source.pick(table, keysOf(table, rows))).map((row) => lineOf(table, row)))
    const stale = rows.filter((row) => !held.has(lineOf(table, row)))
    if (stale.length > 0) await target.remove(table, keysOf(table, stale))
    removed += stale.length
    walked(rows.length)
  }
  return removed
}

async function insertMissing(
  sides: Sides,
  table: Table,
  before: number,
): Promise<Pick<CopiedTable, 'source' | 'copied'>> {
  const { source, target, signal } = sides
  const walked = counter(sides, { step: 'copying', table: table.name, total: await source.count(table) })
  const digest = openDigest(table)
  let copied = 0
  for await (const rows of batchesOf(source, table, signal)) {
    const missing = before > 0 ? await missingIn(sides, table, rows) : rows
    if (missing.length > 0) await target.insert(table, missing)
    digest.add(rows.map((row) => lineOf(table, row)))
    copied += missing.length
    walked(rows.length)
  }
  return { source: digest.end(), copied }
}

async function missingIn({ target }: Sides, table: Table, rows: readonly Row[]): Promise<Row[]> {
  const present = new Set(keysOf(table, await target.pick(table, keysOf(table, rows))))
  return rows.filter((row) => !present.has(String(row[table.key])))
}
