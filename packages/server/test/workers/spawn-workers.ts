import { execFileSync } from 'node:child_process'
import { onTestFinished, vi } from 'vitest'
import { spawnServer, temporaryFolder } from '../harness.ts'

/** A server of several processes on one real file, each of them up. */
export type Workers = Awaited<ReturnType<typeof spawnWorkers>>

/** Resolves when every worker listens. */
export async function spawnWorkers(count: number, env: Record<string, string> = {}) {
  const data = temporaryFolder()
  const server = await spawnServer({
    data,
    command: 'start',
    env: { COUNTERSIGN_WORKERS: String(count), ...env },
  })
  const events = (event: string) => eventsIn(server.logs, event)
  await until(() => events('worker.ready').length >= count)
  return {
    ...server,
    data,
    /** the log's lines of one event */
    events,
    /** process ids of the workers that are there now */
    pids: () => childrenOf(server.pid),
    /** resolves when the primary process was told to stop */
    draining: () => until(() => events('server.draining').some((line) => line.worker === undefined)),
  }
}

function eventsIn(logs: readonly string[], event: string): { worker?: number; reason?: string }[] {
  return logs
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as { worker?: number; reason?: string })
}

function childrenOf(parent: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  // `ps` is no child of the server, so what is listed are workers.
  return rows.filter(([, ppid]) => ppid === parent).map(([pid = 0]) => pid)
}

/** Stops a process where it stands; it goes on when the test ends, if not before. */
export function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGCONT')
  })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits for what a loaded machine may take long to do. */
export function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  return vi.waitFor(
    async () => {
      if (!(await isSo())) throw new Error('not so yet')
    },
    { timeout: 30_000, interval: 20 },
  )
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
