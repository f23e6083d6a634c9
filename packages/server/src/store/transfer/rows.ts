import type { AppliedMigration } from '../migrate.ts'
import type { Page } from '../port/lists.ts'
import type { Table } from './tables.ts'

export type Cell = string | number | Uint8Array | null

/** A whole row, by column. */
export type Row = Readonly<Record<string, Cell>>

/**
 * A database as rows: what a copy asks of it. Each verb is whole and atomic: when its promise resolves, its effect is on
 * disk. One that cannot answer rejects with AuthError `unavailable`.
 */
export interface RowAccess {
  /** what made its schema, oldest first; nothing where there are no tables of ours */
  history(): Promise<AppliedMigration[]>
  /**
   * Whether a server works on it, or did until a minute ago and was killed.
   * @param now epoch milliseconds, for a database without a clock of its own
   */
  isServed(now: number): Promise<boolean>
  count(table: Table): Promise<number>
  /** rows in the order of their keys, which is that of their bytes in UTF-8 */
  read(table: Table, page: Page): Promise<Row[]>
  /** the rows that have these keys, in no order */
  pick(table: Table, keys: readonly string[]): Promise<Row[]>
  /**
   * All of them or none. A row whose key is there already stays as it is: an earlier copy that was killed may have sent
   * it last, and the database may have stored it only now.
   * @throws RowFault where the database cannot hold one
   */
  insert(table: Table, rows: readonly Row[]): Promise<void>
  remove(table: Table, keys: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Why a row does not fit: a text with a NUL, or what a constraint says of the other rows. */
export type Unfit =
  | { kind: 'nul'; table: string; key: string; column: string }
  | { kind: 'constraint'; table: string; name: string }

/** A row that the database cannot hold; nothing of its batch is stored. */
export class RowFault extends Error {
  readonly unfit: Unfit

  constructor(unfit: Unfit, options?: ErrorOptions) {
    super(`a row of ${unfit.table} does not fit: ${unfit.kind}`, options)
    this.unfit = unfit
  }
}

/** What the row is found by. */
export function keyOf({ key }: Table, row: Row): string {
  return String(row[key])
}

/** The keys of the rows, in their order. */
export function keysOf(table: Table, rows: readonly Row[]): string[] {
  return rows.map((row) => keyOf(table, row))
}

/** Enough that a batch costs little more than its rows, and few enough that memory hardly notices. */
const batchRows = 1_000

/**
 * Reads a whole table, a batch at a time.
 * @throws what the signal was aborted with, before the next batch
 */
export async function* batchesOf(
  access: RowAccess,
  table: Table,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  let after: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const rows = await access.read(table, { after, limit: batchRows })
    const last = rows.at(-1)
    if (!last) return
    yield rows
    after = keyOf(table, last)
  }
}
