import { expect, test } from 'vitest'
import { openSharedClock } from './clock.ts'

/** A machine whose clock is wrong, beside a common one; time passes by hand. */
function machineBeside(common: { now: number }, aheadMs: number) {
  let elapsed = 5_000
  return {
    pass(ms: number) {
      elapsed += ms
      common.now += ms
    },
    clocks: { clock: () => common.now + aheadMs, monotonic: () => elapsed },
  }
}

test('whatever the machine’s clock says, the common one is told', async () => {
  for (const aheadMs of [0, 3_600_000, -3_600_000]) {
    const common = { now: 1_800_000_000_000 }
    const machine = machineBeside(common, aheadMs)
    const shared = await openSharedClock(async () => common.now, machine.clocks)
    machine.pass(1_234)
    expect(shared.now()).toBe(common.now)
    expect(shared.skewMs()).toBe(aheadMs)
  }
})

test('a reading that takes time is off by half of that at the most', async () => {
  const common = { now: 1_800_000_000_000 }
  const machine = machineBeside(common, 0)
  for (const share of [0, 0.5, 1]) {
    const read = async () => {
      machine.pass(200 * share)
      const answer = common.now
      machine.pass(200 * (1 - share))
      return answer
    }
    const shared = await openSharedClock(read, machine.clocks)
    expect(Math.abs(shared.now() - common.now)).toBeLessThanOrEqual(100)
  }
})

test('a common clock that jumps is followed from the next reading on; one that cannot be read goes on as it was', async () => {
  const common = { now: 1_800_000_000_000 }
  const machine = machineBeside(common, 0)
  let isAway = false
  const read = async () => {
    if (isAway) throw new Error('away')
    return common.now
  }
  const shared = await openSharedClock(read, machine.clocks)
  common.now += 60_000
  await shared.sync()
  expect(shared.now()).toBe(common.now)
  isAway = true
  await expect(shared.sync()).rejects.toThrow('away')
  machine.pass(10)
  expect(shared.now()).toBe(common.now)
})

test('an answer that hung does not move a clock that is right; one that contradicts it does', async () => {
  const common = { now: 1_800_000_000_000 }
  const machine = machineBeside(common, 0)
  const hung = { beforeMs: 0, afterMs: 0 }
  const read = async () => {
    machine.pass(hung.beforeMs)
    const answer = common.now
    machine.pass(hung.afterMs)
    return answer
  }
  const shared = await openSharedClock(read, machine.clocks)
  for (const [beforeMs, afterMs] of [
    [10_000, 0],
    [0, 10_000],
    [3_000, 9_000],
  ] as const) {
    Object.assign(hung, { beforeMs, afterMs })
    await shared.sync()
    expect(shared.now()).toBe(common.now)
  }
  common.now += 60_000
  await shared.sync()
  expect(Math.abs(shared.now() - common.now)).toBeLessThanOrEqual(6_000)
  Object.assign(hung, { beforeMs: 0, afterMs: 0 })
  await shared.sync()
  expect(shared.now()).toBe(common.now)
})

test('a first answer that hung, while the connection was made, leaves nothing wrong', async () => {
  const common = { now: 1_800_000_000_000 }
  const machine = machineBeside(common, 0)
  const delaysMs = [8_000]
  const read = async () => {
    machine.pass(delaysMs.pop() ?? 0)
    return common.now
  }
  const shared = await openSharedClock(read, machine.clocks)
  expect(shared.now()).toBe(common.now)
})
