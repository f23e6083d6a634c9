import { readdirSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setPriority } from 'node:os'

/** As far behind as there is: with 10, a request waits for its turn twice as long during a flood (measured). */
const niceness = 19

const threadsFolder = '/proc/self/task'

/**
 * Lets the threads that hash passwords give way to the thread that answers requests, so that a flood of logins takes
 * the processors' spare time and nobody else's. Linux only: elsewhere there is no way to say it, and nothing changes.
 * @returns how many threads were told
 */
export async function lowerHashingPriority(): Promise<number> {
  // The pool's threads start with the first work that it is given.
  await stat('.')
  const threads = listThreads().filter((thread) => nameOf(thread) === 'libuv-worker')
  for (const thread of threads) setPriority(thread, niceness)
  return threads.length
}

function listThreads(): number[] {
  try {
    return readdirSync(threadsFolder).map(Number)
  } catch {
    return []
  }
}

function nameOf(thread: number): string {
  return readFileSync(`${threadsFolder}/${thread}/comm`, 'utf8').trim()
}
