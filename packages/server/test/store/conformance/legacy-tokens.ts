import { expect, test } from 'vitest'
import type { ExchangeLegacyTokenInput, ShownLegacyToken } from '../../../src/store/port/legacy-tokens.ts'
import type { NewUser } from '../../../src/store/port/users.ts'
import type { OpenBeside, StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, day, minute, sampleSession, t0 } from '../samples.ts'

let made = 0

function tokenOf(user: NewUser, fields: Partial<ShownLegacyToken> = {}): ShownLegacyToken {
  made += 1
  return { jti: `jti ${made}`, userId: user.id, issuedAt: t0 - day, expiresAt: t0 + 6 * day, ...fields }
}

/** Refresh tokens of the deployment that the users came from: good once, whoever shows them at the same time. */
export function legacyTokensConformance(store: StoreUnderTest, beside: OpenBeside): void {
  const inputFor = (
    token: ShownLegacyToken,
    fields: Partial<ExchangeLegacyTokenInput> = {},
  ): ExchangeLegacyTokenInput => ({
    token,
    now: t0 + minute,
    session: sampleSession(token.userId, { created_at: t0 - day }),
    idempotencyDigest: null,
    maxSessionsPerUser: 100,
    unlisted: 'refused',
    ...fields,
  })
  const exchange = (token: ShownLegacyToken, fields: Partial<ExchangeLegacyTokenInput> = {}) =>
    store().exchangeLegacyToken(inputFor(token, fields))
  const importTokens = (tokens: readonly ShownLegacyToken[], is_blacklisted = 0) =>
    store().importLegacyTokens(
      tokens.map(({ jti, userId, expiresAt }) => ({
        ...{ jti, user_id: userId, expires_at: expiresAt, is_blacklisted },
      })),
    )
  const opened = async (token: ShownLegacyToken) => {
    const result = await exchange(token)
    if (result.outcome !== 'exchanged') throw new Error(`the token was not exchanged: ${result.outcome}`)
    return result.held.session.id
  }

  test.each(['imported', 'unknown'])('an %s one opens a session at generation 0', async (kind) => {
    const user = await addUser(store())
    const token = tokenOf(user)
    if (kind === 'imported') await importTokens([token])
    const session = sampleSession(user.id, { created_at: t0 - day })
    const idempotencyDigest = Buffer.from('0123456789abcdef')
    const result = await exchange(token, { session, idempotencyDigest })
    expect(result).toMatchObject({
      outcome: 'exchanged',
      ended: [],
      held: { username: user.username, userIsActive: true },
    })
    const stored = await store().findSession(session.id)
    expect(stored).toMatchObject({ ...session, generation: 0, rotated_at: t0 + minute, revoked_at: null })
    expect(Buffer.from(stored?.idempotency_digest ?? [])).toEqual(idempotencyDigest)
    expect(result.outcome === 'exchanged' && result.held.session.id).toBe(session.id)
    // Nobody has logged in here.
    expect((await store().findUserById(user.id))?.last_login_at).toBeNull()
  })

  test('one that is not among those that were imported does so where that says nothing', async () => {
    const user = await addUser(store())
    await importTokens([tokenOf(user)])
    expect(await exchange(tokenOf(user), { unlisted: 'accepted' })).toMatchObject({ outcome: 'exchanged' })
    const others = tokenOf(await addUser(store()))
    await importTokens([others])
    expect(await exchange({ ...others, userId: user.id }, { unlisted: 'accepted' })).toEqual({
      ...{ outcome: 'refused', reason: 'unknown_token' },
    })
  })

  test('a second time it is told which session it became, as that stands now', async () => {
    const user = await addUser(store())
    const token = tokenOf(user)
    const sessionId = await opened(token)
    const rotate = { sessionId, generation: 0, now: t0 + 2 * minute, idempotencyDigest: null }
    await store().rotateSession({ ...rotate, expiresAt: t0 + 7 * day })
    const again = await exchange(token)
    expect(again).toMatchObject({
      outcome: 'spent',
      held: { session: { id: sessionId, generation: 1 }, username: user.username },
    })
    expect(await store().listSessionsOfUser(user.id, t0 + minute)).toHaveLength(1)
    await store().updateUser({ userId: user.id, set: { is_active: 0 } })
    expect(await exchange(token)).toMatchObject({ outcome: 'spent', held: { userIsActive: false } })
  })

  test('a look says what an exchange would, and changes nothing', async () => {
    const user = await addUser(store())
    const look = (token: ShownLegacyToken, unlisted: 'accepted' | 'refused' = 'refused') =>
      store().checkLegacyToken({ token, unlisted })
    const [good, black] = [tokenOf(user), tokenOf(user)]
    await importTokens([good])
    await importTokens([black], 1)
    expect(await look(good)).toEqual({ outcome: 'good' })
    expect(await look(good)).toEqual({ outcome: 'good' })
    expect(await look(black)).toEqual({ outcome: 'refused', reason: 'blacklisted' })
    expect(await look(tokenOf(user))).toEqual({ outcome: 'refused', reason: 'unknown_token' })
    expect(await look(tokenOf(user), 'accepted')).toEqual({ outcome: 'good' })
    expect(await look({ ...good, userId: 'nobody' })).toEqual({ outcome: 'refused', reason: 'unknown_user' })
    expect(await store().listSessionsOfUser(user.id, t0)).toEqual([])
    const sessionId = await opened(good)
    expect(await look(good)).toEqual({ outcome: 'spent', sessionId })
  })

  test('once the row of that session is gone, there is none to tell', async () => {
    const token = tokenOf(await addUser(store()))
    await opened(token)
    const over = { now: t0 + 99 * day, expiredBefore: t0 + 99 * day, revokedBefore: t0 + 99 * day }
    await store().deleteEndedSessions({ after: '', limit: 10, ...over })
    expect(await exchange(token)).toEqual({ outcome: 'spent', held: undefined })
  })

  const refusals: {
    name: string
    reason: string
    before: (user: NewUser, token: ShownLegacyToken) => Promise<unknown>
  }[] = [
    {
      name: 'that was blacklisted where it comes from',
      reason: 'blacklisted',
      before: (_, token) => importTokens([token], 1),
    },
    {
      name: 'that was not among those that were imported',
      reason: 'unknown_token',
      before: (user) => importTokens([tokenOf(user)]),
    },
    { name: 'where the imported list was empty', reason: 'unknown_token', before: () => importTokens([]) },
    {
      name: 'that is imported as the token of somebody else',
      reason: 'unknown_token',
      before: async (_, token) => importTokens([{ ...token, userId: (await addUser(store())).id }]),
    },
    {
      name: 'S10 S11: of a disabled user',
      reason: 'user_inactive',
      before: ({ id }) => store().updateUser({ userId: id, set: { is_active: 0 } }),
    },
    {
      name: 'S10 S11: of a deleted user',
      reason: 'unknown_user',
      before: ({ id }) => store().deleteUser({ userId: id, now: t0 }),
    },
    {
      name: 'S12: from before all sessions of its user were ended',
      reason: 'outdated',
      before: ({ id }) => store().endSessionsOfUser({ userId: id, now: t0, reason: 'logout_all' }),
    },
    {
      name: 'S12: from before its user took another password',
      reason: 'outdated',
      before: ({ id }) =>
        store().updateUser({
          userId: id,
          set: { password_hash: 'changed' },
          endSessions: { now: t0, reason: 'password_changed' },
        }),
    },
    {
      name: 'that was logged out with here',
      reason: 'blacklisted',
      before: (_, token) => store().endLegacyToken({ token, now: t0 }),
    },
  ]
  test.each(refusals)('one $name is refused, and stores nothing', async ({ reason, before }) => {
    const user = await addUser(store())
    const token = tokenOf(user)
    await before(user, token)
    expect(await exchange(token)).toEqual({ outcome: 'refused', reason })
    expect(await store().listSessions({ after: undefined, limit: 10 })).toEqual([])
  })

  test('one that was issued since then is good', async () => {
    const user = await addUser(store())
    await store().endSessionsOfUser({ userId: user.id, now: t0, reason: 'logout_all' })
    expect(await exchange(tokenOf(user, { issuedAt: t0 }))).toMatchObject({ outcome: 'exchanged' })
    expect(await exchange(tokenOf(user, { issuedAt: t0 - 1 }))).toMatchObject({ outcome: 'refused' })
  })

  test('one session too many ends the oldest', async () => {
    const user = await addUser(store())
    const old = await addSession(store(), user)
    const result = await exchange(tokenOf(user), { maxSessionsPerUser: 1 })
    expect(result).toMatchObject({ outcome: 'exchanged', ended: [old.id] })
  })

  test('a session that cannot be stored leaves the token as it was', async () => {
    const user = await addUser(store())
    const token = tokenOf(user)
    const there = await addSession(store(), user)
    await expect(exchange(token, { session: sampleSession(user.id, { id: there.id }) })).rejects.toThrow()
    expect(await exchange(token)).toMatchObject({ outcome: 'exchanged' })
  })

  test('S01 S03: shown 32 times at once, one session', async () => {
    const handles = await beside(4)
    const user = await addUser(store())
    const token = tokenOf(user)
    await importTokens([token])
    const results = await Promise.all(
      Array.from({ length: 32 }, (_, turn) => handles[turn % 4]?.exchangeLegacyToken(inputFor(token))),
    )
    const outcomes = results.map((one) => one?.outcome)
    expect(outcomes.filter((outcome) => outcome === 'exchanged')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'spent')).toHaveLength(31)
    const ids = results.map((one) => one && 'held' in one && one.held?.session.id)
    expect(new Set(ids).size).toBe(1)
    expect(await store().listSessionsOfUser(user.id, t0 + minute)).toHaveLength(1)
  })

  test('S01 S03: the same where no list was imported, for several users', async () => {
    const handles = await beside(4)
    const users = await Promise.all(Array.from({ length: 4 }, () => addUser(store())))
    const tokens = users.map((user) => tokenOf(user))
    const results = await Promise.all(
      tokens.flatMap((token) =>
        Array.from({ length: 8 }, (_, turn) => handles[turn % 4]?.exchangeLegacyToken(inputFor(token))),
      ),
    )
    expect(results.filter((one) => one?.outcome === 'exchanged')).toHaveLength(4)
    for (const { id } of users) expect(await store().listSessionsOfUser(id, t0 + minute)).toHaveLength(1)
  })

  test('S16: an exchange that races a logout leaves nothing that lives', async () => {
    const [one, other] = await beside(2)
    for (let round = 0; round < 12; round += 1) {
      const user = await addUser(store())
      const token = tokenOf(user)
      const end = () => other?.endLegacyToken({ token, now: t0 + minute })
      await Promise.all(
        round % 2 === 0
          ? [one?.exchangeLegacyToken(inputFor(token)), end()]
          : [end(), one?.exchangeLegacyToken(inputFor(token))],
      )
      expect(await store().listSessionsOfUser(user.id, t0 + minute)).toEqual([])
      expect((await exchange(token)).outcome).toBe('refused')
    }
  })

  test('S12: an exchange that races the end of all sessions leaves nothing that lives', async () => {
    const [one, other] = await beside(2)
    for (let round = 0; round < 12; round += 1) {
      const user = await addUser(store())
      const token = tokenOf(user)
      const now = t0 + 2 * minute
      await Promise.all([
        one?.exchangeLegacyToken(inputFor(token)),
        other?.endSessionsOfUser({ userId: user.id, now, reason: 'logout_all' }),
      ])
      expect(await store().listSessionsOfUser(user.id, now)).toEqual([])
    }
  })

  test('S08 S15: a logout ends the session that the token became, once', async () => {
    const token = tokenOf(await addUser(store()))
    const sessionId = await opened(token)
    const end = () => store().endLegacyToken({ token, now: t0 + 2 * minute })
    expect(await end()).toEqual({ outcome: 'ended', sessionId })
    expect(await end()).toEqual({ outcome: 'already_ended', sessionId })
    expect(await store().findSession(sessionId)).toMatchObject({
      revoked_at: t0 + 2 * minute,
      revoked_reason: 'logout',
    })
    expect(await exchange(token)).toEqual({ outcome: 'refused', reason: 'blacklisted' })
  })

  test('a logout before it became one; and with what is nobody’s', async () => {
    const [user, other] = [await addUser(store()), await addUser(store())]
    const [token, gone] = [tokenOf(user), tokenOf(other)]
    const end = (shown: ShownLegacyToken) => store().endLegacyToken({ token: shown, now: t0 })
    expect(await end(token)).toEqual({ outcome: 'ended', sessionId: undefined })
    expect(await end(token)).toEqual({ outcome: 'already_ended', sessionId: undefined })
    expect(await end({ ...token, userId: other.id })).toEqual({ outcome: 'missing', sessionId: undefined })
    await store().deleteUser({ userId: other.id, now: t0 })
    expect(await end(gone)).toEqual({ outcome: 'missing', sessionId: undefined })
  })

  test('the clean-up deletes what has expired, so many at a time', async () => {
    const user = await addUser(store())
    const tokens = [1, 2, 3, 4].map((at) => tokenOf(user, { expiresAt: t0 + at }))
    await importTokens(tokens)
    const deleted = []
    for (const limit of [2, 2, 2])
      deleted.push(await store().deleteExpiredLegacyTokens({ expiredBefore: t0 + 4, limit }))
    expect(deleted).toEqual([2, 1, 0])
    const outcomes = []
    for (const token of tokens) outcomes.push((await exchange(token)).outcome)
    expect(outcomes).toEqual(['refused', 'refused', 'refused', 'exchanged'])
  })
}
