import { expect, test } from 'vitest'
import type { NewMail } from '../../../src/store/port/mails.ts'
import type { RevocationReason } from '../../../src/store/port/sessions.ts'
import type { NewUser, UserFields } from '../../../src/store/port/users.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, rowOf, sampleMail, sampleSecret, sampleUser, t0 } from '../samples.ts'

/** Users: created once, found, listed, changed, deleted. */
export function usersConformance(store: StoreUnderTest): void {
  const areStored = (mails: readonly NewMail[]) =>
    Promise.all(mails.map(async ({ id }) => (await store().findMail(id)) !== undefined))

  test('a user is found by id, by canonical name and by canonical e-mail, as he was written', async () => {
    const user = await addUser(store(), { is_staff: 1, is_superuser: 1 })
    const row = rowOf(user)
    expect(await store().findUserByEmail(user.email_canonical ?? '')).toEqual(row)
    expect(await store().findUserByEmail(user.email)).toBeUndefined()
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

  test('an id that somebody has is told, and nothing is stored', async () => {
    const { id } = await addUser(store())
    const second = sampleUser({ id })
    expect(await store().createUser(second)).toEqual({ outcome: 'id_taken' })
    expect(await store().findTaken(second)).toEqual([])
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
  })

  test('updating sets what is named and nothing else', async () => {
    const user = await addUser(store())
    const set = { is_active: 0, is_staff: 1, is_superuser: 1, password_hash: 'another' }
    expect(await store().updateUser({ userId: user.id, set })).toEqual({ outcome: 'updated', ended: [] })
    expect(await store().findUserById(user.id)).toEqual({ ...rowOf(user), ...set })
    expect(await store().updateUser({ userId: 'nobody', set })).toEqual({ outcome: 'missing' })
  })

  const sets: UserFields[] = [
    { username: 'New Name', username_canonical: 'new name' },
    { email: 'New@Example.com', email_canonical: 'new@example.com', email_verified_at: null },
    { email: '', email_canonical: null },
    { email_verified_at: t0 + 3 },
    { password_hash: 'new', password_changed_at: t0 + 4 },
    { first_name: 'Ada', last_name: 'Lovelace' },
    { first_name: '' },
    {},
  ]
  test.each(sets)('updating sets %o alone', async (set) => {
    const user = await addUser(store())
    await store().updateUser({
      userId: user.id,
      set: { email_verified_at: t0 + 1, password_changed_at: t0 + 2 },
    })
    expect(await store().updateUser({ userId: user.id, set })).toEqual({ outcome: 'updated', ended: [] })
    const before = { ...rowOf(user), email_verified_at: t0 + 1, password_changed_at: t0 + 2 }
    expect(await store().findUserById(user.id)).toEqual({ ...before, ...set })
  })

  test('updating to a name or an e-mail of somebody else: told, and nothing of it happens', async () => {
    const [user, other] = [await addUser(store()), await addUser(store())]
    const session = await addSession(store(), user)
    const { username_canonical, email_canonical } = other
    const cases: { set: UserFields; fields: string[] }[] = [
      { set: { username_canonical }, fields: ['username'] },
      { set: { email_canonical }, fields: ['email'] },
      { set: { username_canonical, email_canonical }, fields: ['username', 'email'] },
      { set: { username_canonical: user.username_canonical, email_canonical }, fields: ['email'] },
    ]
    for (const { set, fields } of cases) {
      const mails = [sampleMail()]
      const endSessions = { now: t0, reason: 'operator' as const }
      const input = { userId: user.id, set: { ...set, is_staff: 1 }, mails, endSessions }
      expect(await store().updateUser(input)).toEqual({ outcome: 'taken', fields })
      expect(await areStored(mails)).toEqual([false])
    }
    expect(await store().findUserById(user.id)).toEqual({ ...rowOf(user), last_login_at: t0 })
    expect((await store().findSession(session.id))?.revoked_at).toBeNull()
    const own = { username: 'X', username_canonical: user.username_canonical, email_canonical: null }
    expect((await store().updateUser({ userId: user.id, set: own })).outcome).toBe('updated')
  })

  test('of 16 who take one e-mail at once, one has it', async () => {
    const users = await Promise.all(Array.from({ length: 16 }, () => addUser(store())))
    const set = { email: 'same@example.com', email_canonical: 'same@example.com' }
    const outcomes = await Promise.all(users.map(({ id }) => store().updateUser({ userId: id, set })))
    expect(outcomes.filter(({ outcome }) => outcome === 'updated')).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'taken')).toHaveLength(15)
  })

  test('updating under a password: only while it is his still', async () => {
    const user = await addUser(store())
    const update = (passwordHash: string, to: string) => {
      const mails = [sampleMail()]
      const input = { userId: user.id, set: { password_hash: to }, passwordHash, mails }
      return { mails, updated: store().updateUser(input) }
    }
    const refused = update('another', 'x')
    expect(await refused.updated).toEqual({ outcome: 'missing' })
    expect(await areStored(refused.mails)).toEqual([false])
    const all = [1, 2, 3, 4, 5, 6, 7, 8].map((at) => update(user.password_hash, `changed ${at}`))
    const outcomes = await Promise.all(all.map(({ updated }) => updated))
    const winner = outcomes.findIndex(({ outcome }) => outcome === 'updated')
    expect(outcomes.filter(({ outcome }) => outcome === 'updated')).toHaveLength(1)
    expect((await store().findUserById(user.id))?.password_hash).toBe(`changed ${winner + 1}`)
    const mailed = await Promise.all(all.map(({ mails }) => areStored(mails)))
    expect(mailed.flat()).toEqual(outcomes.map(({ outcome }) => outcome === 'updated'))
  })

  test('updating sends mails and a secret in the same step, or with it fails', async () => {
    const user = await addUser(store())
    const [first, second] = [sampleMail({ user_id: user.id }), sampleMail()]
    const secret = sampleSecret(user, { secret: 'a' })
    const set = { password_hash: 'changed' }
    await store().updateUser({ userId: user.id, set, secret, mails: [first, second] })
    expect(await areStored([first, second])).toEqual([true, true])
    // The secret that came with the change is newer than it.
    const effect = { kind: 'set_password', passwordHash: 'by secret' } as const
    const spend = { purpose: 'reset_password', shown: { digest: secret.digest }, now: t0, effect } as const
    expect((await store().spendSecret(spend)).outcome).toBe('spent')
    const third = sampleMail()
    const again = { userId: user.id, set: { is_staff: 1 }, mails: [third, second] }
    await expect(store().updateUser(again)).rejects.toThrow()
    expect(await areStored([third])).toEqual([false])
    expect(await store().findUserById(user.id)).toMatchObject({ is_staff: 0, password_hash: 'by secret' })
  })

  test('creating sends mails and a secret in the same step, or with it fails', async () => {
    const [user, second] = [sampleUser(), sampleUser()]
    const mail = sampleMail({ user_id: user.id })
    const secret = sampleSecret(user, { secret: 'a', purpose: 'verify_email' })
    expect(await store().createUser({ ...user, secret, mails: [mail] })).toEqual({ outcome: 'created' })
    expect(await areStored([mail])).toEqual([true])
    const spend = { purpose: 'verify_email', shown: { digest: secret.digest }, now: t0 } as const
    const beside = sampleMail()
    const taken = { ...second, username_canonical: user.username_canonical, mails: [beside] }
    expect((await store().createUser(taken)).outcome).toBe('taken')
    await expect(store().createUser({ ...second, mails: [beside, mail] })).rejects.toThrow()
    expect(await areStored([beside])).toEqual([false])
    expect(await store().findUserById(second.id)).toBeUndefined()
    expect((await store().spendSecret({ ...spend, effect: { kind: 'verify_email' } })).outcome).toBe('spent')
  })

  test('ending his sessions may spare one', async () => {
    const user = await addUser(store())
    const [kept, other, third] = [
      await addSession(store(), user),
      await addSession(store(), user),
      await addSession(store(), user),
    ]
    const endSessions = { now: t0 + 5, reason: 'password_changed' as const, except: kept.id }
    const updated = await store().updateUser({ userId: user.id, set: { password_hash: 'new' }, endSessions })
    expect(updated.outcome === 'updated' && updated.ended.sort()).toEqual([other.id, third.id].sort())
    expect((await store().findSession(kept.id))?.revoked_at).toBeNull()
    expect(await store().endSessionsOfUser({ userId: user.id, ...endSessions })).toEqual([])
    expect(await store().endSessionsOfUser({ userId: user.id, ...endSessions, except: 'nothing' })).toEqual([
      kept.id,
    ])
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

  test('hashes walk past once each, beside the id of their user and nothing else', async () => {
    const users = []
    for (let made = 0; made < 5; made += 1)
      users.push(await addUser(store(), { password_hash: `hash ${made}` }))
    const rows = users.map(({ id, password_hash }) => ({ id, password_hash }))
    const walked = [await store().listPasswordHashes({ after: undefined, limit: 2 })]
    for (const limit of [2, 2, 2])
      walked.push(await store().listPasswordHashes({ after: walked.at(-1)?.at(-1)?.id, limit }))
    expect(walked.map((page) => page.length)).toEqual([2, 2, 1, 0])
    expect(walked.flat()).toEqual(rows.sort((one, other) => (one.id < other.id ? -1 : 1)))
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
