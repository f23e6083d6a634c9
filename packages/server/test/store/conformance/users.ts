import { expect, test } from 'vitest'
import type { NewUser, RevocationReason } from '../../../src/store/store.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, sampleUser, t0 } from '../samples.ts'

/** Users: created once, found, listed, changed, deleted. */
export function usersConformance(store: StoreUnderTest): void {
  test('a user is found by id and by canonical name, as he was written', async () => {
    const user = await addUser(store(), { is_staff: 1, is_superuser: 1 })
    const row = { ...user, last_login_at: null }
    expect(await store().findUserById(user.id)).toEqual(row)
    expect(await store().findUserByName(user.username_canonical)).toEqual(row)
    expect(await store().findUserByName(user.username)).toBeUndefined()
    expect(await store().findUserById('nobody')).toBeUndefined()
  })

  const takenCases: { name: string; like: (first: NewUser) => Partial<NewUser>; fields: string[] }[] = [
    { name: 'the name', like: ({ username_canonical }) => ({ username_canonical }), fields: ['username'] },
    { name: 'the e-mail', like: ({ email_canonical }) => ({ email_canonical }), fields: ['email'] },
    {
      name: 'both',
      like: ({ username_canonical, email_canonical }) => ({ username_canonical, email_canonical }),
      fields: ['username', 'email'],
    },
  ]
  test.each(takenCases)('$name is taken: told, and nothing is stored', async ({ like, fields }) => {
    const second = sampleUser(like(await addUser(store())))
    expect(await store().findTaken(second)).toEqual(fields)
    expect(await store().createUser(second)).toEqual({ outcome: 'taken', fields })
    expect(await store().findUserById(second.id)).toBeUndefined()
  })

  test('the name of one and the e-mail of another are both told', async () => {
    const [one, other] = [await addUser(store()), await addUser(store())]
    const second = sampleUser({
      username_canonical: one.username_canonical,
      email_canonical: other.email_canonical,
    })
    expect(await store().createUser(second)).toEqual({ outcome: 'taken', fields: ['username', 'email'] })
  })

  test('no e-mail is nobody else’s e-mail', async () => {
    for (const _ of [1, 2, 3]) {
      const user = sampleUser({ email: '', email_canonical: null })
      expect(await store().findTaken(user)).toEqual([])
      expect(await store().createUser(user)).toEqual({ outcome: 'created' })
    }
  })

  test('of 16 at once with one name, one is created', async () => {
    const users = Array.from({ length: 16 }, () => sampleUser({ username_canonical: 'same' }))
    const outcomes = await Promise.all(users.map((user) => store().createUser(user)))
    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'taken')).toHaveLength(15)
    expect(await store().listUsers({ after: undefined, limit: 100 })).toHaveLength(1)
  })

  test('a row that breaks the schema is refused alone, and is no taken name', async () => {
    const before = sampleUser()
    const refused = store().createUser(sampleUser({ is_active: 2 }))
    const beside = store().createUser(before)
    await expect(refused).rejects.toThrow()
    expect(await beside).toEqual({ outcome: 'created' })
    await expect(store().createUser(sampleUser({ id: before.id }))).rejects.toThrow()
  })

  test('updating sets what is named and nothing else', async () => {
    const user = await addUser(store())
    const set = { is_active: 0, is_staff: 1, is_superuser: 1, password_hash: 'another' }
    expect(await store().updateUser({ userId: user.id, set })).toEqual({ outcome: 'updated', ended: [] })
    expect(await store().findUserById(user.id)).toEqual({ ...user, ...set, last_login_at: null })
    expect(await store().updateUser({ userId: 'nobody', set })).toEqual({ outcome: 'missing' })
  })

  test('updating ends his live sessions in the same step, where it is told to', async () => {
    const [user, other] = [await addUser(store()), await addUser(store())]
    const [live, ended] = [await addSession(store(), user), await addSession(store(), user)]
    const foreign = await addSession(store(), other)
    await store().endSession({ sessionId: ended.id, now: t0 + 1, reason: 'logout' })
    await store().updateUser({ userId: user.id, set: { is_staff: 1 } })
    expect((await store().findSession(live.id))?.revoked_at).toBeNull()
    const outcome = await store().updateUser({
      userId: user.id,
      set: { is_active: 0 },
      endSessions: { now: t0 + 5, reason: 'user_disabled' },
    })
    expect(outcome).toEqual({ outcome: 'updated', ended: [live.id] })
    expect(await store().findSession(live.id)).toMatchObject({
      revoked_at: t0 + 5,
      revoked_reason: 'user_disabled',
    })
    expect(await store().findSession(ended.id)).toMatchObject({
      revoked_at: t0 + 1,
      revoked_reason: 'logout',
    })
    expect((await store().findSession(foreign.id))?.revoked_at).toBeNull()
  })

  test('an update whose second half fails undoes its first', async () => {
    const user = await addUser(store())
    const session = await addSession(store(), user)
    const impossible = { now: t0, reason: null as unknown as RevocationReason }
    const input = { userId: user.id, set: { is_active: 0 }, endSessions: impossible }
    const [refused, beside] = await Promise.allSettled([store().updateUser(input), addUser(store())])
    expect([refused.status, beside.status]).toEqual(['rejected', 'fulfilled'])
    expect((await store().findUserById(user.id))?.is_active).toBe(1)
    expect((await store().findSession(session.id))?.revoked_at).toBeNull()
  })

  test('a hash is replaced only while it is still the one that was verified', async () => {
    const user = await addUser(store(), { password_hash: 'old' })
    await store().rehashPassword({ userId: user.id, from: 'other', to: 'new' })
    expect((await store().findUserById(user.id))?.password_hash).toBe('old')
    await store().rehashPassword({ userId: user.id, from: 'old', to: 'new' })
    expect((await store().findUserById(user.id))?.password_hash).toBe('new')
  })

  test('a deleted user leaves his sessions behind, revoked and without a name', async () => {
    const user = await addUser(store())
    const [live, ended] = [await addSession(store(), user), await addSession(store(), user)]
    await store().endSession({ sessionId: ended.id, now: t0 + 1, reason: 'logout' })
    const outcome = await store().deleteUser({ userId: user.id, now: t0 + 9 })
    expect(outcome).toEqual({ outcome: 'updated', ended: [live.id] })
    expect(await store().findUserById(user.id)).toBeUndefined()
    expect(await store().findSession(live.id)).toMatchObject({
      user_id: null,
      revoked_at: t0 + 9,
      revoked_reason: 'user_deleted',
    })
    expect(await store().findSession(ended.id)).toMatchObject({ user_id: null, revoked_reason: 'logout' })
    expect(await store().deleteUser({ userId: user.id, now: t0 + 10 })).toEqual({ outcome: 'missing' })
    expect(await store().createUser({ ...user, id: sampleUser().id })).toEqual({ outcome: 'created' })
  })

  test('pages walk through all users once, in the order of their ids', async () => {
    const all: string[] = []
    for (let made = 0; made < 7; made += 1) all.push((await addUser(store())).id)
    const walked: string[] = []
    let after: string | undefined
    for (;;) {
      const page = await store().listUsers({ after, limit: 3 })
      walked.push(...page.map((user) => user.id))
      after = page.at(-1)?.id
      if (page.length < 3) break
    }
    expect(walked).toEqual(all.sort())
  })

  test('a search finds a whole name or e-mail in canonical form, never a part', async () => {
    const user = await addUser(store())
    await addUser(store())
    const found = async (search: string) =>
      (await store().listUsers({ after: undefined, limit: 10, search })).map(({ id }) => id)
    expect(await found(user.username_canonical)).toEqual([user.id])
    expect(await found(user.email_canonical ?? '')).toEqual([user.id])
    expect(await found(user.username_canonical.slice(0, -1))).toEqual([])
    expect(await found('%')).toEqual([])
  })
}
