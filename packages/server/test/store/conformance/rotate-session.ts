import { expect, test } from 'vitest'
import type { NewSession, RotateSessionInput } from '../../../src/store/port/sessions.ts'
import type { SessionRow } from '../../../src/store/schema.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, day, minute, t0 } from '../samples.ts'

/** A row without the difference between kinds of byte arrays. */
function plain(row: SessionRow | undefined) {
  return row && { ...row, idempotency_digest: row.idempotency_digest && Buffer.from(row.idempotency_digest) }
}

/** A refresh: one statement, whose row count decides. */
export function rotateSessionConformance(store: StoreUnderTest): void {
  const given = async (fields: Partial<NewSession> = {}) => {
    const user = await addUser(store())
    return { user, session: await addSession(store(), user, fields) }
  }
  const rotate = ({ id }: { id: string }, fields: Partial<RotateSessionInput> = {}) =>
    store().rotateSession({
      sessionId: id,
      generation: 0,
      now: t0 + minute,
      expiresAt: t0 + minute + 7 * day,
      idempotencyDigest: null,
      ...fields,
    })

  test('moves the session on and tells it with its user', async () => {
    const { user, session } = await given()
    const digest = Buffer.from('0123456789abcdef')
    const outcome = await rotate(session, { idempotencyDigest: digest })
    const stored = await store().findSession(session.id)
    expect(outcome).toMatchObject({
      outcome: 'rotated',
      held: { username: user.username, userIsActive: true },
    })
    expect(plain(outcome.held?.session)).toEqual(plain(stored))
    expect(stored).toMatchObject({
      generation: 1,
      rotated_at: t0 + minute,
      expires_at: t0 + minute + 7 * day,
      created_at: t0,
      ends_at: session.ends_at,
    })
    expect(Buffer.from(stored?.idempotency_digest ?? [])).toEqual(digest)
  })

  test('the next rotation without a key forgets the key', async () => {
    const { session } = await given()
    await rotate(session, { idempotencyDigest: Buffer.from('0123456789abcdef') })
    await rotate(session, { generation: 1 })
    expect((await store().findSession(session.id))?.idempotency_digest).toBeNull()
  })

  test('the hard end bounds the sliding one', async () => {
    const { session } = await given({ ends_at: t0 + 7 * day + 5 })
    await rotate(session)
    expect((await store().findSession(session.id))?.expires_at).toBe(t0 + 7 * day + 5)
  })

  type Given = Awaited<ReturnType<typeof given>>
  const unchanged: {
    name: string
    before?: (given: Given) => Promise<unknown>
    input?: Partial<RotateSessionInput>
    held: object
  }[] = [
    {
      name: 'a generation that is over',
      before: ({ session }) => rotate(session),
      held: { userIsActive: true },
    },
    { name: 'a generation to come', input: { generation: 1 }, held: { userIsActive: true } },
    {
      name: 'a revoked session',
      before: ({ session }) => store().endSession({ sessionId: session.id, now: t0, reason: 'logout' }),
      held: { userIsActive: true, session: { revoked_at: t0, revoked_reason: 'logout' } },
    },
    {
      name: 'an expired session, at its very end',
      input: { now: t0 + 7 * day },
      held: { userIsActive: true },
    },
    {
      name: 'a disabled user',
      before: ({ user }) => store().updateUser({ userId: user.id, set: { is_active: 0 } }),
      held: { userIsActive: false, session: { revoked_at: null } },
    },
    {
      name: 'a deleted user',
      before: ({ user }) => store().deleteUser({ userId: user.id, now: t0 }),
      held: { userIsActive: false, username: '', session: { user_id: null, revoked_reason: 'user_deleted' } },
    },
  ]
  test.each(unchanged)('$name: nothing is written, and what is held is told', async ({
    before,
    input,
    held,
  }) => {
    const one = await given()
    await before?.(one)
    const stored = await store().findSession(one.session.id)
    const outcome = await rotate(one.session, input)
    expect(outcome).toMatchObject({ outcome: 'unchanged', held })
    expect(plain(outcome.held?.session)).toEqual(plain(stored))
    expect(plain(await store().findSession(one.session.id))).toEqual(plain(stored))
  })

  test('an unknown session', async () => {
    expect(await rotate({ id: 'nothing' })).toEqual({ outcome: 'unchanged', held: undefined })
  })

  test('an instant before its end it still rotates', async () => {
    const { session } = await given()
    const outcome = await rotate(session, { now: t0 + 7 * day - 1, expiresAt: t0 + 14 * day })
    expect(outcome.outcome).toBe('rotated')
  })

  test('of 32 at once one rotates, and the others are told its successor', async () => {
    const { session } = await given()
    const outcomes = await Promise.all(Array.from({ length: 32 }, () => rotate(session)))
    expect(outcomes.filter(({ outcome }) => outcome === 'rotated')).toHaveLength(1)
    expect(new Set(outcomes.map(({ held }) => held?.session.generation))).toEqual(new Set([1]))
  })

  test('1000 rotations leave one row', async () => {
    const { session } = await given()
    for (let generation = 0; generation < 1000; generation += 1) {
      expect((await rotate(session, { generation })).outcome).toBe('rotated')
    }
    expect(await store().listSessions({ after: undefined, limit: 10 })).toHaveLength(1)
    expect((await store().findSession(session.id))?.generation).toBe(1000)
  })
}
