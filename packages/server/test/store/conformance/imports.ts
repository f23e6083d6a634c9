import { expect, test } from 'vitest'
import type { ImportedUser, ImportUsersInput, NewLegacyToken } from '../../../src/store/port/imports.ts'
import type { SessionRow } from '../../../src/store/schema.ts'
import type { OpenBeside, StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, day, rowOf, sampleSecret, sampleSession, sampleUser, t0 } from '../samples.ts'

/** A user as an import brings him, with every column of his own. */
function imported(fields: Partial<ImportedUser> = {}): ImportedUser {
  const { sessions_ended_at: _, ...row } = rowOf(sampleUser())
  return {
    ...row,
    ...{ is_staff: 1, last_login_at: t0 - day, email_verified_at: t0 - 2 * day, password_changed_at: t0 - 1 },
    ...{ first_name: 'Žofie', last_name: 'O’Neil', group_names: '["editors","staff"]' },
    ...fields,
  }
}

function liveSession(userId: string, fields: Partial<SessionRow> = {}): SessionRow {
  const state = { generation: 7, rotated_at: t0 + 5, revoked_at: null, revoked_reason: null }
  return { ...sampleSession(userId), ...state, idempotency_digest: Buffer.alloc(16, 3), ...fields }
}

/** What comes from elsewhere: users, sessions and tokens with their own ids, and the next number of a user. */
export function importsConformance(store: StoreUnderTest, beside: OpenBeside): void {
  const run = async (users: readonly ImportedUser[], existing: ImportUsersInput['existing'] = 'keep') =>
    store().importUsers({ users, existing, now: t0 + 9 })
  const outcomes = async (...given: Parameters<typeof run>) =>
    (await run(...given)).map(({ outcome }) => outcome)

  test('users are stored as they are, once: the same rows again change nothing', async () => {
    const users = [
      imported(),
      imported({ email: '', email_canonical: null, last_login_at: null }),
      imported(),
    ]
    expect(await outcomes(users)).toEqual(['created', 'created', 'created'])
    for (const user of users) {
      expect(await store().findUserById(user.id)).toEqual({ ...user, sessions_ended_at: null })
    }
    expect(await outcomes(users)).toEqual(['unchanged', 'unchanged', 'unchanged'])
    expect(await outcomes([...users, imported()], 'update')).toEqual([
      ...['unchanged', 'unchanged', 'unchanged'],
      'created',
    ])
  })

  test('nobody at all is nobody', async () => {
    expect(await run([])).toEqual([])
    expect(await store().findAlike([])).toEqual([])
    expect(await store().importSessions([])).toEqual([])
    expect(await store().importLegacyTokens([])).toEqual([])
  })

  test('who is there otherwise stays so, or takes what his row says where he is to be updated', async () => {
    const user = imported()
    await run([user])
    const changed = { ...user, username: 'New', username_canonical: 'new', first_name: 'X', is_staff: 0 }
    expect(await run([changed])).toEqual([{ outcome: 'differs' }])
    expect(await store().findUserById(user.id)).toMatchObject(user)
    expect(await run([changed], 'update')).toEqual([{ outcome: 'updated' }])
    expect(await store().findUserById(user.id)).toMatchObject(changed)
  })

  test('a name or an e-mail that somebody has is told with whose it is, and nothing is stored', async () => {
    const [named, mailed] = [imported(), imported()]
    await run([named, mailed])
    const row = imported({
      username_canonical: named.username_canonical,
      email_canonical: mailed.email_canonical,
    })
    const taken = [{ outcome: 'taken', holders: { username: named.id, email: mailed.id } }]
    expect(await run([row])).toEqual(taken)
    expect(await run([row], 'update')).toEqual(taken)
    expect(await store().findUserById(row.id)).toBeUndefined()
    const known = { ...named, email_canonical: mailed.email_canonical }
    expect(await run([known], 'update')).toEqual([{ outcome: 'taken', holders: { email: mailed.id } }])
  })

  test('of two rows of one batch with the same name the first one has it', async () => {
    const first = imported()
    const second = imported({ username_canonical: first.username_canonical })
    const twice = { ...first, first_name: 'again' }
    const told = await run([first, second, twice, imported()])
    expect(told).toEqual([
      { outcome: 'created' },
      { outcome: 'taken', holders: { username: first.id } },
      { outcome: 'differs' },
      { outcome: 'created' },
    ])
  })

  test('a name that was given away in the same batch is free', async () => {
    const first = imported()
    await run([first])
    const renamed = { ...first, username: 'Other', username_canonical: 'other' }
    const second = imported({ username_canonical: first.username_canonical })
    expect(await outcomes([renamed, second], 'update')).toEqual(['updated', 'created'])
  })

  test('an id that is a number may be somebody else’s here: told, and he stays as he is', async () => {
    const own = await addUser(store(), { id: '17', created_at: t0 - 1 })
    const row = imported({ id: '17' })
    expect(await run([row], 'update')).toEqual([{ outcome: 'taken', holders: { id: '17' } }])
    expect(await store().findUserById('17')).toEqual(rowOf(own))
    const born = imported({ id: '17', created_at: t0 - 1 })
    expect(await outcomes([born], 'update')).toEqual(['updated'])
  })

  test('an update ends sessions and voids secrets where the password changed or the user is disabled', async () => {
    const users = [imported(), imported(), imported()]
    await run(users)
    const sessions = await Promise.all(users.map((user) => addSession(store(), user)))
    const secrets = users.map((user) => sampleSecret(user, { secret: user.id }))
    for (const secret of secrets) await store().issueSecret({ secret, mails: [] })
    const [changed, disabled, other] = users
    if (!changed || !disabled || !other) throw new Error('there are three')
    await run(
      [
        { ...changed, password_hash: 'new' },
        { ...disabled, is_active: 0 },
        { ...other, first_name: 'New' },
      ],
      'update',
    )
    const reasons = await Promise.all(
      sessions.map(async ({ id }) => (await store().findSession(id))?.revoked_reason),
    )
    expect(reasons).toEqual(['password_changed', 'user_disabled', null])
    const [spent] = await Promise.all(
      secrets.map(({ digest }) => store().findSecret({ digest, now: t0 + 1 })),
    )
    expect(spent).toBeUndefined()
    expect((await store().findUserById(changed.id))?.sessions_ended_at).toBeNull()
  })

  test('a batch with a row that breaks the schema is refused as a whole', async () => {
    const users = [imported(), imported({ is_active: 2 })]
    await expect(run(users)).rejects.toThrow()
    expect(await store().findUserById(users[0]?.id ?? '')).toBeUndefined()
  })

  test('everybody alike is found by id, by name and by e-mail, once each', async () => {
    const users = [await addUser(store()), await addUser(store()), await addUser(store())]
    await addUser(store())
    const [byId, byName, byEmail] = users
    const names = [
      { id: byId?.id ?? '', username_canonical: 'x', email_canonical: null },
      { id: 'y', username_canonical: byName?.username_canonical ?? '', email_canonical: null },
      { id: 'z', username_canonical: 'z', email_canonical: byEmail?.email_canonical ?? '' },
      { id: byId?.id ?? '', username_canonical: byId?.username_canonical ?? '', email_canonical: 'a\0b' },
    ]
    const found = await store().findAlike(names)
    expect(found.map(({ id }) => id).sort()).toEqual(users.map(({ id }) => id).sort())
    expect(await store().findAlike([{ id: '', username_canonical: '', email_canonical: null }])).toEqual([])
  })

  test('the next number of a user is given once, and is beyond every number that was imported', async () => {
    const numbers = await Promise.all(Array.from({ length: 8 }, () => store().nextUserNumber()))
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    await run([imported({ id: '4711' }), imported({ id: '12' }), imported({ id: '007' }), imported()])
    expect(await store().nextUserNumber()).toBe(4712)
    await run([imported({ id: '99' })])
    expect(await store().nextUserNumber()).toBe(4713)
  })

  test('several handles import the same users at once: each is created by one of them', async () => {
    const users = Array.from({ length: 40 }, () => imported())
    const handles = await beside(3)
    const all = await Promise.all(
      handles.map((handle, at) => {
        const order = at % 2 ? [...users].reverse() : users
        return handle.importUsers({ users: order, existing: 'keep', now: t0 })
      }),
    )
    const told = all.flat().map(({ outcome }) => outcome)
    expect(told.filter((one) => one === 'created')).toHaveLength(40)
    expect(told.filter((one) => one === 'unchanged')).toHaveLength(80)
  })

  test('sessions are stored as they are, for active users, and one that is there stays as it is', async () => {
    const [user, disabled] = [imported(), imported({ is_active: 0 })]
    await run([user, disabled])
    const session = liveSession(user.id)
    const others = [liveSession(disabled.id), liveSession('nobody')]
    expect(await store().importSessions([session, ...others])).toEqual(['created', 'refused', 'refused'])
    const row = await store().findSession(session.id)
    expect({ ...row, idempotency_digest: Buffer.from(row?.idempotency_digest ?? '') }).toEqual(session)
    await store().endSession({ sessionId: session.id, now: t0 + 6, reason: 'logout' })
    expect(await store().importSessions([session])).toEqual(['unchanged'])
    expect((await store().findSession(session.id))?.revoked_reason).toBe('logout')
  })

  test('tokens of the old deployment are stored once, and once blacklisted they stay so', async () => {
    const user = imported()
    await run([user])
    const token = (jti: string, fields: Partial<NewLegacyToken> = {}): NewLegacyToken => ({
      ...{ jti, user_id: user.id, expires_at: t0 + day, is_blacklisted: 0 },
      ...fields,
    })
    const first = [token('a'), token('b', { is_blacklisted: 1 }), token('c', { user_id: 'nobody' })]
    expect(await store().importLegacyTokens(first)).toEqual(['created', 'created', 'missing'])
    const second = [token('a', { is_blacklisted: 1 }), token('b'), token('d')]
    expect(await store().importLegacyTokens(second)).toEqual(['updated', 'unchanged', 'created'])
    expect(await store().importLegacyTokens(second)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  })
}
