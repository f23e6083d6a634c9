/** How a column is read: as text, as 0 or 1, or as an instant in epoch milliseconds (NaN where it is none). */
export type ForeignKind = 'text' | 'flag' | 'instant'

/** Columns by name, each with what it holds. */
export type ForeignColumns = Readonly<Record<string, ForeignKind>>

export type ForeignRow = Readonly<Record<string, string | number | null>>

export interface ForeignPage {
  table: string
  columns: ForeignColumns
  /** a unique column, in the order of which the rows come */
  key: string
  /** the key of the last row of the page before */
  after: string | undefined
  limit: number
  /** only rows in which this column is later than that instant, in epoch milliseconds */
  later?: { column: string; than: number }
}

export interface ForeignPick {
  table: string
  columns: ForeignColumns
  /** the column that is looked into */
  by: string
  values: readonly string[]
}

/**
 * A database of somebody else, which is only read. Tables and columns may have any name. It rejects with AuthError
 * `unavailable` where it does not answer.
 */
export interface ForeignDatabase {
  /** the names of a table's columns; none where there is no such table */
  columnsOf(table: string): Promise<string[]>
  count(table: string): Promise<number>
  read(page: ForeignPage): Promise<ForeignRow[]>
  /** the rows that have one of the values there, in no order */
  pick(pick: ForeignPick): Promise<ForeignRow[]>
  close(): Promise<void>
}

/** A name as SQL has it, also one with a quote in it; `schema.table` has two parts. */
export function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')
}
