import { describe, expect, test } from 'vitest'
import type { NewSecret, SecretPurpose, SpendSecretInput } from '../../../src/store/port/secrets.ts'
import type { NewUser } from '../../../src/store/port/users.ts'
import type { OpenBeside, StoreUnderTest } from '../conformance.ts'
import {
  addSession,
  addUser,
  digestOf,
  minute,
  sampleMail,
  sampleSecret,
  sampleUser,
  t0,
} from '../samples.ts'

type Effect = SpendSecretInput['effect']

const effects: Record<SecretPurpose, Effect> = {
  reset_password: { kind: 'set_password', passwordHash: 'new hash' },
  verify_email: { kind: 'verify_email' },
  change_email: { kind: 'change_email', emailCanonical: 'new@example.com' },
}
const purposes = Object.keys(effects) as SecretPurpose[]
const mostAttempts = 5

/** One-time secrets: good once, and what follows from them happens with them (F11). */
export function secretsConformance(store: StoreUnderTest, beside: OpenBeside): void {
  const issue = (user: NewUser, fields: Parameters<typeof sampleSecret>[1], mails = [sampleMail()]) =>
    store().issueSecret({ secret: sampleSecret(user, fields), mails })
  const bySecret = (secret: string, fields: Partial<SpendSecretInput> = {}): SpendSecretInput => {
    const purpose = fields.purpose ?? 'reset_password'
    const now = t0 + minute
    return { purpose, shown: { digest: digestOf(secret) }, now, effect: effects[purpose], ...fields }
  }
  const byCode = (user: NewUser, code: string, fields: Partial<SpendSecretInput> = {}) =>
    bySecret('', { shown: { userId: user.id, codeDigest: digestOf(code), mostAttempts }, ...fields })
  const spend = async (secret: string, fields: Partial<SpendSecretInput> = {}) =>
    (await store().spendSecret(bySecret(secret, fields))).outcome
  const spendCode = async (user: NewUser, code: string, fields: Partial<SpendSecretInput> = {}) =>
    (await store().spendSecret(byCode(user, code, fields))).outcome
  const userNow = ({ id }: NewUser) => store().findUserById(id)

  describe('issued', () => {
    test('goes out with its mail', async () => {
      const mail = sampleMail()
      expect(await issue(await addUser(store()), { secret: 'a' }, [mail])).toBe('issued')
      expect(await store().findMail(mail.id)).toMatchObject({ due_at: t0 })
    })

    test('to nobody, or to a disabled user: told, and neither is stored', async () => {
      const disabled = await addUser(store(), { is_active: 0 })
      for (const user of [sampleUser(), disabled]) {
        const mail = sampleMail()
        expect(await issue(user, { secret: user.id }, [mail])).toBe('missing')
        expect(await store().findMail(mail.id)).toBeUndefined()
        expect(await spend(user.id)).toBe('refused')
      }
    })

    test('takes the place of an older one of its purpose, with tries of its own', async () => {
      const user = await addUser(store())
      await issue(user, { secret: 'old', code: 'old' })
      for (let tried = 0; tried < mostAttempts; tried += 1) await spendCode(user, 'wrong')
      await issue(user, { secret: 'new', code: 'new' })
      expect(await spend('old')).toBe('refused')
      expect(await spendCode(user, 'old')).toBe('refused')
      expect(await spendCode(user, 'new')).toBe('spent')
    })

    test('stands beside those of other purposes and other users', async () => {
      const users = [await addUser(store()), await addUser(store())]
      const all = users.flatMap((user) => purposes.map((purpose) => ({ user, purpose })))
      for (const { user, purpose } of all) await issue(user, { secret: `${user.id} ${purpose}`, purpose })
      for (const { user } of all.slice(0, 1)) {
        expect(await spend(`${user.id} verify_email`, { purpose: 'verify_email' })).toBe('spent')
        expect(await spend(`${user.id} change_email`, { purpose: 'change_email' })).toBe('spent')
      }
      expect(await spend(`${users[1]?.id} reset_password`)).toBe('spent')
    })

    test('of 16 at once one is good in the end', async () => {
      const user = await addUser(store())
      const names = Array.from({ length: 16 }, (_, index) => `secret ${index}`)
      await Promise.all(names.map((secret) => issue(user, { secret })))
      const outcomes = []
      for (const secret of names) outcomes.push(await spend(secret))
      expect(outcomes.filter((outcome) => outcome === 'spent')).toHaveLength(1)
    })
  })

  describe('spent', () => {
    test('on a password: it is set, all sessions end, the address is proven, a mail goes out', async () => {
      const user = await addUser(store())
      const sessions = [await addSession(store(), user), await addSession(store(), user)]
      const mail = sampleMail({ user_id: user.id })
      await issue(user, { secret: 'a' })
      const effect = { ...effects.reset_password, mails: [mail] } as Effect
      const spent = await store().spendSecret(bySecret('a', { effect }))
      const ids = sessions.map(({ id }) => id).sort()
      expect({ ...spent, ...('ended' in spent && { ended: spent.ended.sort() }) }).toEqual({
        ...{ outcome: 'spent', userId: user.id, email: user.email, ended: ids },
      })
      expect(await userNow(user)).toMatchObject({
        ...{ password_hash: 'new hash', password_changed_at: t0 + minute, email_verified_at: t0 + minute },
      })
      for (const id of ids) {
        expect(await store().findSession(id)).toMatchObject({ revoked_reason: 'password_changed' })
      }
      expect(await store().findMail(mail.id)).toBeDefined()
      expect(await spend('a')).toBe('refused')
    })

    test('on a password: an address that is proven stays so since then, one that he has no more is not', async () => {
      const [proven, moved] = [await addUser(store()), await addUser(store())]
      await store().updateUser({ userId: proven.id, set: { email_verified_at: t0 - 5 } })
      await issue(proven, { secret: 'proven' })
      await issue(moved, { secret: 'moved', email: 'elsewhere@example.com' })
      expect([await spend('proven'), await spend('moved')]).toEqual(['spent', 'spent'])
      expect((await userNow(proven))?.email_verified_at).toBe(t0 - 5)
      expect((await userNow(moved))?.email_verified_at).toBeNull()
    })

    test('on a verification: it is noted, and nothing ends', async () => {
      const user = await addUser(store())
      const session = await addSession(store(), user)
      await issue(user, { secret: 'a', purpose: 'verify_email' })
      expect(await spend('a', { purpose: 'verify_email' })).toBe('spent')
      expect(await userNow(user)).toMatchObject({ email_verified_at: t0 + minute, password_changed_at: null })
      expect(await spend('a', { purpose: 'verify_email' })).toBe('refused')
      expect((await store().findSession(session.id))?.revoked_at).toBeNull()
    })

    test('on a verification of an address that he has no more: refused, and good when he has it again', async () => {
      const user = await addUser(store())
      const move = (email: string) =>
        store().updateUser({ userId: user.id, set: { email, email_canonical: email } })
      await issue(user, { secret: 'a', purpose: 'verify_email' })
      await move('b@example.com')
      expect(await spend('a', { purpose: 'verify_email' })).toBe('refused')
      expect((await userNow(user))?.email_verified_at).toBeNull()
      await move(user.email)
      expect(await spend('a', { purpose: 'verify_email' })).toBe('spent')
    })

    test('on a new address: he has it, proven', async () => {
      const user = await addUser(store())
      await issue(user, { secret: 'a', purpose: 'change_email', email: 'New@Example.com' })
      expect(await spend('a', { purpose: 'change_email' })).toBe('spent')
      expect(await userNow(user)).toMatchObject({
        ...{ email: 'New@Example.com', email_canonical: 'new@example.com', email_verified_at: t0 + minute },
      })
    })

    test('S12, F13: on a new address: his sessions end, but for the one that stays', async () => {
      const [user, other] = [await addUser(store()), await addUser(store())]
      const [kept, ended] = [await addSession(store(), user), await addSession(store(), user)]
      const foreign = await addSession(store(), other)
      await issue(user, { secret: 'a', purpose: 'change_email', email: 'new@example.com' })
      const effect = { ...effects.change_email, except: kept.id } as Effect
      const spent = await store().spendSecret(bySecret('a', { purpose: 'change_email', effect }))
      expect(spent).toMatchObject({ outcome: 'spent', ended: [ended.id] })
      expect(await store().findSession(ended.id)).toMatchObject({ revoked_reason: 'email_changed' })
      for (const { id } of [kept, foreign]) expect((await store().findSession(id))?.revoked_at).toBeNull()
    })

    test('on an address that somebody else has by now: told, and the secret is good later', async () => {
      const user = await addUser(store())
      await issue(user, { secret: 'a', code: 'right', purpose: 'change_email', email: 'new@example.com' })
      const first = await addUser(store(), { email_canonical: 'new@example.com' })
      expect(await spend('a', { purpose: 'change_email' })).toBe('taken')
      expect(await spendCode(user, 'right', { purpose: 'change_email' })).toBe('taken')
      expect(await userNow(user)).toMatchObject({ email: user.email, email_verified_at: null })
      await store().deleteUser({ userId: first.id, now: t0 })
      expect(await spend('a', { purpose: 'change_email' })).toBe('spent')
    })

    test('with something that cannot be: nothing of it happens', async () => {
      const user = await addUser(store())
      const session = await addSession(store(), user)
      const there = sampleMail()
      await store().addMail(there)
      await issue(user, { secret: 'a' })
      const effect = { ...effects.reset_password, mails: [sampleMail(), there] } as Effect
      await expect(store().spendSecret(bySecret('a', { effect }))).rejects.toThrow()
      expect((await userNow(user))?.password_hash).toBe(user.password_hash)
      expect((await store().findSession(session.id))?.revoked_at).toBeNull()
      expect(await spend('a')).toBe('spent')
    })
  })

  test('found: whose it is and what for, as often as one looks, until it is over', async () => {
    const user = await addUser(store())
    await issue(user, { secret: 'a' })
    const look = (secret: string, now = t0) => store().findSecret({ digest: digestOf(secret), now })
    const seen = {
      user_id: user.id,
      purpose: 'reset_password',
      email: user.email,
      expires_at: t0 + 60 * minute,
    }
    expect(await look('a')).toEqual(seen)
    expect(await look('a', t0 + 60 * minute - 1)).toEqual(seen)
    expect(await look('a', t0 + 60 * minute)).toBeUndefined()
    expect(await look('b')).toBeUndefined()
    expect(await spend('a')).toBe('spent')
    expect(await look('a')).toBeUndefined()
  })

  const refusals: { name: string; fields?: Partial<NewSecret>; between?: (user: NewUser) => unknown }[] = [
    { name: 'has expired', fields: { expires_at: t0 + minute } },
    { name: 'is of another purpose', fields: { purpose: 'verify_email' } },
    { name: 'was spent', between: () => spend('a') },
    {
      name: 'is of a disabled user',
      between: ({ id }) => store().updateUser({ userId: id, set: { is_active: 0 } }),
    },
    { name: 'is of a deleted user', between: ({ id }) => store().deleteUser({ userId: id, now: t0 }) },
    {
      name: 'is older than the password',
      between: ({ id }) => store().updateUser({ userId: id, set: { password_hash: 'changed' } }),
    },
    {
      name: 'is older than the address',
      between: ({ id }) => store().updateUser({ userId: id, set: { email: '', email_canonical: null } }),
    },
  ]
  test.each(refusals)('one that $name is refused, and its code', async ({ fields, between }) => {
    const user = await addUser(store())
    await issue(user, { secret: 'a', code: 'right', ...fields })
    await between?.(user)
    const before = await userNow(user)
    expect(await spendCode(user, 'right')).toBe('refused')
    expect(await spend('a')).toBe('refused')
    expect(await spend('unknown')).toBe('refused')
    expect(await userNow(user)).toEqual(before)
  })

  const afterwards: { spent: SecretPurpose; after: SecretPurpose; outcome: string }[] = [
    { spent: 'reset_password', after: 'change_email', outcome: 'refused' },
    { spent: 'reset_password', after: 'verify_email', outcome: 'spent' },
    { spent: 'change_email', after: 'reset_password', outcome: 'refused' },
    { spent: 'change_email', after: 'verify_email', outcome: 'refused' },
    { spent: 'verify_email', after: 'reset_password', outcome: 'spent' },
    { spent: 'verify_email', after: 'change_email', outcome: 'spent' },
  ]
  test.each(afterwards)('after $spent, an older $after is $outcome', async ({ spent, after, outcome }) => {
    const user = await addUser(store())
    for (const purpose of purposes) {
      const email = purpose === 'change_email' ? 'new@example.com' : user.email
      await issue(user, { secret: purpose, purpose, email })
    }
    expect(await spend(spent, { purpose: spent })).toBe('spent')
    expect(await spend(after, { purpose: after })).toBe(outcome)
  })

  describe('a code', () => {
    test('spends as the secret does, for its user and purpose', async () => {
      const [user, other] = [await addUser(store()), await addUser(store())]
      await issue(user, { secret: 'a', code: 'right' })
      expect(await spendCode(other, 'right')).toBe('refused')
      expect(await spendCode(user, 'right', { purpose: 'verify_email' })).toBe('refused')
      expect(await spendCode(user, 'right')).toBe('spent')
      expect(await spendCode(user, 'right')).toBe('refused')
      expect(await spend('a')).toBe('refused')
      expect((await userNow(user))?.password_hash).toBe('new hash')
    })

    test('a wrong one counts; after the last the right one is worth nothing, the link still is', async () => {
      const [tried, spared] = [await addUser(store()), await addUser(store())]
      for (const user of [tried, spared]) await issue(user, { secret: user.id, code: 'right' })
      for (let wrong = 1; wrong < mostAttempts; wrong += 1) {
        for (const user of [tried, spared]) expect(await spendCode(user, `wrong ${wrong}`)).toBe('refused')
      }
      expect(await spendCode(spared, 'right')).toBe('spent')
      expect(await spendCode(tried, 'one more')).toBe('refused')
      expect(await spendCode(tried, 'right')).toBe('refused')
      expect(await spend(tried.id)).toBe('spent')
    })

    test('counts also where what follows from it fails', async () => {
      const user = await addUser(store())
      const there = sampleMail()
      await store().addMail(there)
      await issue(user, { secret: 'a', code: 'right', purpose: 'change_email', email: 'new@example.com' })
      await addUser(store(), { email_canonical: 'new@example.com' })
      for (let tried = 0; tried < mostAttempts; tried += 1) {
        expect(await spendCode(user, 'right', { purpose: 'change_email' })).toBe('taken')
      }
      expect(await spendCode(user, 'right', { purpose: 'change_email' })).toBe('refused')
    })

    test('P16: of 64 tries at once no more are looked at than one after the other', async () => {
      const handles = await beside(4)
      const users = await Promise.all(Array.from({ length: 4 }, () => addUser(store())))
      await Promise.all(users.map((user) => issue(user, { secret: user.id, code: 'right' })))
      // The right one comes last: by then all tries are gone, unless some did not count.
      await Promise.all(
        users.flatMap((user) =>
          Array.from({ length: 64 }, (_, index) =>
            handles[index % 4]?.spendSecret(byCode(user, `wrong ${index}`)),
          ),
        ),
      )
      for (const user of users) expect(await spendCode(user, 'right')).toBe('refused')
    })
  })

  test.each([
    'secret',
    'code',
  ] as const)('F11: a %s that is shown 32 times at once is spent once', async (kind) => {
    const handles = await beside(4)
    const user = await addUser(store())
    const session = await addSession(store(), user)
    await issue(user, { secret: 'a', code: 'right' })
    const shown = { userId: user.id, codeDigest: digestOf('right'), mostAttempts: 100 }
    const outcomes = await Promise.all(
      Array.from({ length: 32 }, (_, index) => {
        const effect = { kind: 'set_password', passwordHash: `hash ${index}` } as const
        return handles[index % 4]?.spendSecret(bySecret('a', { effect, ...(kind === 'code' && { shown }) }))
      }),
    )
    const spent = outcomes.filter((one) => one?.outcome === 'spent')
    expect(spent).toMatchObject([{ ended: [session.id] }])
    expect((await userNow(user))?.password_hash).toBe(
      `hash ${outcomes.findIndex((one) => one?.outcome === 'spent')}`,
    )
  })

  test('what is done to a user and his secrets at once happens one after the other', async () => {
    const handles = await beside(4)
    const users = await Promise.all(Array.from({ length: 12 }, () => addUser(store())))
    for (const user of users) await issue(user, { secret: user.id, code: 'right' })
    const outcomes = await Promise.all(
      users.map(async (user, index) => {
        const [one, two, three, four] = handles
        const userId = user.id
        const ends = index % 2 === 0
        const works = [
          one?.spendSecret(bySecret(user.id)),
          two?.issueSecret({ secret: sampleSecret(user, { secret: `${user.id} again` }), mails: [] }),
          three?.updateUser({ userId, set: { password_hash: 'changed' } }),
          ends ? four?.deleteUser({ userId, now: t0 }) : four?.spendSecret(byCode(user, 'right')),
        ]
        await Promise.all(works)
        return (await userNow(user)) === undefined
      }),
    )
    expect(outcomes).toEqual(users.map((_, index) => index % 2 === 0))
  })

  test('the clean-up deletes what has expired, so many at a time', async () => {
    for (const at of [1, 2, 3, 4, 5]) {
      const user = await addUser(store())
      await issue(user, { secret: `secret ${at}`, expires_at: t0 + at * minute })
    }
    const now = t0 + 3 * minute
    const deleted = []
    for (const limit of [2, 2, 2]) deleted.push(await store().deleteExpiredSecrets({ now, limit }))
    expect(deleted).toEqual([2, 1, 0])
    const left = []
    for (const at of [1, 2, 3, 4, 5]) left.push(await spend(`secret ${at}`, { now: t0 }))
    expect(left).toEqual(['refused', 'refused', 'refused', 'spent', 'spent'])
  })
}
