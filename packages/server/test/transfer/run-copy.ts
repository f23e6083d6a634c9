import { type CopyOutcome, type CopySides, copyDeployment } from '../../src/store/transfer/copy.ts'
import type { RowAccess } from '../../src/store/transfer/rows.ts'
import { t0 } from '../store/samples.ts'

/** Copies once, without anybody who watches; the clock stands at `t0`. */
export function runCopy(
  source: RowAccess,
  target: RowAccess,
  options: Partial<CopySides> = {},
): Promise<CopyOutcome> {
  return copyDeployment({
    ...{ source, target, now: () => t0, signal: new AbortController().signal },
    ...{ onProgress: () => undefined, onCopied: () => undefined },
    ...options,
  })
}

/** The same database, which reads a few rows at a time whatever it is asked for. */
export function inSmallPages(access: RowAccess, limit: number): RowAccess {
  return { ...access, read: (table, page) => access.read(table, { ...page, limit }) }
}

/** The same database, cut off after so many writes; the last of them is done, and nobody hears of it. */
export function cutOffAfter(access: RowAccess, writes: number): RowAccess {
  let left = writes
  const counted = async (write: Promise<void>) => {
    await write
    left -= 1
    if (left <= 0) throw new Error('cut off')
  }
  return {
    ...access,
    insert: (table, rows) => counted(access.insert(table, rows)),
    remove: (table, keys) => counted(access.remove(table, keys)),
  }
}

/** The same database, which refuses to be written to. */
export function readOnly(access: RowAccess): RowAccess {
  const refuse = () => Promise.reject(new Error('something was written'))
  return { ...access, insert: refuse, remove: refuse }
}
