import type { ImportUserOutcome } from '../store/port/imports.ts'

export type RefusalReason = 'invalid' | 'weak_hash' | 'unknown_hash' | 'taken'

/** What became of one row of the source. */
export interface RowReport {
  /** where it stands there: the number of its line, or its key */
  row: number | string
  id?: string
  username?: string
  outcome: Exclude<ImportUserOutcome['outcome'], 'taken'> | 'refused'
  reason?: RefusalReason
  /** the reason in words */
  detail?: string
  /** whose the id, the name or the address is already, by their ids */
  holders?: Readonly<Partial<Record<'id' | 'username' | 'email', string>>>
  /** where it is not as it was brought along: `wrapped` in argon2id, or `none`, so he must reset it */
  password?: 'wrapped' | 'none'
  /** the address is somebody else’s: it is shown, and he is not found by it */
  email_claimed?: false
}

/** How many of what; what is counted for the first time is added. */
export type Tally = Record<string, number>

/** Adds one, or so many, under that name. */
export function count(tally: Tally, name: string, by = 1): void {
  tally[name] = (tally[name] ?? 0) + by
}

/** Whether anything was refused. */
export function hasRefused(tally: Tally): boolean {
  return (tally.refused ?? 0) > 0
}
