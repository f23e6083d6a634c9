import { setTimeout as pause } from 'node:timers/promises'
import { residentBytes } from '../processes.ts'
import { checkAll, live } from './life.ts'
import { seeded } from './random.ts'
import { type MemoryLog, report } from './report.ts'
import type { Soaker } from './soaker.ts'
import { openTally, type Tally } from './tally.ts'
import { openWorld, type World } from './world.ts'

/**
 * `npm run soak` lets two servers on one PostgreSQL live through its faults for ten minutes, `npm run soak -- 2` (or
 * SOAK_MINUTES=2) for two. Clients remember what was acknowledged, and look on the way and in the end whether it holds.
 * Exits 1 where anything was lost, wrong, or answered 500. SOAK_SEED repeats what the clients did, as far as the
 * machine's timing lets it.
 */
const minutes = Number(process.argv[2] ?? process.env.SOAK_MINUTES ?? 10)
const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32))
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('Give minutes (an argument, or SOAK_MINUTES) and a whole number as SOAK_SEED, if any.')
  process.exit(2)
}

const clients = 16
const totalMs = minutes * 60_000

/** Short runs meet every fault too, and have a quiet end. */
const faultEveryMs = Math.min(30_000, totalMs / 6)

/** One fault after the other, until it is time to calm down. */
async function haunt({ faults }: World, tally: Tally): Promise<void> {
  for (let turn = 0; (turn + 2) * faultEveryMs <= totalMs; turn += 1) {
    await pause(Math.max(0, (turn + 1) * faultEveryMs - tally.now()))
    const [name, happen] = faults[turn % faults.length] ?? ['', async () => {}]
    process.stderr.write(`${Math.round(tally.now() / 1000)} s: ${name}\n`)
    const mended = tally.strike(name)
    await happen()
    mended()
  }
}

const sampleEveryMs = 2_000

/** The first server lives through all of it; of the second, which is killed, the last life counts. */
function watchMemory({ servers }: World, tally: Tally) {
  const logs: MemoryLog[] = [
    { name: 'the server that lived', pid: 0, samples: [] },
    { name: 'the last life of the other', pid: 0, samples: [] },
  ]
  const timer = setInterval(() => {
    for (const [index, log] of logs.entries()) sample(log, servers[index]?.pid() ?? 0, tally.now())
  }, sampleEveryMs)
  return { logs, stop: () => clearInterval(timer) }
}

function sample(log: MemoryLog, pid: number, at: number): void {
  if (pid !== log.pid) Object.assign(log, { pid, samples: [] })
  try {
    log.samples.push({ at, bytes: residentBytes(pid) })
  } catch {
    // It was just killed.
  }
}

console.log(`${minutes} min, a fault every ${faultEveryMs / 1000} s, ${clients} clients, seed ${seed}`)
const world = await openWorld()
try {
  const tally = openTally()
  const [first, second] = world.servers
  const soakers = Array.from(
    { length: clients },
    (_, index): Soaker => ({
      name: `c${index}`,
      random: seeded(seed + index),
      servers: [first.client, second.client],
      tally,
      goesOn: () => tally.now() < totalMs,
      users: [],
    }),
  )
  const memory = watchMemory(world, tally)
  await Promise.all([haunt(world, tally), ...soakers.map(live)])
  memory.stop()
  process.stderr.write(`${Math.round(tally.now() / 1000)} s: looking at everything once more\n`)
  await Promise.all(soakers.map(checkAll))
  const faults = world.servers.flatMap((server) => server.faults())
  process.exitCode = report({ tally, faults, memory: memory.logs }) ? 0 : 1
} finally {
  await world.close()
}
