import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Audit } from '../../../audit/events.ts'
import type { ServiceManagerLine } from '../../../config/environment/service-manager.ts'

/** Who started us and wants to know how we are. */
export interface ServiceManager {
  /** it serves; the text is for `systemctl status` */
  ready(status: string): void
  /** it was told to stop, and takes its time */
  stopping(): void
  /** waits for what is being told */
  close(): Promise<void>
}

/** systemd's own program for this: Node has no sockets of the kind that systemd listens on. */
const run = promisify(execFile)
const program = 'systemd-notify'
const timeoutMs = 5_000

const nobody: ServiceManager = {
  ready: () => undefined,
  stopping: () => undefined,
  close: async () => undefined,
}

/**
 * Tells systemd what `Type=notify` and `WatchdogSec=` ask for; does nothing where nobody asks. What cannot be told is a
 * line in the log, once.
 * @see sd_notify(3), sd_watchdog_enabled(3), systemd-notify(1)
 */
export function openServiceManager(line: ServiceManagerLine | undefined, log: Audit): ServiceManager {
  if (!line) return nobody
  const { tell, isTelling, told } = openTeller(log)
  const { watchdogMs } = line
  const beat = () => {
    if (!isTelling()) tell('WATCHDOG=1')
  }
  const watchdog = watchdogMs === undefined ? undefined : setInterval(beat, watchdogMs / 2).unref()
  return {
    ready: (status) => tell('--ready', `--pid=${process.pid}`, `--status=${status}`),
    stopping: () => tell('STOPPING=1', 'STATUS=Draining'),
    close() {
      clearInterval(watchdog)
      return told()
    },
  }
}

/** One message after the other, so that they arrive in their order. */
function openTeller(log: Audit) {
  let waiting = 0
  let last = Promise.resolve()
  let hasFailed = false
  async function send(args: string[]): Promise<void> {
    try {
      await run(program, args, { timeout: timeoutMs })
    } catch (error) {
      if (!hasFailed) log.record('server.notify_failed', { error })
      hasFailed = true
    }
    waiting -= 1
  }
  return {
    tell(...args: string[]) {
      waiting += 1
      last = last.then(() => send(args))
    },
    isTelling: () => waiting > 0,
    told: () => last,
  }
}
