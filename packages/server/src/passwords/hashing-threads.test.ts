import { readdirSync } from 'node:fs'
import { getPriority } from 'node:os'
import { expect, test } from 'vitest'
import { lowerHashingPriority } from './hashing-threads.ts'

const isLinux = process.platform === 'linux'

test.runIf(isLinux)('the pool steps back, the event loop stays where it is', async () => {
  const before = getPriority()
  expect(await lowerHashingPriority()).toBeGreaterThanOrEqual(1)
  expect(getPriority()).toBe(before)
  const niceness = readdirSync('/proc/self/task').map((thread) => getPriority(Number(thread)))
  expect(niceness.filter((one) => one === 19).length).toBeGreaterThanOrEqual(1)
})

test.runIf(!isLinux)('elsewhere nothing happens', async () => {
  expect(await lowerHashingPriority()).toBe(0)
})
