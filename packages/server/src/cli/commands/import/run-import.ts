import type { Tools } from '../../../app/tools.ts'
import { systemClock } from '../../../clock.ts'
import { createDryRun } from '../../../import/dry-run.ts'
import { type Candidate, type ImportManner, importUsers } from '../../../import/import-users.ts'
import { hasRefused, type RowReport, type Tally } from '../../../import/report.ts'
import type { Store } from '../../../store/store.ts'
import { dataFlag } from '../../command.ts'
import { interruptible } from '../../interruptible.ts'
import { openProgress, type Progress } from '../../terminal/progress.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { withTools } from '../../tools.ts'
import { openReportFile } from './report-file.ts'
import { refusalText, summaryText } from './summary.ts'

/** The flags of every import. */
export const importFlags = {
  ...dataFlag,
  'dry-run': { type: 'boolean' },
  update: { type: 'boolean' },
  'allow-weak': { type: 'boolean' },
  'allow-taken-email': { type: 'boolean' },
  report: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** Those flags as they were typed. */
export interface ImportFlags {
  readonly data?: string
  readonly 'dry-run'?: boolean
  readonly update?: boolean
  readonly 'allow-weak'?: boolean
  readonly 'allow-taken-email'?: boolean
  readonly report?: string
  readonly json?: boolean
}

type Targets = Pick<Store, 'findAlike' | 'importUsers' | 'importSessions' | 'importLegacyTokens'>

/** Where users come from. */
export interface Source {
  /** of the kind of source, for the trail */
  name: string
  candidates: AsyncIterable<Candidate>
  /** rows; undefined where nobody knows */
  total: number | undefined
  sessions: ImportManner['sessions']
  /** what comes after the users */
  beside?: (store: Targets, manner: { now: number; signal: AbortSignal }) => Promise<Tally>
}

const goesOn = 'The same command goes on where it stopped.'

/**
 * Imports what a source holds and says what became of it.
 * @returns the exit status
 * @throws CommandError where it was interrupted; then what was stored until then is in the trail all the same
 */
export async function runImport(flags: ImportFlags, source: Source, terminal: Terminal): Promise<number> {
  const isDry = flags['dry-run'] === true
  const wanted = isDry ? 'existing' : 'created'
  const tally = await withTools({ flags, wanted }, async (tools) => {
    const done: Tally = {}
    try {
      await interruptible(isDry ? 'Nothing was written.' : goesOn, (signal) =>
        importAll({ tools, flags, source, terminal, signal, done }),
      )
    } finally {
      if (!isDry && Object.keys(done).length > 0) {
        const counted = { count: done.created ?? 0, counts: done }
        tools.audit.record('users.imported', { reason: source.name, ...counted })
      }
    }
    return done
  })
  const ok = !hasRefused(tally)
  if (flags.json) terminal.print(JSON.stringify({ ok, dry_run: isDry, counts: tally }))
  else terminal.print(summaryText(tally))
  if (isDry && !flags.json) terminal.say('Nothing was written.')
  return ok ? 0 : 1
}

interface Work {
  tools: Tools
  flags: ImportFlags
  source: Source
  terminal: Terminal
  signal: AbortSignal
  /** filled as it goes on, so that it is known where it stops */
  done: Tally
}

async function importAll({ tools, flags, source, terminal, signal, done }: Work): Promise<void> {
  const { clock } = tools
  const store = flags['dry-run'] ? createDryRun(tools.store) : tools.store
  const report = openReportFile(flags.report)
  const progress = openProgress(process.stderr, systemClock)
  const onRow = createTeller({ source, terminal, progress })
  const manner = { ...mannerOf(tools, flags, source), signal, tally: done }
  try {
    await importUsers({ store, clock }, source.candidates, {
      ...manner,
      onRow(row) {
        report.add(row)
        onRow.tell(row)
      },
    })
    Object.assign(done, await source.beside?.(store, { now: clock(), signal }))
  } finally {
    progress.clear()
    report.close()
    onRow.end(flags.report)
  }
}

function mannerOf(tools: Tools, flags: ImportFlags, source: Source) {
  const { passwords, config } = tools
  return {
    existing: flags.update ? 'update' : 'keep',
    weak: flags['allow-weak'] ? 'wrap' : 'refuse',
    takenEmails: flags['allow-taken-email'] ? 'unclaimed' : 'refuse',
    sessions: source.sessions,
    keys: { devisePepper: config.devisePepper },
    hashText: flags['dry-run'] ? async () => '$argon2id$' : (text: string) => passwords.hash(text),
    parallel: config.hashParallel,
  } as const
}

const shownRefusals = 10

interface Watched {
  source: Source
  terminal: Terminal
  progress: Progress
}

/** Tells a person how far it is, and of the first rows that were refused. */
function createTeller({ source, terminal, progress }: Watched) {
  let rows = 0
  let refused = 0
  return {
    tell(row: RowReport): void {
      rows += 1
      if (row.outcome === 'refused') {
        refused += 1
        progress.clear()
        if (refused <= shownRefusals) terminal.say(refusalText(row))
      }
      if (source.total !== undefined) progress.show({ label: 'importing', done: rows, total: source.total })
    },
    end(report: string | undefined): void {
      const hidden = refused - shownRefusals
      if (hidden <= 0) return
      terminal.say(
        `… and ${hidden} more: ${report === undefined ? '--report FILE lists' : `${report} has`} them all`,
      )
    },
  }
}
