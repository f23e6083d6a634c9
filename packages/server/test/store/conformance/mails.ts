import { describe, expect, test } from 'vitest'
import type { ClaimedMail, NewMail, SettleMailInput } from '../../../src/store/port/mails.ts'
import type { OpenBeside, StoreUnderTest } from '../conformance.ts'
import { addUser, minute, newestFirst, plain, sampleMail, t0 } from '../samples.ts'

/** Mails: each is handed out to one at a time, until it was sent or given up. */
export function mailsConformance(store: StoreUnderTest, beside: OpenBeside): void {
  const add = async (fields: Partial<NewMail> = {}) => {
    const mail = sampleMail(fields)
    await store().addMail(mail)
    return mail
  }
  const claim = (now: number, limit = 10) => store().claimMails({ now, until: now + minute, limit })
  const settle = (id: string, result: SettleMailInput['result'], now = t0 + 1) =>
    store().settleMail({ id, now, result })
  const failed = (retryAt: number | null, error = '550 no') => ({ sent: false as const, error, retryAt })
  const idsOf = (claimed: readonly ClaimedMail[]) => claimed.map(({ id }) => id).sort()

  test('is found and listed as it was written, newest first', async () => {
    const all = []
    for (let at = 0; at < 5; at += 1) all.push(await add({ created_at: t0 + at, user_id: `user ${at}` }))
    const [first] = all
    const fresh = { due_at: t0, attempts: 0, sent_at: null, failed_at: null, last_error: null }
    expect(plain(await store().findMail(first?.id ?? ''))).toEqual({ ...first, ...fresh })
    expect(await store().findMail('nothing')).toBeUndefined()
    const walked: string[] = []
    let after: string | undefined
    for (;;) {
      const page = await store().listMails({ after, limit: 2 })
      walked.push(...page.map(({ id }) => id))
      after = page.at(-1)?.id
      if (page.length < 2) break
    }
    expect(walked).toEqual(newestFirst(all))
  })

  describe('claimed', () => {
    test('with what it takes to send it; those that are due the longest first, none before its time', async () => {
      const late = await add({ created_at: t0 - 1 })
      await settle(late.id, failed(t0 + 2))
      const [first, second] = [await add({ created_at: t0 }), await add({ created_at: t0 + 1 })]
      await add({ created_at: t0 + 3 })
      const { id, template, recipient, sealed, created_at } = first
      const claimed = await claim(t0 + 2, 1)
      expect(claimed.map(plain)).toEqual([{ id, template, recipient, sealed, created_at, attempts: 1 }])
      expect(idsOf(await claim(t0 + 2))).toEqual([second.id, late.id].sort())
      expect(await claim(t0 + 2)).toEqual([])
    })

    test('by one who does nothing about it: again by others, when his time is over', async () => {
      const { id } = await add()
      await claim(t0)
      expect(await claim(t0 + minute - 1)).toEqual([])
      expect(await claim(t0 + minute)).toMatchObject([{ id, attempts: 2 }])
    })

    test('from 8 processes at once: none by two', async () => {
      const all = await Promise.all(Array.from({ length: 100 }, () => add()))
      const handles = await beside(8)
      const claimed = await Promise.all(
        handles.map(async (handle) => {
          const own: string[] = []
          for (let turn = 0; turn < 5; turn += 1)
            own.push(...idsOf(await handle.claimMails({ now: t0, until: t0 + minute, limit: 7 })))
          return own
        }),
      )
      const rest = await claim(t0, 100)
      expect([...claimed.flat(), ...idsOf(rest)].sort()).toEqual(all.map(({ id }) => id).sort())
    })
  })

  describe('settled', () => {
    test('as sent: it is done, and what it said is forgotten', async () => {
      const { id, recipient } = await add({ user_id: 'somebody' })
      await claim(t0)
      await settle(id, failed(t0 + 1))
      await claim(t0 + 1)
      await settle(id, { sent: true }, t0 + 5)
      const done = { sent_at: t0 + 5, due_at: null, failed_at: null, sealed: null, last_error: null }
      expect(await store().findMail(id)).toMatchObject({ ...done, recipient, attempts: 2 })
      expect(await claim(t0 + 60 * minute)).toEqual([])
    })

    test('as sent, where it is about nobody: not even to whom stays', async () => {
      const { id } = await add()
      await settle(id, { sent: true })
      expect(await store().findMail(id)).toMatchObject({ recipient: '', sent_at: t0 + 1 })
    })

    test('as failed: with the reason, and due again when it is to be tried again', async () => {
      const { id } = await add()
      await claim(t0)
      await settle(id, failed(t0 + 5 * minute))
      expect(await store().findMail(id)).toMatchObject({ due_at: t0 + 5 * minute, last_error: '550 no' })
      expect(await claim(t0 + 5 * minute - 1)).toEqual([])
      expect(await claim(t0 + 5 * minute)).toMatchObject([{ id, attempts: 2 }])
    })

    test('as given up: never due, until somebody asks for it again', async () => {
      const { id, sealed } = await add()
      await claim(t0)
      expect(await store().retryMail({ id, now: t0 })).toBe(false)
      await settle(id, failed(null))
      const given = { due_at: null, failed_at: t0 + 1, last_error: '550 no' }
      expect(plain(await store().findMail(id))).toMatchObject({ ...given, sealed })
      expect(await claim(t0 + 60 * minute)).toEqual([])
      expect(await store().retryMail({ id, now: t0 + minute })).toBe(true)
      expect(await store().retryMail({ id, now: t0 + minute })).toBe(false)
      expect(await claim(t0 + minute)).toMatchObject([{ id, attempts: 1 }])
      await settle(id, { sent: true })
      expect(await store().retryMail({ id, now: t0 })).toBe(false)
      expect(await store().retryMail({ id: 'nothing', now: t0 })).toBe(false)
    })

    test('by one whose claim was over: what was sent stays sent, whoever tells first', async () => {
      for (const late of [failed(t0 + minute), failed(null)]) {
        const { id } = await add()
        await settle(id, { sent: true })
        await settle(id, late)
        const done = { sent_at: t0 + 1, due_at: null, failed_at: null }
        expect(await store().findMail(id)).toMatchObject(done)
        const other = await add()
        await settle(other.id, late)
        await settle(other.id, { sent: true })
        expect(await store().findMail(other.id)).toMatchObject({ ...done, last_error: null })
      }
      await settle('nothing', { sent: true })
    })
  })

  test('the clean-up deletes old ones that are done, so many at a time', async () => {
    const fates: { keep: boolean; fields?: Partial<NewMail>; result?: SettleMailInput['result'] }[] = [
      { keep: true },
      { keep: true, result: failed(t0 + 5) },
      { keep: false, result: { sent: true } },
      { keep: false, result: failed(null) },
      { keep: true, result: { sent: true }, fields: { created_at: t0 + 10 } },
      { keep: false, result: { sent: true } },
    ]
    const kept: string[] = []
    for (const { keep, fields, result } of fates) {
      const { id } = await add(fields)
      if (result) await settle(id, result)
      if (keep) kept.push(id)
    }
    const deleted = []
    for (const limit of [2, 2, 2]) deleted.push(await store().deleteOldMails({ before: t0 + 10, limit }))
    expect(deleted).toEqual([2, 1, 0])
    const left = await store().listMails({ after: undefined, limit: 100 })
    expect(left.map(({ id }) => id).sort()).toEqual(kept.sort())
  })

  test('a deleted user’s: what is still to be sent goes out, and then nothing of him is left', async () => {
    const user = await addUser(store())
    const own = { user_id: user.id }
    const [sent, given, waiting, foreign] = [await add(own), await add(own), await add(own), await add()]
    await settle(sent.id, { sent: true })
    await settle(given.id, failed(null, `550 ${user.email}`))
    await settle(waiting.id, failed(t0 + 2, `450 ${user.email}`))
    const farewell = sampleMail(own)
    await store().deleteUser({ userId: user.id, now: t0 + 1, mails: [farewell] })
    expect(await store().findMail(sent.id)).toBeUndefined()
    expect(await store().findMail(given.id)).toBeUndefined()
    const { recipient } = waiting
    expect(await store().findMail(waiting.id)).toMatchObject({ user_id: null, last_error: null, recipient })
    expect(await store().findMail(farewell.id)).toMatchObject({
      ...{ user_id: null, recipient: farewell.recipient, due_at: t0 },
    })
    const claimed = await claim(t0 + 2)
    expect(idsOf(claimed)).toEqual([waiting.id, farewell.id, foreign.id].sort())
    for (const { id } of claimed) await settle(id, { sent: true })
    const left = await store().listMails({ after: undefined, limit: 100 })
    expect(left.map((mail) => [mail.user_id, mail.recipient, mail.sealed])).toEqual(
      Array(3).fill([null, '', null]),
    )
  })
}
