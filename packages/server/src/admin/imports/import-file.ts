import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import { createDryRun } from '../../import/dry-run.ts'
import { type Candidate, type ImportManner, importUsers } from '../../import/import-users.ts'
import type { FirebaseHashing } from '../../import/readers/firebase.ts'
import { type ReaderName, readers } from '../../import/readers/readers.ts'
import type { RowReport, Tally } from '../../import/report.ts'
import type { DescribeHash } from '../../passwords/describe.ts'
import type { Passwords } from '../../passwords/passwords.ts'
import type { Store } from '../../store/store.ts'
import type { ImportReport } from '../answers.ts'
import { eachUser, type ListDeps } from '../users/list.ts'
import type { Spooled } from './spool.ts'

export interface ImportFileDeps {
  store: Pick<Store, 'findAlike' | 'findSession' | 'importUsers' | 'importSessions' | 'importLegacyTokens'> &
    ListDeps['store']
  passwords: Pick<Passwords, 'hash'>
  describeHash: DescribeHash
  config: { devisePepper: string | undefined }
  clock: Clock
}

/** What is to be done with a file. */
export interface ImportWishes extends Pick<ImportManner, 'existing' | 'weak' | 'takenEmails' | 'sessions'> {
  isDry: boolean
  format: ReaderName
  /** of Firebase */
  hashing: FirebaseHashing | undefined
}

interface Run {
  /** filled as it goes on, so that it is known where it stops */
  tally: Tally
  signal: AbortSignal
}

/**
 * Imports the users in a file, or tells what would become of them: by the engine of the command line, and so that
 * everybody else is served meanwhile.
 * @throws ReadError for a file that is none of its format, before anything is stored; what the signal was aborted with
 */
export async function importFile(
  deps: ImportFileDeps,
  file: Spooled,
  wishes: ImportWishes,
  { tally, signal }: Run,
): Promise<ImportReport> {
  const { store, passwords, clock, config } = deps
  const { isDry, format, hashing, existing, weak, takenEmails, sessions } = wishes
  const hashes = config.devisePepper === undefined ? 'plain' : 'peppered'
  const read = () => paced(readers[format](file.read(), { now: clock(), hashing, hashes }))
  // A file that is cut off is found out at its end, so a first look goes there.
  if (!isDry) for await (const _ of read()) signal.throwIfAborted()
  const untouchable = existing === 'update' ? await withRole(deps) : new Set<string>()
  const told = createTeller(deps.describeHash)
  await importUsers(
    { store: isDry ? createDryRun(store) : store, clock },
    told.watch(keepAway(read(), untouchable)),
    {
      ...{ existing, weak, takenEmails, sessions, keys: config, tally, signal, onRow: told.tell },
      hashText: isDry ? async () => '$argon2id$' : (text) => passwords.hash(text, signal),
      // One at a time, so that logins find the other places free.
      parallel: 1,
    },
  )
  return { dry_run: isDry, format, content_digest: file.digest, counts: tally, ...told.report() }
}

/** Rows between two looks at what else there is to do: a list in memory would be gone through without one. */
const breathRows = 100

async function* paced(candidates: AsyncIterable<Candidate>): AsyncGenerator<Candidate> {
  let rows = 0
  for await (const one of candidates) {
    yield one
    rows += 1
    if (rows % breathRows === 0) await setImmediate()
  }
}

async function withRole(deps: ImportFileDeps): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  const wanted = { only: { role: 'any' }, by: 'created_at', direction: 'asc' } as const
  for await (const { id } of eachUser(deps, wanted)) ids.add(id)
  return ids
}

/** Nobody gets into the console, or is kept out of it, by a file. */
async function* keepAway(
  candidates: AsyncIterable<Candidate>,
  untouchable: ReadonlySet<string>,
): AsyncGenerator<Candidate> {
  for await (const one of candidates) {
    const isKept = 'record' in one && untouchable.has(one.record.id)
    yield isKept ? { row: one.row, faults: ['he has a role in the console, and is changed there'] } : one
  }
}

/** An answer is no file: what is beyond this is counted alone. */
const most = { refusals: 1_000, examples: 10, detail: 300 } as const

/** Watches the rows on their way in and out. Of a hash nothing is told but its format. */
function createTeller(describeHash: DescribeHash) {
  const hashes = new Map<string, ImportReport['hashes'][number]>()
  const refusals: ImportReport['refusals'] = []
  const examples: ImportReport['examples'] = []
  const seen = { rows: 0, staff: 0, superusers: 0 }

  function look(candidate: Candidate): void {
    seen.rows += 1
    if (!('record' in candidate)) return
    const { password_hash, is_staff, is_superuser } = candidate.record
    const { format, state } = describeHash(password_hash ?? '')
    const kind = hashes.get(`${format} ${state}`) ?? { format, state, count: 0 }
    hashes.set(`${format} ${state}`, { ...kind, count: kind.count + 1 })
    if (is_staff) seen.staff += 1
    if (is_superuser) seen.superusers += 1
  }

  return {
    async *watch(candidates: AsyncIterable<Candidate>): AsyncGenerator<Candidate> {
      for await (const one of candidates) {
        look(one)
        yield one
      }
    },
    tell({ row, outcome, reason = 'invalid', detail = '', id = '', username }: RowReport): void {
      if (outcome === 'created' && examples.length < most.examples)
        examples.push({ id, username: username ?? id })
      if (outcome !== 'refused' || refusals.length >= most.refusals) return
      refusals.push({ row: Number(row), username: username ?? null, reason, detail: shortened(detail) })
    },
    report: () => ({ ...seen, hashes: [...hashes.values()], examples, refusals }),
  }
}

function shortened(detail: string): string {
  return detail.length > most.detail ? `${detail.slice(0, most.detail)}…` : detail
}
