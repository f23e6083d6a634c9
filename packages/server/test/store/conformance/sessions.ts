import { expect, test } from 'vitest'
import type { StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, day, newestFirst, t0 } from '../samples.ts'

/** Sessions: ended once, listed while they live. */
export function sessionsConformance(store: StoreUnderTest): void {
  test('ending is told once; the first reason and instant stay', async () => {
    const { id } = await addSession(store(), await addUser(store()))
    const end = { sessionId: id, now: t0 + 1, reason: 'logout' as const }
    expect(await store().endSession(end)).toBe('ended')
    expect(await store().endSession({ ...end, now: t0 + 2, reason: 'reuse' })).toBe('already_ended')
    expect(await store().findSession(id)).toMatchObject({ revoked_at: t0 + 1, revoked_reason: 'logout' })
    expect(await store().endSession({ ...end, sessionId: 'nothing' })).toBe('missing')
  })

  test('of 16 endings at once one is the first', async () => {
    const { id } = await addSession(store(), await addUser(store()))
    const ends = Array.from({ length: 16 }, () =>
      store().endSession({ sessionId: id, now: t0, reason: 'logout' }),
    )
    expect((await Promise.all(ends)).filter((outcome) => outcome === 'ended')).toHaveLength(1)
  })

  test('all live sessions of a user end; the expired, the ended and those of others stay as they are', async () => {
    const [user, other] = [await addUser(store()), await addUser(store())]
    const live = [await addSession(store(), user), await addSession(store(), user)]
    const expired = await addSession(store(), user, { created_at: t0 - 8 * day })
    const ended = await addSession(store(), user)
    await store().endSession({ sessionId: ended.id, now: t0, reason: 'reuse' })
    const foreign = await addSession(store(), other)
    const input = { userId: user.id, now: t0 + 1, reason: 'logout_all' as const }
    expect((await store().endSessionsOfUser(input)).sort()).toEqual(live.map(({ id }) => id).sort())
    expect(await store().endSessionsOfUser(input)).toEqual([])
    const reasons = await Promise.all(
      [...live, expired, ended, foreign].map(
        async ({ id }) => (await store().findSession(id))?.revoked_reason,
      ),
    )
    expect(reasons).toEqual(['logout_all', 'logout_all', null, 'reuse', null])
  })

  test('a user’s list shows his live sessions, newest first', async () => {
    const [user, other] = [await addUser(store()), await addUser(store())]
    const live = [
      await addSession(store(), user, { created_at: t0 - 1 }),
      await addSession(store(), user, { created_at: t0 }),
    ]
    const ended = await addSession(store(), user)
    await store().endSession({ sessionId: ended.id, now: t0, reason: 'logout' })
    await addSession(store(), user, { created_at: t0 - 7 * day })
    await addSession(store(), other)
    const listed = await store().listSessionsOfUser(user.id, t0)
    expect(listed.map(({ id }) => id)).toEqual(newestFirst(live))
    expect(await store().listSessionsOfUser('nobody', t0)).toEqual([])
  })

  test('pages walk through all sessions once, newest first, the ended ones too', async () => {
    const user = await addUser(store())
    const all = []
    for (let at = 0; at < 7; at += 1) all.push(await addSession(store(), user, { created_at: t0 + at }))
    await store().endSessionsOfUser({ userId: user.id, now: t0 + 9, reason: 'logout_all' })
    const walked: string[] = []
    let after: string | undefined
    for (;;) {
      const page = await store().listSessions({ after, limit: 3 })
      walked.push(...page.map(({ id }) => id))
      after = page.at(-1)?.id
      if (page.length < 3) break
    }
    expect(walked).toEqual(newestFirst(all))
  })
}
