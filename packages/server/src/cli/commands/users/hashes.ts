import type { Tools } from '../../../app/tools.ts'
import { systemClock } from '../../../clock.ts'
import { lowerHashingPriority } from '../../../passwords/hashing-threads.ts'
import { countHashes, type HashCount, wrapHashes } from '../../../users/hashes.ts'
import { command, dataFlag } from '../../command.ts'
import { CommandError } from '../../failure.ts'
import { openProgress } from '../../terminal/progress.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { withTools } from '../../tools.ts'
import { firstSignal } from '../serve/stop-signal.ts'
import { hashesJson, hashesTable } from './hash-text.ts'
import { usersHelp } from './help.ts'

/** Which hashes there are, and what makes weak ones as costly to guess as new ones. */
export const hashes = command({
  name: 'users hashes',
  help: usersHelp,
  flags: { ...dataFlag, wrap: { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ values, terminal }) {
    const { counts, isComplete } = await withTools({ flags: values, wanted: 'existing' }, async (tools) => {
      const before = await countHashes(tools)
      const wrappable = usersIn(before.filter(({ canWrap }) => canWrap))
      if (!values.wrap || wrappable === 0) return { counts: before, isComplete: true }
      const isWhole = await wrapAll(tools, terminal, wrappable)
      return { counts: await countHashes(tools), isComplete: isWhole }
    })
    if (values.json) terminal.print(JSON.stringify(hashesJson(counts)))
    else if (counts.length === 0) terminal.say('No users.')
    else terminal.print(hashesTable(counts))
    if (!isComplete) throw new CommandError('Interrupted. The same command goes on where it stopped.')
    sayWeak(terminal, counts)
    return 0
  },
})

/** @returns whether it came to its end */
async function wrapAll(tools: Tools, terminal: Terminal, total: number): Promise<boolean> {
  const stop = new AbortController()
  void firstSignal(() => process.exit(130)).then(() => stop.abort())
  const progress = openProgress(process.stderr, systemClock)
  // A server on this machine goes first.
  await lowerHashingPriority()
  const wrapped = await wrapHashes(tools, {
    parallel: tools.config.hashParallel,
    signal: stop.signal,
    onProgress: (done) => progress.show({ label: 'wrap', done, total }),
  }).finally(progress.clear)
  terminal.say(`Wrapped ${wrapped} of ${total} weak hashes.`)
  return !stop.signal.aborted
}

function sayWeak(terminal: Terminal, counts: readonly HashCount[]): void {
  const wrappable = usersIn(counts.filter(({ canWrap }) => canWrap))
  if (wrappable === 0) return
  const whose = wrappable === 1 ? 'The hash of 1 user is' : `The hashes of ${wrappable} users are`
  terminal.say(`${whose} quickly guessed once stolen. Wrap them: countersign users hashes --wrap`)
}

function usersIn(counts: readonly HashCount[]): number {
  return counts.reduce((sum, { users }) => sum + users, 0)
}
