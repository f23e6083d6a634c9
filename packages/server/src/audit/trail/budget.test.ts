import { expect, test } from 'vitest'
import { createBudget, type Offered } from './budget.ts'

const second = 1_000
const login = { event: 'auth.login.failed', about: 'nobody' } as const

/** How many of so many are let in, offered one after the other in equal steps. */
function admitted(
  budget: ReturnType<typeof createBudget>,
  { offered, from, to }: { offered: Offered; from: number; to: number },
  count: number,
): number {
  const instants = Array.from({ length: count }, (_, at) => from + Math.floor(((to - from) * at) / count))
  return instants.filter((now) => budget.admits(offered, now)).length
}

test('a flood of one day that names no user adds some thousand rows, and the rest is counted', () => {
  const budget = createBudget()
  const kept = admitted(budget, { offered: login, from: 0, to: 86_400 * second }, 1_000_000)
  expect(kept).toBeGreaterThan(8_800)
  expect(kept).toBeLessThan(8_900)
  expect(budget.takeThinned()).toEqual([{ event: 'auth.login.failed', count: 1_000_000 - kept }])
  expect(budget.takeThinned()).toEqual([])
})

test('it does not keep out what is about a user, nor events of another kind', () => {
  const budget = createBudget()
  admitted(budget, { offered: login, from: 0, to: second }, 10_000)
  const user = { ...login, about: 'user' } as const
  expect(admitted(budget, { offered: user, from: second, to: 2 * second }, 1_000)).toBe(1_000)
  const refresh = { event: 'auth.refresh.failed', about: 'nobody' } as const
  expect(admitted(budget, { offered: refresh, from: second, to: 2 * second }, 200)).toBe(200)
})

test('after a pause there is room again', () => {
  const budget = createBudget()
  expect(admitted(budget, { offered: login, from: 0, to: 0 }, 300)).toBe(200)
  expect(budget.admits(login, 9 * second)).toBe(false)
  expect(budget.admits(login, 10 * second)).toBe(true)
  expect(admitted(budget, { offered: login, from: 3_000 * second, to: 3_000 * second }, 300)).toBe(200)
})

test('a clock that was set back by a day closes nothing for a day', () => {
  const budget = createBudget()
  budget.admits(login, 86_400 * second)
  expect(budget.admits(login, 0)).toBe(false)
  expect(budget.admits(login, 10 * second)).toBe(true)
})
