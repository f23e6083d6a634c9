/** How a service manager that started us wants to hear from us. */
export interface ServiceManagerLine {
  /** it takes us for hung when it hears nothing for so long; absent where it does not watch */
  watchdogMs?: number
}

/** Who was started: this process, or the launcher above it. */
interface Started {
  pid: number
  ppid: number
}

/**
 * What systemd put into the environment; undefined where it did not start us, or does not want to be told.
 * @see sd_notify(3), sd_watchdog_enabled(3)
 */
export function findServiceManager(
  env: Readonly<Record<string, string | undefined>> = process.env,
  { pid, ppid }: Started = process,
): ServiceManagerLine | undefined {
  if (!env.NOTIFY_SOCKET) return undefined
  const watchdogMs = Number(env.WATCHDOG_USEC ?? '') / 1000
  const watched = Number(env.WATCHDOG_PID ?? pid)
  const isWatched = watchdogMs > 0 && (watched === pid || watched === ppid)
  return isWatched ? { watchdogMs } : {}
}
