import { describe, expect, test } from 'vitest'
import { chainOf } from '../../../src/store/audit-chain.ts'
import type { AuditFilter, NewAuditEvent } from '../../../src/store/port/trail.ts'
import type { AuditRow } from '../../../src/store/schema.ts'
import type { OpenBeside, StoreUnderTest } from '../conformance.ts'
import { addUser, plain, sampleEvent, t0 } from '../samples.ts'

/** The audit trail: one chain, whoever appends to it. */
export function trailConformance(store: StoreUnderTest, beside: OpenBeside): void {
  const append = (...events: NewAuditEvent[]) => store().appendEvents({ events })
  const everyEvent = async (limit = 7) => {
    const { kept_after } = await store().readChain()
    const all: AuditRow[] = []
    for (;;) {
      const page = await store().readEvents({ after: all.at(-1)?.number ?? kept_after, limit })
      all.push(...page)
      if (page.length < limit) return all
    }
  }
  /** Follows the chain from its kept beginning to its end. */
  const expectWhole = async () => {
    const rows = await everyEvent()
    const { kept_after, kept_chain, last_number, last_chain } = await store().readChain()
    let before = kept_chain
    for (const [index, row] of rows.entries()) {
      expect(row.number).toBe(kept_after + index + 1)
      before = chainOf(before, row.number, row)
      expect(Buffer.from(row.chain)).toEqual(before)
    }
    expect(last_number).toBe(kept_after + rows.length)
    expect(Buffer.from(last_chain ?? [])).toEqual(Buffer.from(before ?? []))
    return rows
  }
  const listed = async (filter: Partial<AuditFilter>) =>
    (await store().listEvents({ limit: 100, ...filter })).map(({ number }) => number)

  test('an empty one is whole', async () => {
    expect(await store().readChain()).toEqual({
      ...{ id: 'chain', last_number: 0, last_chain: null, kept_after: 0, kept_chain: null },
    })
    await append()
    expect(await expectWhole()).toEqual([])
  })

  test('events come back as they were written, numbered from 1 in the order given', async () => {
    const { id: user_id } = await addUser(store())
    const full = sampleEvent({
      ...{ code: 'a', request_id: 'b', actor_id: 'c', user_id, session_id: 'e', result: 'refused' },
    })
    const bare = sampleEvent({ details: null, personal: null, personal_salt: null })
    await append(full, bare)
    await append(sampleEvent({ happened_at: t0 - 5 }))
    const rows = await expectWhole()
    const [first, second] = rows
    expect(plain(first)).toEqual({ ...full, number: 1, chain: plain(first)?.['chain' as never] })
    expect(plain(second)).toMatchObject({ ...bare, number: 2 })
    expect(rows).toHaveLength(3)
  })

  test('the list is newest first, by what is asked for', async () => {
    await append(
      sampleEvent({ user_id: 'a', request_id: 'r1' }),
      sampleEvent({ user_id: 'b', request_id: 'r1', event: 'auth.logout' }),
      sampleEvent({ user_id: 'a', event: 'auth.logout' }),
      sampleEvent(),
    )
    expect(await listed({})).toEqual([4, 3, 2, 1])
    expect(await listed({ limit: 2 })).toEqual([4, 3])
    expect(await listed({ before: 3, limit: 1 })).toEqual([2])
    expect(await listed({ userId: 'a' })).toEqual([3, 1])
    expect(await listed({ requestId: 'r1' })).toEqual([2, 1])
    expect(await listed({ event: 'auth.logout', userId: 'a' })).toEqual([3])
    expect(await listed({ userId: 'nobody' })).toEqual([])
    expect(await listed({ event: 'a\0b' })).toEqual([])
  })

  test('events that come a second time are left out, those beside them are not', async () => {
    const [one, two, three] = [sampleEvent(), sampleEvent(), sampleEvent()]
    await append(one, two)
    await append(one, two)
    await append(two, three)
    expect((await expectWhole()).map(({ id }) => id)).toEqual([one.id, two.id, three.id])
  })

  test('one that breaks the schema is refused with those beside it, and the chain is as before', async () => {
    await append(sampleEvent())
    await expect(append(sampleEvent(), sampleEvent({ result: null as unknown as string }))).rejects.toThrow()
    await append(sampleEvent())
    expect(await expectWhole()).toHaveLength(2)
  })

  test('from 8 processes at once: one chain, without a gap and without a fork', async () => {
    const handles = await beside(8)
    const batches = handles.flatMap((handle, index) =>
      Array.from({ length: 12 }, (_, turn) => {
        const events = [1, 2, 3].map(() => sampleEvent({ session_id: `${index} ${turn}` }))
        return { handle, events }
      }),
    )
    await Promise.all(batches.map(({ handle, events }) => handle.appendEvents({ events })))
    const rows = await expectWhole()
    expect(rows).toHaveLength(8 * 12 * 3)
    const places = new Map(rows.map(({ id }, place) => [id, place]))
    for (const { events } of batches) {
      const [first = -1, ...rest] = events.map(({ id }) => places.get(id) ?? -1)
      expect(rest).toEqual([first + 1, first + 2])
    }
  })

  describe('a user who is deleted', () => {
    const personalOf = (rows: readonly AuditRow[]) =>
      rows.map(({ personal, personal_salt }) => [personal !== null, personal_salt !== null])

    test('leaves his events without what is personal, others theirs with it, and the chain is whole', async () => {
      const [alice, bob] = [await addUser(store()), await addUser(store())]
      await append(
        sampleEvent({ user_id: alice.id }),
        sampleEvent({ user_id: bob.id }),
        sampleEvent({ user_id: alice.id, personal: null, personal_salt: null }),
        sampleEvent({ user_id: alice.id }),
        sampleEvent(),
      )
      const digests = (await everyEvent()).map((row) => plain(row)?.['personal_digest' as never])
      await store().deleteUser({ userId: alice.id, now: t0 })
      const rows = await expectWhole()
      const [has, hasNot] = [
        [true, true],
        [false, false],
      ]
      expect(personalOf(rows)).toEqual([hasNot, has, hasNot, hasNot, has])
      expect(rows.map((row) => plain(row)?.['personal_digest' as never])).toEqual(digests)
    })

    test('leaves nothing personal in events that arrive later, also in the moment of his deletion', async () => {
      const handles = await beside(4)
      const users = await Promise.all([0, 1, 2, 3].map(() => addUser(store())))
      const deleteOne = ({ id: userId }: { id: string }) => store().deleteUser({ userId, now: t0 })
      const appendTo = ({ id: user_id }: { id: string }) =>
        handles.map((handle) => handle.appendEvents({ events: [sampleEvent({ user_id })] }))
      await Promise.all(users.flatMap((user) => [...appendTo(user), deleteOne(user), ...appendTo(user)]))
      await Promise.all(users.flatMap(appendTo))
      const rows = await expectWhole()
      expect(rows).toHaveLength(48)
      expect(personalOf(rows).flat()).not.toContain(true)
    })
  })

  describe('the beginning', () => {
    const fill = () => append(...[0, 1, 2, 3, 4, 5].map((at) => sampleEvent({ happened_at: t0 + at })))

    test('is deleted so many at a time, and the rest follows from what is kept of it', async () => {
      await fill()
      const deleted = []
      for (const limit of [2, 2, 2]) {
        deleted.push(await store().deleteOldEvents({ before: t0 + 3, limit }))
        await expectWhole()
      }
      expect(deleted).toEqual([2, 1, 0])
      expect(await store().readChain()).toMatchObject({ kept_after: 3, last_number: 6 })
      expect((await everyEvent()).map(({ number }) => number)).toEqual([4, 5, 6])
    })

    test('ends before the first event that is to be kept, whatever comes behind it', async () => {
      const late = [0, 9, 1, 2].map((at) => sampleEvent({ happened_at: t0 + at }))
      await append(...late)
      expect(await store().deleteOldEvents({ before: t0 + 5, limit: 10 })).toBe(1)
      expect(await store().deleteOldEvents({ before: t0 + 5, limit: 10 })).toBe(0)
      expect(await expectWhole()).toHaveLength(3)
    })

    test('may be all there is: the next event goes on from it', async () => {
      await fill()
      expect(await store().deleteOldEvents({ before: t0 + 60, limit: 10 })).toBe(6)
      expect(await expectWhole()).toEqual([])
      await append(sampleEvent())
      expect((await expectWhole()).map(({ number }) => number)).toEqual([7])
    })

    test('is deleted while others append', async () => {
      const handles = await beside(4)
      await fill()
      await Promise.all(
        handles.flatMap((handle, index) =>
          [1, 2, 3, 4, 5].map((turn) =>
            index % 2 === 0
              ? handle.appendEvents({ events: [sampleEvent({ happened_at: t0 + turn })] })
              : handle.deleteOldEvents({ before: t0 + turn, limit: 3 }),
          ),
        ),
      )
      const rows = await expectWhole()
      expect(rows.length).toBeLessThan(16)
      expect(await store().readChain()).toMatchObject({ last_number: 16, kept_after: 16 - rows.length })
    })
  })
}
