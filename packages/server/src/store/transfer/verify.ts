import { lineOf, openDigest, type TableDigest } from './digest.ts'
import { batchesOf, type RowAccess } from './rows.ts'
import { type Table, tables } from './tables.ts'

/** Two databases, and who follows what is done with them. */
export interface Sides {
  source: RowAccess
  target: RowAccess
  /** told after every batch */
  onProgress: (progress: TableProgress) => void
  /** stops the work between two batches */
  signal: AbortSignal
}

interface TableProgress {
  step: 'comparing' | 'copying' | 'verifying'
  table: string
  /** rows */
  done: number
  /** as counted before; a table that is written to meanwhile ends with another number */
  total: number
}

export interface Verdict {
  table: string
  source: TableDigest
  target: TableDigest
  isSame: boolean
}

/** Reads the tables on both sides, all if not told which, and compares what they hold. */
export async function verifyTables(sides: Sides, which: readonly Table[] = tables): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const table of which) verdicts.push(await verifyTable(sides, table))
  return verdicts
}

/** Whether the two sides hold the same rows. */
export function areSame(verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ isSame }) => isSame)
}

async function verifyTable(sides: Sides, table: Table): Promise<Verdict> {
  const { source, target } = sides
  const [sourceRows, targetRows] = await Promise.all([source.count(table), target.count(table)])
  const walked = counter(sides, { step: 'verifying', table: table.name, total: sourceRows + targetRows })
  const [held, copied] = await Promise.all(
    [source, target].map(async (access) => {
      const digest = openDigest(table)
      for await (const rows of batchesOf(access, table, sides.signal)) {
        digest.add(rows.map((row) => lineOf(table, row)))
        walked(rows.length)
      }
      return digest.end()
    }) as [Promise<TableDigest>, Promise<TableDigest>],
  )
  const isSame = held.rows === copied.rows && held.sha256 === copied.sha256
  return { table: table.name, source: held, target: copied, isSame }
}

/** Adds up what was walked, and tells it. */
export function counter({ onProgress }: Sides, progress: Omit<TableProgress, 'done'>) {
  let done = 0
  onProgress({ ...progress, done })
  return (rows: number): void => {
    done += rows
    onProgress({ ...progress, done })
  }
}
