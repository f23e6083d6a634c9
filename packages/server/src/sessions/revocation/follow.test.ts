import { describe, expect, test } from 'vitest'
import { addSession, addUser, minute, t0 } from '../../../test/store/samples.ts'
import type { Revocation, RevocationReason } from '../../store/port/sessions.ts'
import { openSqliteStore } from '../../store/sqlite/open.ts'
import { followRevocations } from './follow.ts'
import { createRevokedSessions } from './revoked.ts'

const memoryMs = 16 * minute

async function open() {
  const store = await openSqliteStore({ file: ':memory:', now: t0 })
  const revoked = createRevokedSessions(memoryMs)
  const { catchUp: follow } = followRevocations(store, revoked, memoryMs)
  const end = async (now: number, reason: RevocationReason = 'logout') => {
    const { id } = await addSession(store, await addUser(store))
    await store.endSession({ sessionId: id, now, reason })
    return id
  }
  return { revoked, follow, end }
}

describe('following revocations', () => {
  test('the first reading covers a whole memory: a restart forgets nothing', async () => {
    const { revoked, follow, end } = await open()
    const [gone, old, young] = [await end(t0 - memoryMs - 1), await end(t0 - memoryMs), await end(t0 - 1)]
    await follow(t0)
    expect([gone, old, young].map(revoked.reasonOf)).toEqual([undefined, 'logout', 'logout'])
  })

  test('one reading brings what another process ended since, with its reason', async () => {
    const { revoked, follow, end } = await open()
    await follow(t0)
    const id = await end(t0 + 100, 'user_disabled')
    expect(revoked.reasonOf(id)).toBeUndefined()
    await follow(t0 + 500)
    expect(revoked.reasonOf(id)).toBe('user_disabled')
  })

  test('a row that was committed late, or under a clock that runs behind, is found on the next reading', async () => {
    const { revoked, follow, end } = await open()
    await follow(t0)
    await follow(t0 + 10_000)
    const late = await end(t0 - 50_000)
    await follow(t0 + 10_500)
    expect(revoked.reasonOf(late)).toBe('logout')
  })

  test('a reading that failed is made up for by the next', async () => {
    const asked: number[] = []
    let isDown = false
    const listRevocations = async (since: number): Promise<Revocation[]> => {
      if (isDown) throw new Error('down')
      asked.push(since)
      return []
    }
    const following = followRevocations({ listRevocations }, createRevokedSessions(memoryMs), memoryMs)
    const { catchUp: follow, caughtUpAt } = following
    await follow(t0)
    isDown = true
    await expect(follow(t0 + 5_000)).rejects.toThrow('down')
    expect(caughtUpAt()).toBe(t0)
    isDown = false
    await follow(t0 + 10_000)
    expect(caughtUpAt()).toBe(t0 + 10_000)
    expect(asked).toEqual([t0 - memoryMs, t0 - minute])
  })

  test.each([
    -minute * 10,
    minute * 10,
  ])('after half a minute, or a clock that jumped by %i ms, all is read again', async (jump) => {
    const { revoked, follow, end } = await open()
    await follow(t0)
    // Written by a process that had not heard of the jump, and by one that had.
    const [before, after] = [await end(t0 + 1), await end(t0 + jump + 1)]
    await follow(t0 + jump + 1_000)
    await follow(t0 + jump + 31_000)
    expect([before, after].map(revoked.reasonOf)).toEqual(['logout', 'logout'])
  })

  test('what is too old to matter is forgotten on the way', async () => {
    const { revoked, follow, end } = await open()
    await end(t0)
    await follow(t0)
    expect(revoked.size()).toBe(1)
    await follow(t0 + memoryMs + 1)
    expect(revoked.size()).toBe(0)
  })
})
