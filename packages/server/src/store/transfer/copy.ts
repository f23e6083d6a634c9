import { type CopiedTable, copyTable } from './copy-table.ts'
import { batchesOf, keysOf } from './rows.ts'
import { bulk, mute, sealing, standingOf } from './standing.ts'
import type { Table } from './tables.ts'
import { areSame, type Sides, type Verdict, verifyTables } from './verify.ts'

export interface CopySides extends Sides {
  /** told when a table is through */
  onCopied: (copied: CopiedTable) => void
  /** epoch milliseconds */
  now: () => number
}

/** How a copy ended. Whatever it is but `foreign` and `outdated`, the same copy may be tried again and goes on. */
export type CopyOutcome =
  /** the target holds what the source held, and this was verified */
  | { outcome: 'complete'; verdicts: Verdict[] }
  /** the target is another deployment's; nothing was written */
  | { outcome: 'foreign' }
  /** it was complete before, and one of the two has changed since; nothing was written */
  | { outcome: 'outdated'; verdicts: Verdict[] }
  /** the source is not what it was when it was read */
  | { outcome: 'source_changed'; verdicts: Verdict[] }
  /** the target is not what was written to it */
  | { outcome: 'target_changed'; verdicts: Verdict[] }
  /** all is there but the signing keys, since a server works on the source and may change it at any moment */
  | { outcome: 'served'; verdicts: Verdict[] }

/**
 * Copies a whole deployment, or goes on with a copy of it that was interrupted. The signing keys come last and at once:
 * a target that has them is complete, and is never written to again, since a server may have worked on it.
 * Both must be at this program's schema.
 * @throws RowFault where a row does not fit into the target; what the signal was aborted with
 */
export async function copyDeployment(sides: CopySides): Promise<CopyOutcome> {
  const { source, target, now } = sides
  const standing = await standingOf(source, target)
  if (standing === 'foreign') return { outcome: 'foreign' }
  if (standing === 'complete') {
    const verdicts = await verifyTables(sides)
    return { outcome: areSame(verdicts) ? 'complete' : 'outdated', verdicts }
  }
  if (standing === 'empty') await clear(sides)
  const most = await copyAndVerify(sides, bulk)
  if (most.outcome !== 'complete') return most
  if (await source.isServed(now())) return { ...most, outcome: 'served' }
  const rest = await copyAndVerify(sides, sealing)
  return { ...rest, verdicts: [...most.verdicts, ...rest.verdicts] }
}

/** What a migration has put into the target makes way for the source's. */
async function clear({ target, signal }: CopySides): Promise<void> {
  for (const table of mute) {
    for await (const rows of batchesOf(target, table, signal)) await target.remove(table, keysOf(table, rows))
  }
}

interface Settled {
  outcome: 'complete' | 'source_changed' | 'target_changed'
  verdicts: Verdict[]
}

async function copyAndVerify(sides: CopySides, which: readonly Table[]): Promise<Settled> {
  const read = new Map<string, string>()
  for (const table of which) {
    const copied = await copyTable(sides, table)
    read.set(copied.table, copied.source.sha256)
    sides.onCopied(copied)
  }
  const verdicts = await verifyTables(sides, which)
  if (verdicts.some(({ table, source }) => source.sha256 !== read.get(table))) {
    return { outcome: 'source_changed', verdicts }
  }
  return { outcome: areSame(verdicts) ? 'complete' : 'target_changed', verdicts }
}
