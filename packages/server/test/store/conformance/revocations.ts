import { expect, test } from 'vitest'
import type { NewSession, RevocationReason } from '../../../src/store/port/sessions.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, day, minute, t0 } from '../samples.ts'

const memoryMs = 16 * minute

/** What is remembered of ended sessions, and for how long. */
export function revocationsConformance(store: StoreUnderTest): void {
  const addEnded = async (revokedAt: number, reason: RevocationReason = 'logout') => {
    const session = await addSession(store(), await addUser(store()))
    await store().endSession({ sessionId: session.id, now: revokedAt, reason })
    return session
  }

  test('lists what was revoked since an instant, that instant included, each with its reason', async () => {
    await addSession(store(), await addUser(store()))
    await addEnded(t0 + 4)
    const at = await addEnded(t0 + 5, 'reuse')
    const later = await addEnded(t0 + 6, 'operator')
    const listed = await store().listRevocations(t0 + 5)
    expect(listed.sort((a, b) => a.revokedAt - b.revokedAt)).toEqual([
      { sessionId: at.id, revokedAt: t0 + 5, reason: 'reuse' },
      { sessionId: later.id, revokedAt: t0 + 6, reason: 'operator' },
    ])
  })

  test('lists the sessions of a deleted user', async () => {
    const user = await addUser(store())
    const { id } = await addSession(store(), user)
    await store().deleteUser({ userId: user.id, now: t0 + 1 })
    expect(await store().listRevocations(t0)).toEqual([
      { sessionId: id, revokedAt: t0 + 1, reason: 'user_deleted' },
    ])
  })

  let lives: number[] = []

  /** Walks the table as the clean-up does and says how many rows each batch deleted. */
  const walk = async (now: number, limit: number): Promise<number[]> => {
    const batches: number[] = []
    lives = []
    let after: string | undefined = ''
    while (after !== undefined && batches.length < 100) {
      const before = now - memoryMs
      const outcome = await store().deleteEndedSessions({
        ...{ after, limit, now },
        ...{ expiredBefore: before, revokedBefore: before },
      })
      batches.push(outcome.deleted)
      lives.push(outcome.live)
      after = outcome.next
    }
    return batches
  }

  test('the clean-up walks the whole table, deletes what is over and keeps the rest', async () => {
    const now = t0 + 20 * day
    const user = await addUser(store())
    const fates: { keep: boolean; revokedAt?: number; fields: Partial<NewSession> }[] = [
      { keep: true, fields: { created_at: now - day } },
      { keep: true, fields: { created_at: now - day }, revokedAt: now - memoryMs },
      { keep: false, fields: { created_at: now - day }, revokedAt: now - memoryMs - 1 },
      { keep: true, fields: { created_at: now - 7 * day - memoryMs } },
      { keep: false, fields: { created_at: now - 7 * day - memoryMs - 1 } },
    ]
    const kept: string[] = []
    for (const { keep, revokedAt, fields } of [...fates, ...fates, ...fates, ...fates, ...fates]) {
      const { id } = await addSession(store(), user, fields)
      if (revokedAt) await store().endSession({ sessionId: id, now: revokedAt, reason: 'logout' })
      if (keep) kept.push(id)
    }
    const batches = await walk(now, 4)
    expect(batches.length).toBeGreaterThanOrEqual(7)
    expect(Math.max(...batches)).toBeLessThanOrEqual(4)
    expect(lives.reduce((sum, live) => sum + live)).toBe(5)
    const left = await store().listSessions({ after: undefined, limit: 100 })
    expect(left.map(({ id }) => id).sort()).toEqual(kept.sort())
    expect((await walk(now, 4)).every((deleted) => deleted === 0)).toBe(true)
  })

  test('the walk ends on an empty table, on a full last batch, and behind its last row', async () => {
    expect(await walk(t0, 5)).toEqual([0])
    for (let made = 0; made < 10; made += 1) {
      await addSession(store(), await addUser(store()), { created_at: t0 - 9 * day })
    }
    const batches = await walk(t0, 5)
    expect(batches.reduce((sum, deleted) => sum + deleted, 0)).toBe(10)
    expect(await walk(t0, 5)).toEqual([0])
  })
}
