import type { Clock } from '../clock.ts'
import type { ImportedUser, ImportUserOutcome, ImportUsersInput } from '../store/port/imports.ts'
import type { UserRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { UserRecord } from './fields.ts'
import type { Parsed } from './parse-record.ts'
import { isWrapOf, type PasswordManner, preparePassword } from './password.ts'
import { count, type RowReport, type Tally } from './report.ts'
import { rowFault, toRow, toSessionRow } from './user-row.ts'

/** One row of a source, as its reader understood it. */
export type Candidate = Parsed & { row: number | string }

export interface ImportDeps {
  store: Pick<Store, 'findAlike' | 'importUsers' | 'importSessions'>
  clock: Clock
}

export interface ImportManner extends PasswordManner {
  existing: ImportUsersInput['existing']
  /** an address that somebody has: the row is refused, or its user comes without a claim to it */
  takenEmails: 'refuse' | 'unclaimed'
  sessions: 'with' | 'without'
  /** how many passwords are wrapped at once */
  parallel: number
  /** told of every row, in their order */
  onRow: (report: RowReport) => void
  /** what is counted is added here, batch by batch */
  tally: Tally
  /** stops the work between two batches */
  signal: AbortSignal
}

/** A commit a batch: few enough that other writers hardly wait, many enough that the disk does not. */
const batchRows = 500

/**
 * Imports users, a batch in one transaction. It may be interrupted at any moment and run again: who is there already is
 * told apart by his id.
 * @throws what the signal was aborted with
 */
export async function importUsers(
  deps: ImportDeps,
  candidates: AsyncIterable<Candidate>,
  manner: ImportManner,
): Promise<void> {
  const { tally, signal } = manner
  for await (const batch of inBatches(candidates)) {
    signal.throwIfAborted()
    for (const report of await importBatch(deps, batch, manner)) {
      count(tally, report.outcome)
      if (report.reason) count(tally, report.reason)
      if (report.password) count(tally, `password_${report.password}`)
      if (report.email_claimed === false) count(tally, 'email_unclaimed')
      manner.onRow(report)
    }
  }
}

async function* inBatches(candidates: AsyncIterable<Candidate>): AsyncGenerator<Candidate[]> {
  let batch: Candidate[] = []
  for await (const one of candidates) {
    batch.push(one)
    if (batch.length < batchRows) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** A row that can be stored, with what is told of it. */
interface Ready {
  at: number
  record: UserRecord
  user: ImportedUser
  told: Pick<RowReport, 'password' | 'email_claimed'>
}

async function importBatch(
  deps: ImportDeps,
  batch: readonly Candidate[],
  run: ImportManner,
): Promise<RowReport[]> {
  const now = deps.clock()
  const rows = batch.map((one) => ('record' in one ? toRow(one.record, { same: undefined, now }) : undefined))
  const known = await deps.store.findAlike(rows.filter((row) => row !== undefined))
  const reports: RowReport[] = []
  const ready: Ready[] = []
  await each(batch, run.parallel, async (candidate, at) => {
    const prepared = await prepare(candidate, { known, now, run })
    if ('told' in prepared) ready.push({ ...prepared, at })
    else reports[at] = prepared
  })
  ready.sort((one, other) => one.at - other.at)
  const outcomes = await store(deps, ready, { now, run })
  for (const [index, one] of ready.entries()) reports[one.at] = reportOf(one, outcomes[index])
  if (run.sessions === 'with') {
    const taken = ready.filter((_, index) => outcomes[index]?.outcome !== 'taken')
    await importSessions(deps, taken, { now, tally: run.tally })
  }
  return reports.map((report, at) => ({ ...report, row: batch[at]?.row ?? at }))
}

/** A few at a time, in no order. */
async function each<T>(all: readonly T[], parallel: number, work: (one: T, at: number) => Promise<void>) {
  const left = all.entries()
  const worker = async () => {
    for (const [at, one] of left) await work(one, at)
  }
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, worker))
}

interface Surroundings {
  known: readonly UserRow[]
  now: number
  run: ImportManner
}

async function prepare(
  candidate: Candidate,
  { known, now, run }: Surroundings,
): Promise<Omit<Ready, 'at'> | RowReport> {
  const { row } = candidate
  if ('faults' in candidate) {
    return { row, outcome: 'refused', reason: 'invalid', detail: candidate.faults.join('; ') }
  }
  const { record } = candidate
  const named = { row, id: record.id, username: record.username, outcome: 'refused' } as const
  const same = known.find(({ id }) => id === record.id)
  const user = toRow(record, { same, now })
  const fault = rowFault(user)
  if (fault) return { ...named, reason: 'invalid', detail: fault }
  const isUnclaimed = isKnownUnclaimed(user, same, run)
  if (isUnclaimed) user.email_canonical = null
  const told = user.email !== '' && user.email_canonical === null ? ({ email_claimed: false } as const) : {}
  const password = await passwordFor(user, same, run)
  if ('reason' in password) return { ...named, ...password }
  const { stored, fate } = password
  return {
    record,
    user: { ...user, password_hash: stored },
    told: { ...told, ...(fate !== 'kept' && { password: fate }) },
  }
}

/** What was decided by an earlier run stays decided, so that the same run again changes nothing. */
function isKnownUnclaimed(
  user: ImportedUser,
  same: UserRow | undefined,
  { takenEmails }: ImportManner,
): boolean {
  return takenEmails === 'unclaimed' && same?.email === user.email && same.email_canonical === null
}

/** A password that is wrapped already stays so: wrapped again it would be another text, though the same password. */
async function passwordFor({ password_hash }: ImportedUser, same: UserRow | undefined, run: ImportManner) {
  const isWrapped = same?.password_hash.startsWith('wrapped$') && run.weak === 'wrap'
  if (same && isWrapped && (run.existing === 'keep' || (await isWrapOf(same.password_hash, password_hash)))) {
    return { stored: same.password_hash, fate: 'kept' } as const
  }
  return preparePassword(password_hash, run)
}

interface Moment {
  now: number
  run: ImportManner
}

/** Where only an address stands in the way and that is no reason to refuse, the user comes without a claim to it. */
async function store(
  { store: users }: ImportDeps,
  ready: readonly Ready[],
  { now, run: { existing, takenEmails } }: Moment,
): Promise<ImportUserOutcome[]> {
  const outcomes = await users.importUsers({ users: ready.map(({ user }) => user), existing, now })
  if (takenEmails === 'refuse') return outcomes
  const again = [...outcomes.entries()].filter(([, one]) => isTakenByEmailAlone(one)).map(([at]) => at)
  const unclaimed = again.flatMap((at) => {
    const one = ready[at]
    if (!one) return []
    one.told = { ...one.told, email_claimed: false }
    return [{ ...one.user, email_canonical: null }]
  })
  const second = await users.importUsers({ users: unclaimed, existing, now })
  again.forEach((at, index) => {
    outcomes[at] = second[index] ?? { outcome: 'taken', holders: {} }
  })
  return outcomes
}

function isTakenByEmailAlone(outcome: ImportUserOutcome): boolean {
  return outcome.outcome === 'taken' && Object.keys(outcome.holders).join() === 'email'
}

function reportOf({ at, record, told }: Ready, outcome: ImportUserOutcome | undefined): RowReport {
  const { id, username } = record
  if (!outcome) throw new Error('the store told too few outcomes')
  if (outcome.outcome !== 'taken') return { row: at, id, username, outcome: outcome.outcome, ...told }
  const { holders } = outcome
  const held = Object.entries(holders).map(([what, holder]) => `${words[what]} is that of user ${holder}`)
  return { row: at, id, username, outcome: 'refused', reason: 'taken', detail: held.join('; '), holders }
}

const words: Readonly<Record<string, string>> = { id: 'the id', username: 'the name', email: 'the address' }

async function importSessions(
  deps: ImportDeps,
  ready: readonly Ready[],
  { now, tally }: { now: number; tally: Tally },
): Promise<void> {
  const sessions = ready.flatMap(({ record }) =>
    record.sessions.map((session) => toSessionRow(session, record.id)),
  )
  const live = sessions.filter(({ expires_at }) => expires_at > now)
  if (live.length > 0) {
    for (const outcome of await deps.store.importSessions(live)) count(tally, `sessions_${outcome}`)
  }
  if (live.length < sessions.length) count(tally, 'sessions_expired', sessions.length - live.length)
}
