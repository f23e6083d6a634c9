import { describe, expect, test } from 'vitest'
import type { Position, SessionQuery, UserQuery } from '../../../src/store/port/lists.ts'
import type { NewUser, UserFields } from '../../../src/store/port/users.ts'
import type { AdminRole, EventCount } from '../../../src/store/schema.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { addSession, addUser, day, minute, sampleEvent, t0 } from '../samples.ts'

/** Sorted as no language sorts them: by code point, which is by the bytes of UTF-8. */
const names = ['Z', 'a', 'a%', 'a\\', 'a_', 'aa', 'ab', 'ä', 'б', '名', '\uff5a', '𝒜', '😀']

/** The lists of the console: in order, by filter, page by page. */
export function listsConformance(store: StoreUnderTest): void {
  const ask = (query: Partial<UserQuery>) =>
    store().queryUsers({ by: 'username_canonical', direction: 'asc', limit: 100, only: {}, ...query })

  /** All pages, one after the other; `between` happens after each. */
  async function walk(query: Partial<UserQuery>, between?: () => Promise<unknown>) {
    const ids: string[] = []
    let after: Position | undefined
    do {
      const { rows, next } = await ask({ ...query, after })
      ids.push(...rows.map(({ id }) => id))
      after = next
      await between?.()
    } while (after)
    return ids
  }

  const idsOf = (users: readonly NewUser[]) => users.map(({ id }) => id)
  const named = (name: string, fields: Partial<NewUser> = {}) =>
    addUser(store(), { username: name, username_canonical: name, ...fields })

  async function addNamed() {
    const added = new Map<string, NewUser>()
    for (const name of [...names].reverse())
      added.set(name, await named(name, { email: name, email_canonical: name }))
    return names.flatMap((name) => added.get(name) ?? [])
  }

  describe('users', () => {
    const columns = ['username_canonical', 'email_canonical'] as const
    test.each(
      columns,
    )('by %s are in the order of code points, up and down, whatever the page', async (by) => {
      const expected = idsOf(await addNamed())
      for (const limit of [1, 4, 100]) {
        expect(await walk({ by, limit })).toEqual(expected)
        expect(await walk({ by, limit, direction: 'desc' })).toEqual([...expected].reverse())
      }
    })

    test('of one instant are in the order of their ids, none twice and none lost', async () => {
      const users: NewUser[] = []
      for (const created_at of [t0, t0, t0, t0 + 1, t0 - 1, t0])
        users.push(await addUser(store(), { created_at }))
      const order = (one: NewUser, other: NewUser) =>
        one.created_at - other.created_at || (one.id < other.id ? -1 : 1)
      const expected = idsOf([...users].sort(order))
      for (const limit of [1, 2, 3]) {
        expect(await walk({ by: 'created_at', limit })).toEqual(expected)
        expect(await walk({ by: 'created_at', limit, direction: 'desc' })).toEqual([...expected].reverse())
      }
    })

    test('by address are those who have one; by id all, and those without one alone', async () => {
      const silent = [
        await addUser(store(), { email: '', email_canonical: null }),
        await addUser(store(), { email: '', email_canonical: null }),
      ]
      const loud = await addUser(store())
      expect(await walk({ by: 'email_canonical' })).toEqual([loud.id])
      expect(await walk({ by: 'id', limit: 1 })).toEqual(idsOf([...silent, loud]).sort())
      expect(await walk({ by: 'id', limit: 1, only: { hasEmail: false } })).toEqual(idsOf(silent).sort())
      expect(await walk({ by: 'id', only: { hasEmail: true } })).toEqual([loud.id])
    })

    test('found by a prefix: no sign in it means anything but itself', async () => {
      const added = await addNamed()
      const found = async (prefix: string, by: (typeof columns)[number]) =>
        (await ask({ by, prefix })).rows.map(({ username }) => username)
      for (const by of columns) {
        expect(await found('a', by)).toEqual(['a', 'a%', 'a\\', 'a_', 'aa', 'ab'])
        for (const name of ['a%', 'a_', 'a\\', 'ä', '名', '😀']) expect(await found(name, by)).toEqual([name])
        for (const nothing of ['%', '_', '\\', 'a%%', 'A', 'a\0', "'", 'z', 'ｚz'])
          expect(await found(nothing, by), nothing).toEqual([])
      }
      expect(await walk({ prefix: '', limit: 5 })).toEqual(idsOf(added))
      expect(await walk({ prefix: 'a', limit: 2, direction: 'desc' })).toEqual(
        idsOf(added.slice(1, 7)).reverse(),
      )
    })

    test('whose name begins otherwise', async () => {
      const added = await addNamed()
      const others = added.filter(({ username }) => !username.startsWith('a'))
      expect(await walk({ by: 'email_canonical', only: { notNamed: 'a' }, limit: 3 })).toEqual(idsOf(others))
    })

    test('a cursor holds while others come and go, and its own user too', async () => {
      const [b, d, f] = [await named('b'), await named('d'), await named('f')]
      const { next } = await ask({ limit: 2 })
      expect(next).toEqual({ value: 'd', id: d.id })
      await store().deleteUser({ userId: d.id, now: t0 })
      await named('c')
      const e = await named('e')
      const rest = await ask({ after: next })
      expect(rest).toEqual({
        rows: [expect.objectContaining(e), expect.objectContaining(f)],
        next: undefined,
      })
      const before = await ask({ after: next, direction: 'desc' })
      expect(before.rows.map(({ username }) => username)).toEqual(['c', 'b'])
      let made = 0
      const seen = await walk({ limit: 1 }, () => named(`a${made++}`))
      expect(seen).toEqual(expect.arrayContaining([b.id, e.id, f.id]))
      expect(new Set(seen).size).toBe(seen.length)
    })

    test('the names of some, of whoever is there', async () => {
      const [one, other] = [await named('one'), await named('other')]
      await named('third')
      const found = await store().listUsernames([other.id, 'nobody', "' OR 1=1 --", 'a\0', one.id])
      expect(new Map(found.map(({ id, username }) => [id, username]))).toEqual(
        new Map([
          [one.id, 'one'],
          [other.id, 'other'],
        ]),
      )
      expect(await store().listUsernames([])).toEqual([])
    })

    test('a cursor of nobody, or of no text, ends in order', async () => {
      await addNamed()
      const after = (value: string, id: string) => ask({ after: { value, id } })
      expect((await after('ab', '')).rows.map(({ username }) => username)).toEqual(names.slice(6))
      expect(await after('\u{10ffff}', '')).toEqual({ rows: [], next: undefined })
      for (const value of ["' OR 1=1 --", '%', '?', '$1'])
        expect((await after(value, '')).rows).not.toEqual([])
      await after('a\0b', '\0')
    })

    const filters: { name: string; set: UserFields; only: UserQuery['only']; not: UserQuery['only'] }[] = [
      { name: 'active', set: { is_active: 0 }, only: { isActive: false }, not: { isActive: true } },
      { name: 'staff', set: { is_staff: 1 }, only: { isStaff: true }, not: { isStaff: false } },
      {
        name: 'proven',
        set: { email_verified_at: t0 },
        only: { isVerified: true },
        not: { isVerified: false },
      },
      { name: 'of a role', set: { admin_role: 'support' }, only: { role: 'support' }, not: { role: 'none' } },
      { name: 'of any role', set: { admin_role: 'auditor' }, only: { role: 'any' }, not: { role: 'none' } },
    ]
    test.each(filters)('$name or not, in every order', async ({ set, only, not }) => {
      const users = [await addUser(store()), await addUser(store()), await addUser(store())]
      const [one, two, three] = users.map(({ id }) => id).sort()
      await store().updateUser({ userId: two ?? '', set })
      for (const by of ['created_at', 'username_canonical', 'email_canonical', 'id'] as const) {
        for (const direction of ['asc', 'desc'] as const) {
          expect(await walk({ by, direction, only, limit: 1 }), by).toEqual([two])
          expect((await walk({ by, direction, only: not, limit: 1 })).sort(), by).toEqual([one, three])
        }
      }
    })

    test('all filters together mean all of them', async () => {
      const roles: (AdminRole | null)[] = ['owner', 'support', null]
      for (const admin_role of roles) {
        const { id } = await addUser(store())
        await store().updateUser({ userId: id, set: { admin_role, is_staff: 1 } })
      }
      const both = await walk({ by: 'created_at', only: { role: 'support', isStaff: true } })
      expect(both).toHaveLength(1)
      expect(await walk({ by: 'created_at', only: { role: 'support', isActive: false } })).toEqual([])
      expect(
        await walk({ by: 'created_at', only: { role: 'owner', isStaff: true, isActive: true } }),
      ).toHaveLength(1)
    })
  })

  describe('sessions', () => {
    async function sessionsOf(query: Omit<SessionQuery, 'limit'>, limit = 2): Promise<string[]> {
      const ids: string[] = []
      let after = query.after
      do {
        const { rows, next } = await store().querySessions({ ...query, after, limit })
        ids.push(...rows.map(({ id }) => id))
        after = next
      } while (after !== undefined)
      return ids
    }

    test('newest first, of an address, those that live', async () => {
      const user = await addUser(store())
      const [old, ended, other, last] = [
        await addSession(store(), user),
        await addSession(store(), user, { created_at: t0 + 1 }),
        await addSession(store(), user, { created_at: t0 + 2, address: '2001:db8::7' }),
        await addSession(store(), user, { created_at: t0 + 8 * day }),
      ]
      await store().endSession({ sessionId: ended.id, now: t0 + minute, reason: 'logout' })
      expect(await sessionsOf({})).toEqual([last.id, other.id, ended.id, old.id])
      expect(await sessionsOf({ address: '192.0.2.7' })).toEqual([last.id, ended.id, old.id])
      for (const address of ['192.0.2', '192.0.2.%', '%', '', 'a\0'])
        expect(await sessionsOf({ address })).toEqual([])
      expect(await sessionsOf({ liveAt: t0 + minute })).toEqual([last.id, other.id, old.id])
      expect(await sessionsOf({ liveAt: old.expires_at })).toEqual([last.id, other.id])
      expect(await sessionsOf({ liveAt: t0, address: '2001:db8::7' })).toEqual([other.id])
    })

    test('a cursor holds while sessions are opened', async () => {
      const user = await addUser(store())
      const [one, two] = [
        await addSession(store(), user),
        await addSession(store(), user, { created_at: t0 + 1 }),
      ]
      const { next } = await store().querySessions({ limit: 1 })
      expect(next).toBe(two.id)
      await addSession(store(), user, { created_at: t0 + 2 })
      expect(await sessionsOf({ after: next })).toEqual([one.id])
      expect(await sessionsOf({ after: one.id })).toEqual([])
    })
  })

  describe('counts of events', () => {
    const hour = 3_600_000
    const begin = Math.floor(t0 / hour) * hour
    const counts = async (since: number) =>
      (await store().listEventCounts(since)).sort((a, b) => a.hour - b.hour || (a.event < b.event ? -1 : 1))

    test('add up by hour and kind, whoever appends, and are told from an hour on', async () => {
      expect(await counts(0)).toEqual([])
      const [login, logout] = ['auth.login.succeeded', 'auth.logout']
      const add = (...more: EventCount[]) => store().appendEvents({ events: [sampleEvent()], counts: more })
      await add({ hour: begin, event: login, count: 2 }, { hour: begin, event: logout, count: 1 })
      await Promise.all([
        add({ hour: begin, event: login, count: 40 }),
        add({ hour: begin, event: login, count: 500 }, { hour: begin + hour, event: login, count: 7 }),
      ])
      const later = { hour: begin + hour, event: login, count: 7 }
      expect(await counts(begin)).toEqual([
        { hour: begin, event: login, count: 542 },
        { hour: begin, event: logout, count: 1 },
        later,
      ])
      expect(await counts(begin + 1)).toEqual([later])
      expect(await counts(begin + hour + 1)).toEqual([])
    })

    test('go when the events of their hour have gone', async () => {
      const at = [begin, begin + hour - 1, begin + 2 * hour]
      const event = 'auth.login.succeeded'
      const both = [at[0] ?? 0, at[2] ?? 0].map((one) => ({ hour: one, event, count: 1 }))
      await store().appendEvents({
        events: at.map((happened_at) => sampleEvent({ happened_at })),
        counts: both,
      })
      expect(await store().deleteOldEvents({ before: begin + hour - 1, limit: 9 })).toBe(1)
      expect(await counts(0)).toEqual(both)
      expect(await store().deleteOldEvents({ before: begin + 2 * hour, limit: 9 })).toBe(1)
      expect(await counts(0)).toEqual(both.slice(1))
    })
  })
}
