import type { CopyOutcome } from '../../../store/transfer/copy.ts'
import type { CopiedTable } from '../../../store/transfer/copy-table.ts'
import type { Unfit } from '../../../store/transfer/rows.ts'
import type { Verdict } from '../../../store/transfer/verify.ts'
import { tableText } from '../../terminal/table.ts'

/** A table that is through, in a line. */
export function copiedText({ table, source, copied, removed }: CopiedTable): string {
  const stale = removed > 0 ? `, removed ${removed} that were out of date` : ''
  return `${table}: copied ${copied} of ${source.rows} rows${stale}`
}

/** Digits that are shown to people; programs get them all. */
const shownDigits = 16

/** What both sides hold, a line for each table; where they differ, both digests. */
export function verdictsText(verdicts: readonly Verdict[]): string {
  return tableText([
    ['TABLE', 'SOURCE', 'TARGET', 'DIGEST'],
    ...verdicts.map(({ table, source, target, isSame }) => [
      table,
      String(source.rows),
      String(target.rows),
      [source.sha256, ...(isSame ? [] : [target.sha256])].map((one) => one.slice(0, shownDigits)).join(' ≠ '),
    ]),
  ])
}

/** The same for programs. */
export function verdictsJson(verdicts: readonly Verdict[], outcome: string) {
  return {
    ok: outcome === 'complete',
    outcome,
    tables: verdicts.map(({ table, source, target, isSame }) => ({ table, source, target, same: isSame })),
  }
}

/** What a person is told at the end of a copy that is complete. */
export const completeText = [
  'The target holds what the source holds. Now set DATABASE_URL to it and start the server with the same',
  'COUNTERSIGN_SECRET: everybody stays logged in. Keep the source until you are content.',
].join('\n')

type Failure = Exclude<CopyOutcome['outcome'], 'complete'>

/** What went wrong, and what to do about it. */
export const failures: Readonly<Record<Failure, string>> = {
  foreign:
    'The target holds the data of another deployment, and nothing was written to it. Name an empty database.',
  outdated:
    'The target was copied before, and one of the two has changed since. Nothing was written: a server may have worked ' +
    'on it. If the source is the newer one, name another target, or empty this one.',
  source_changed: 'The source changed while it was copied: stop its server, and run the same command again.',
  target_changed:
    'The target is not what was written to it: is a server running on it? Stop it, empty the target and copy again.',
  served:
    'Everything is copied but the signing keys, since a server works on the source (or was killed less than a minute ' +
    'ago). Stop it and run the same command again: only what changed is copied then.',
}

/** Said at the beginning, where a server is seen on the source. */
export const servedWarning =
  '! A server works on the source. What it changes meanwhile is copied by the same command, once it is stopped.'

/** Why a row does not fit into the target. */
export function unfitText(unfit: Unfit): string {
  if (unfit.kind === 'nul') {
    const { table, key, column } = unfit
    return (
      `The row ${key} of ${table} has a NUL character in ${column}: SQLite can hold that, PostgreSQL cannot. ` +
      'Change or delete that row, and run the same command again.'
    )
  }
  return (
    `A row of ${unfit.table} does not fit into the target (${unfit.name}): the source changed while it was copied. ` +
    'Stop its server, and run the same command again. If it says so again, examine the source: countersign doctor.'
  )
}
