import { expect, test } from 'vitest'
import type { NewUser } from '../../../src/store/port/users.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, day, minute, sampleSession, t0 } from '../samples.ts'

/** A login's last step: one guarded statement. */
export function openSessionConformance(store: StoreUnderTest): void {
  const open = (user: NewUser, fields: Parameters<typeof sampleSession>[1] = {}, most = 100) => {
    const session = sampleSession(user.id, fields)
    const input = { session, passwordHash: user.password_hash, maxSessionsPerUser: most }
    return { session, opened: store().openSession(input) }
  }

  test('stores the session at generation 0 and when its user logged in', async () => {
    const user = await addUser(store())
    const { session, opened } = open(user)
    expect(await opened).toEqual({ outcome: 'opened', ended: [] })
    expect(await store().findSession(session.id)).toEqual({
      ...session,
      generation: 0,
      rotated_at: t0,
      revoked_at: null,
      revoked_reason: null,
      idempotency_digest: null,
    })
    expect((await store().findUserById(user.id))?.last_login_at).toBe(t0)
  })

  const guards: { name: string; between: (user: NewUser) => Promise<unknown> }[] = [
    {
      name: 'was disabled',
      between: ({ id }) => store().updateUser({ userId: id, set: { is_active: 0 } }),
    },
    {
      name: 'changed his password',
      between: ({ id }) => store().updateUser({ userId: id, set: { password_hash: 'changed' } }),
    },
    { name: 'was deleted', between: ({ id }) => store().deleteUser({ userId: id, now: t0 }) },
  ]
  test.each(guards)('refuses a user who $name since he was read, and stores nothing', async ({ between }) => {
    const user = await addUser(store())
    await between(user)
    const { session, opened } = open(user)
    expect(await opened).toEqual({ outcome: 'refused' })
    expect(await store().findSession(session.id)).toBeUndefined()
    expect((await store().findUserById(user.id))?.last_login_at ?? null).toBeNull()
  })

  test('one session too many ends the oldest', async () => {
    const user = await addUser(store())
    const first = open(user, {}, 2)
    await first.opened
    await open(user, { created_at: t0 + 1 }, 2).opened
    const third = open(user, { created_at: t0 + 2 }, 2)
    expect(await third.opened).toEqual({ outcome: 'opened', ended: [first.session.id] })
    expect(await store().findSession(first.session.id)).toMatchObject({
      revoked_at: t0 + 2,
      revoked_reason: 'limit',
    })
    expect(await store().listSessionsOfUser(user.id, t0 + 3)).toHaveLength(2)
  })

  test('a limit that was lowered ends as many as are too many', async () => {
    const user = await addUser(store())
    const old = [0, 1, 2, 3].map((at) => open(user, { created_at: t0 + at }))
    await Promise.all(old.map(({ opened }) => opened))
    const last = await open(user, { created_at: t0 + 9 }, 2).opened
    expect(last.outcome === 'opened' && last.ended.sort()).toEqual(
      old.slice(0, 3).map(({ session }) => session.id),
    )
  })

  test('only live sessions of the same user count', async () => {
    const [user, other] = [await addUser(store()), await addUser(store())]
    await addSession(store(), other)
    await addSession(store(), user, { created_at: t0 - 10 * day, expires_at: t0 - day })
    const ended = await addSession(store(), user)
    await store().endSession({ sessionId: ended.id, now: t0, reason: 'logout' })
    expect(await open(user, { created_at: t0 + 1 }, 1).opened).toEqual({ outcome: 'opened', ended: [] })
  })

  test('never ends the session that it opens, also under a clock that runs behind', async () => {
    const user = await addUser(store())
    const first = open(user, {}, 1)
    await first.opened
    const late = open(user, { created_at: t0 - minute }, 1)
    expect(await late.opened).toEqual({ outcome: 'opened', ended: [first.session.id] })
    expect((await store().findSession(late.session.id))?.revoked_at).toBeNull()
  })

  test('20 at once, one allowed: one lives, and the others were told as ended', async () => {
    const user = await addUser(store())
    const all = Array.from({ length: 20 }, () => open(user, {}, 1))
    const outcomes = await Promise.all(all.map(({ opened }) => opened))
    const ended = outcomes.flatMap((one) => (one.outcome === 'opened' ? one.ended : []))
    const live = await store().listSessionsOfUser(user.id, t0)
    expect(live).toHaveLength(1)
    expect([...ended, live[0]?.id].sort()).toEqual(all.map(({ session }) => session.id).sort())
  })

  test('a session that would outlive its hard end, or has an id that is used, is refused alone', async () => {
    const user = await addUser(store())
    const bad = open(user, { expires_at: t0 + 91 * day })
    const good = open(user)
    await expect(bad.opened).rejects.toThrow()
    expect((await good.opened).outcome).toBe('opened')
    await expect(open(user, { id: good.session.id }).opened).rejects.toThrow()
  })
}
