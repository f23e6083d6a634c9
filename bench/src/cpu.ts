import { readdirSync, readFileSync } from 'node:fs'

/** What Linux counts processor time in where it rounds: hundredths of a second. */
const tickMicroseconds = 10_000

/**
 * Processor time that a process, its living children and theirs, and those that have ended have used so far, in
 * microseconds. Linux only.
 * @see proc_pid_stat(5), proc_pid_schedstat in the kernel's documentation (sched-stats)
 */
export function familyMicroseconds(pid: number): number {
  const text = read(`/proc/${pid}/stat`)
  // The name may hold anything; after its closing bracket only numbers follow.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0, ...ended] = fields
    .slice(11, 15)
    .map((ticks) => Number(ticks) * tickMicroseconds)
  const own = threadMicroseconds(pid) || user + system
  const family = childrenOf(pid).map(familyMicroseconds)
  return [own, ...ended, ...family].reduce((sum, each) => sum + each, 0)
}

/** To the nanosecond, which many processes that do little each need; 0 where the kernel does not count it. */
function threadMicroseconds(pid: number): number {
  return listThreads(pid)
    .map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]))
    .reduce((sum, nanoseconds) => sum + nanoseconds / 1000, 0)
}

function listThreads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
}

/** One that ended meanwhile has left its time with its parent. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Processor time of this process, microseconds. */
export function ownMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** What tells a number that only grows. */
export type Meter = () => number | Promise<number>

/** Does the work, and tells by how much each meter moved meanwhile. */
export async function metered<Name extends string, T>(
  meters: Readonly<Record<Name, Meter>>,
  work: () => Promise<T>,
): Promise<{ result: T; spent: Record<Name, number> }> {
  const before = await readAll(meters)
  const result = await work()
  const after = await readAll(meters)
  const names = Object.keys(meters) as Name[]
  const spent = Object.fromEntries(names.map((name) => [name, after[name] - before[name]]))
  return { result, spent: spent as Record<Name, number> }
}

async function readAll<Name extends string>(
  meters: Readonly<Record<Name, Meter>>,
): Promise<Record<Name, number>> {
  const entries = Object.entries<Meter>(meters).map(async ([name, meter]) => [name, await meter()] as const)
  return Object.fromEntries(await Promise.all(entries)) as Record<Name, number>
}
