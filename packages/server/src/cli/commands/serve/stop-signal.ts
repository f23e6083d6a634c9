import { setTimeout } from 'node:timers/promises'

/**
 * A terminal sends Ctrl-C to every process in it, and npm sends it on to us once more: what comes this soon after the
 * first signal is the same key.
 */
const sameKeyMs = 500

/** Until the echo of a key has come too: it would find a process whose handlers are gone, and end it by that signal. */
const echoMs = 100

/** What a shell says of a program that Ctrl-C ended; ours ends so when it is told twice. */
export const toldTwice = 130

/**
 * Waits for `SIGTERM`, `SIGINT` or `SIGHUP`, and takes them over from now on.
 * @param onSecond called for a later signal
 * @returns the name of the first
 */
export function firstSignal(onSecond: () => void): Promise<string> {
  return new Promise((resolve) => {
    let first: string | undefined
    let isAnother = false
    const onSignal = (signal: string) => {
      if (isAnother) onSecond()
      if (first) return
      first = signal
      void setTimeout(sameKeyMs, undefined, { ref: false }).then(() => {
        isAnother = true
      })
      resolve(signal)
    }
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => onSignal(signal))
  })
}

/** Waits until a key that was pressed has been heard as often as it will be. */
export async function echoOf(signal: string): Promise<void> {
  if (signal === 'SIGINT') await setTimeout(echoMs)
}
