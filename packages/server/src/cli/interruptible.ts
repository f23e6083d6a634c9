import { firstSignal } from './commands/serve/stop-signal.ts'
import { CommandError } from './failure.ts'

/**
 * Lets a long work be stopped: Ctrl-C ends it between two of its steps; told twice, it ends at once.
 * @param hint what the person who stopped it may do then
 * @throws CommandError where it was stopped
 */
export async function interruptible<T>(hint: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  void firstSignal(() => process.exit(130)).then(() => stop.abort())
  try {
    return await work(stop.signal)
  } catch (thrown) {
    throw stop.signal.aborted ? new CommandError(`Interrupted. ${hint}`) : thrown
  }
}
