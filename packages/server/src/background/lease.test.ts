import { expect, test } from 'vitest'
import { handClock } from '../../test/harness.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import { createLease } from './lease.ts'

const second = 1_000

async function two() {
  const clock = handClock()
  const store = await openSqliteStore({ file: ':memory:', now: clock() })
  const [first, other] = [createLease(store, { name: 'x', clock }), createLease(store, { name: 'x', clock })]
  return { clock, store, first, other }
}

test('one of two has it, and keeps it as long as it asks', async () => {
  const { clock, first, other } = await two()
  expect(await first.isHeld()).toBe(true)
  for (let passed = 0; passed < 300; passed += 5) {
    expect([await first.isHeld(), await other.isHeld()]).toEqual([true, false])
    clock.advance(5 * second)
  }
})

test('a holder that dies is followed within 80 seconds; when it comes back it has lost it', async () => {
  const { clock, first, other } = await two()
  await first.isHeld()
  let waited = 0
  while (!(await other.isHeld())) {
    clock.advance(second)
    waited += 1
  }
  expect(waited).toBeGreaterThanOrEqual(60)
  expect(waited).toBeLessThanOrEqual(80)
  expect(await first.isHeld()).toBe(false)
})

test('one that is given back is taken at the next asking, and is not taken again by who gave it', async () => {
  const { clock, first, other } = await two()
  await first.isHeld()
  await other.isHeld()
  await first.release()
  clock.advance(20 * second)
  expect([await first.isHeld(), await other.isHeld()]).toEqual([false, true])
})

test('a store that cannot answer leaves it with nobody', async () => {
  const { clock, store } = await two()
  let isAway = false
  const holdLease: typeof store.holdLease = (input) =>
    isAway ? Promise.reject(new Error('away')) : store.holdLease(input)
  const lease = createLease({ ...store, holdLease }, { name: 'y', clock })
  expect(await lease.isHeld()).toBe(true)
  isAway = true
  clock.advance(20 * second)
  await expect(lease.isHeld()).rejects.toThrow('away')
  isAway = false
  expect(await lease.isHeld()).toBe(true)
})
