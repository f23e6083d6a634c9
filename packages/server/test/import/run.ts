import { type Candidate, type ImportManner, importUsers } from '../../src/import/import-users.ts'
import type { RowReport, Tally } from '../../src/import/report.ts'
import { hashArgon2id } from '../../src/passwords/argon2id.ts'
import type { Store } from '../../src/store/store.ts'
import { t0 } from '../store/samples.ts'

/** Hashes as cheap as they may be. */
export const hashCheaply = (text: string) =>
  hashArgon2id(text, { memoryKib: 7_168, timeCost: 1, parallelism: 1 })

/** Imports, at `t0` if not told when, nobody watching. @returns what was counted, and what became of each row */
export async function runImport(
  store: Pick<Store, 'findAlike' | 'importUsers' | 'importSessions'>,
  candidates: AsyncIterable<Candidate>,
  { now = t0, ...manner }: Partial<ImportManner> & { now?: number } = {},
): Promise<{ tally: Tally; reports: RowReport[] }> {
  const [tally, reports]: [Tally, RowReport[]] = [{}, []]
  await importUsers({ store, clock: () => now }, candidates, {
    ...{
      existing: 'keep',
      weak: 'refuse',
      takenEmails: 'refuse',
      sessions: 'without',
      keys: {},
      parallel: 2,
    },
    ...{
      hashText: hashCheaply,
      signal: new AbortController().signal,
      onRow: (row) => reports.push(row),
      tally,
    },
    ...manner,
  })
  return { tally, reports }
}

/** Lines of a file as its reader gets them, in pieces that fit nothing. */
export async function* bytesOf(text: string, piece = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
}

/** All that comes. */
export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of items) all.push(one)
  return all
}
