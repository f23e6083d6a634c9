import { systemClock } from '../../../clock.ts'
import { AuthError } from '../../../errors.ts'
import { copyDeployment } from '../../../store/transfer/copy.ts'
import { RowFault } from '../../../store/transfer/rows.ts'
import { areSame, type Sides, type Verdict, verifyTables } from '../../../store/transfer/verify.ts'
import { command, dataFlag } from '../../command.ts'
import { CommandError, failureText } from '../../failure.ts'
import { interruptible } from '../../interruptible.ts'
import { openProgress, type Progress } from '../../terminal/progress.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import {
  completeText,
  copiedText,
  failures,
  servedWarning,
  unfitText,
  verdictsJson,
  verdictsText,
} from './report.ts'
import { type OpenSides, withSides } from './sides.ts'

const help = `Usage: countersign copy --to ADDRESS [--from ADDRESS] [--verify] [--json]

Copies a whole deployment from one database to another: from SQLite to PostgreSQL,
back, or between two of a kind. The one that is not named is that of the settings:
DATABASE_URL, or the data folder.

Stop the server first: rows that it writes while they are read may be missed, and
the copy is complete only if nothing changed. Interrupted by whatever, the same
command goes on where it stopped. At the end all rows are read again on both sides
and compared. Then a server on the target, with the same COUNTERSIGN_SECRET, goes
on with every session.

The target is made if it is not there. One that holds another deployment is
refused, and so is one that was complete before and differs now: what a server
may have written is never overwritten.

  --to ADDRESS       where the rows go, as in DATABASE_URL but without a password:
                     DATABASE_PASSWORD or DATABASE_PASSWORD_FILE has it
  --to-file FILE     a file that holds such an address, password and all
  --from ADDRESS, --from-file FILE
                     where they come from, likewise
  --verify           copy nothing, only compare
  --json             for programs: {"ok": …, "outcome": …, "tables": […]}
  --data FOLDER      folder of the database, ./countersign-data if not given

The exit status is 0 only if both hold the same.`

/** A deployment moves to another database. */
export const copy = command({
  name: 'copy',
  help,
  flags: {
    ...dataFlag,
    from: { type: 'string' },
    'from-file': { type: 'string' },
    to: { type: 'string' },
    'to-file': { type: 'string' },
    verify: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run({ values: { verify, json, ...flags }, terminal }) {
    const progress = openProgress(process.stderr, systemClock)
    const [work, hint] = verify ? ([compareOnly, again] as const) : ([copyAll, goesOn] as const)
    const { outcome, verdicts, says } = await withSides(flags, verify ? 'leave' : 'create', (sides) =>
      interruptible(hint, (signal) =>
        explained(hint, () => work(sides, { signal, progress, terminal })),
      ).finally(progress.clear),
    )
    if (json) terminal.print(JSON.stringify(verdictsJson(verdicts, outcome)))
    else if (verdicts.length > 0) terminal.print(verdictsText(verdicts))
    if (outcome !== 'complete') throw new CommandError(says)
    if (!json) terminal.say(says)
    return 0
  },
})

const goesOn = 'The same command goes on where it stopped.'
const again = 'Run the same command again.'

interface Ended {
  outcome: string
  verdicts: Verdict[]
  /** what a person is told besides */
  says: string
}

interface Surroundings {
  signal: AbortSignal
  progress: Progress
  terminal: Terminal
}

async function compareOnly(
  { source, target }: OpenSides,
  { signal, progress }: Surroundings,
): Promise<Ended> {
  const verdicts = await verifyTables({ source, target, signal, onProgress: shownOn(progress) })
  if (areSame(verdicts)) return { outcome: 'complete', verdicts, says: 'Both hold the same.' }
  return { outcome: 'different', verdicts, says: 'They differ.' }
}

async function copyAll({ names, ...access }: OpenSides, surroundings: Surroundings): Promise<Ended> {
  const { signal, progress, terminal } = surroundings
  terminal.say(`From ${names.source}\nto   ${names.target}`)
  if (await access.source.isServed(systemClock())) terminal.say(terminal.mark('yellow', servedWarning))
  const ended = await copyDeployment({
    ...access,
    signal,
    now: systemClock,
    onProgress: shownOn(progress),
    onCopied(copied) {
      progress.clear()
      terminal.say(copiedText(copied))
    },
  })
  const { outcome } = ended
  const says = outcome === 'complete' ? completeText : failures[outcome]
  return { outcome, verdicts: outcome === 'foreign' ? [] : ended.verdicts, says }
}

function shownOn(progress: Progress): Sides['onProgress'] {
  return ({ step, table, done, total }) => progress.show({ label: `${step} ${table}`, done, total })
}

/** What went wrong while rows were read and written, with what to do about it. */
async function explained<T>(hint: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof RowFault) throw new CommandError(unfitText(thrown.unfit))
    if (thrown instanceof AuthError) throw new CommandError(`${failureText(thrown)}\n${hint}`)
    throw thrown
  }
}
