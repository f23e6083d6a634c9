import type { Config } from '../config/config.ts'
import { type Argon2idParameters, hashArgon2id } from '../passwords/argon2id.ts'
import { type Finding, ok, warning } from './finding.ts'

const leastMs = 50
const mostMs = 250
const aimedMs = 100
/** What OWASP asks for at the least. */
const leastMemoryKib = 19_456
const leastPasses = 2
/** Beyond this, more passes cost a thief as much and the server less memory. */
const mostMemoryKib = 65_536
const mostPasses = 20

/** What one password costs on this machine, and which settings would cost enough and not too much. */
export async function examineHashing(config: Config): Promise<Finding> {
  const parameters = { memoryKib: config.argon2MemoryKib, timeCost: config.argon2Time, parallelism: 1 }
  return judgeHashing(parameters, await measure(parameters), config.hashParallel * config.workers)
}

/**
 * @param ms what one hash took
 * @param parallel how many are computed at once
 */
export function judgeHashing(parameters: Argon2idParameters, ms: number, parallel: number): Finding {
  const { memoryKib, timeCost } = parameters
  const perSecond = Math.max(1, Math.round((parallel * 1000) / ms))
  const cost = `${memoryKib} KiB, ${timeCost === 1 ? 'one pass' : `${timeCost} passes`}`
  const measured = `${Math.round(ms)} ms a password (${cost}), some ${perSecond} logins a second`
  if (ms >= leastMs && ms <= mostMs) return ok('hashing', measured)
  const better = advised(parameters, ms)
  const ratio = (better.memoryKib * better.timeCost) / (memoryKib * timeCost)
  const isHelp = ms < leastMs ? ratio > 1 : ratio < 1
  if (!isHelp) return (ms > mostMs ? warning : ok)('hashing', `${measured}; leave it at that`)
  const setting = `COUNTERSIGN_ARGON2_MEMORY_KIB=${better.memoryKib} COUNTERSIGN_ARGON2_TIME=${better.timeCost}`
  const why = ms < leastMs ? 'which is cheap for a thief too' : 'which lets few people in'
  return warning('hashing', `${measured}, ${why}`, `${setting} takes about ${Math.round(ms * ratio)} ms`)
}

/** Time grows with memory and with passes: first memory, within its bounds, then passes. */
function advised({ memoryKib, timeCost }: Argon2idParameters, ms: number) {
  const work = (memoryKib * timeCost * aimedMs) / ms
  const memory = between(leastMemoryKib, Math.round(work / leastPasses / 1024) * 1024, mostMemoryKib)
  return { memoryKib: memory, timeCost: between(leastPasses, Math.round(work / memory), mostPasses) }
}

function between(least: number, wanted: number, most: number): number {
  return Math.max(least, Math.min(most, wanted))
}

/** The middle one of three: the first also pays for waking up. */
async function measure(parameters: Argon2idParameters): Promise<number> {
  const took: number[] = []
  for (let round = 0; round < 3; round += 1) {
    const before = performance.now()
    await hashArgon2id('measured by doctor', parameters)
    took.push(performance.now() - before)
  }
  return took.sort((a, b) => a - b)[1] ?? 0
}
