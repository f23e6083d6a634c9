import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { openRows } from '../../src/app/stores.ts'
import { loadConfig } from '../../src/config/config.ts'
import { keysOf, type Row, type RowAccess } from '../../src/store/transfer/rows.ts'
import { tables } from '../../src/store/transfer/tables.ts'
import { t0 } from '../store/samples.ts'
import { kinds } from './open.ts'
import { cutOffAfter, inSmallPages, runCopy } from './run-copy.ts'
import { dump, dumpAll, keyRow, keys, sessionRow, sessions, userRow, users } from './samples.ts'

/** Changes the source as a server might; `at` chooses the row, in its own way. */
const changes: Record<string, (source: RowAccess, at: number) => Promise<void>> = {
  register: (source) => source.insert(users, [userRow()]),
  async login(source, at) {
    const user = await chosen(source, users, at)
    if (user) await source.insert(sessions, [sessionRow(String(user.id))])
  },
  async refresh(source, at) {
    const row = await chosen(source, sessions, at)
    if (row) await replace(source, sessions, { ...row, generation: Number(row.generation) + 1 })
  },
  async cleanUp(source, at) {
    const row = await chosen(source, sessions, at)
    if (row) await source.remove(sessions, [String(row.id)])
  },
  async deleteUser(source, at) {
    const user = await chosen(source, users, at)
    if (user) await source.remove(users, [String(user.id)])
  },
  /** whose name somebody registers at once */
  async passOn(source, at) {
    const user = await chosen(source, users, at)
    if (!user) return
    await source.remove(users, [String(user.id)])
    const { username_canonical = '', email_canonical = null } = user
    await source.insert(users, [userRow({ username_canonical, email_canonical })])
  },
  /** two users swap their names */
  async swap(source, at) {
    const [one, other] = [await chosen(source, users, at), await chosen(source, users, at + 1)]
    if (!one || !other || one.id === other.id) return
    await source.remove(users, [String(one.id), String(other.id)])
    const names = ({ username_canonical = '', email_canonical = null }: Row) => ({
      username_canonical,
      email_canonical,
    })
    await source.insert(users, [
      { ...one, ...names(other) },
      { ...other, ...names(one) },
    ])
  },
}

/** Somebody must: a copy of which no user is left cannot be told from another deployment's. */
const stays = '0'

async function chosen(source: RowAccess, table: typeof users, at: number): Promise<Row | undefined> {
  const rows = (await dump(source, table)).filter(({ id }) => id !== stays)
  return rows[at % Math.max(1, rows.length)]
}

async function replace(source: RowAccess, table: typeof users, row: Row): Promise<void> {
  await source.remove(table, [String(row.id)])
  await source.insert(table, [row])
}

async function clear(access: RowAccess): Promise<void> {
  for (const table of tables) await access.remove(table, keysOf(table, await dump(access, table)))
}

let [source, target]: RowAccess[] = []

beforeAll(async () => {
  const open = async () =>
    openRows(loadConfig({ mode: 'tool', env: { DATABASE_URL: await kinds.SQLite() } }), () => t0, 'create')
  ;[source, target] = [await open(), await open()]
  return async () => {
    await source?.close()
    await target?.close()
  }
})

const episode = fc.record({
  changed: fc.array(fc.tuple(fc.constantFrom(...Object.keys(changes)), fc.nat(20)), { maxLength: 6 }),
  /** writes that the copy is allowed before it is cut off */
  writes: fc.integer({ min: 1, max: 6 }),
})

test('cut off again and again, with changes in between, a copy ends complete', async () => {
  if (!source || !target) throw new Error('they are not open')
  const [from, to] = [inSmallPages(source, 3), inSmallPages(target, 2)]
  await fc.assert(
    fc.asyncProperty(fc.array(episode, { maxLength: 5 }), async (episodes) => {
      await clear(from)
      await clear(to)
      await from.insert(users, [userRow({ id: stays }), ...Array.from({ length: 6 }, () => userRow())])
      for (const user of await dump(from, users)) await from.insert(sessions, [sessionRow(String(user.id))])
      await from.insert(keys, [keyRow('current'), keyRow('next')])
      for (const { changed, writes } of episodes) {
        await runCopy(from, cutOffAfter(to, writes)).catch(() => undefined)
        if ((await to.count(keys)) > 0) break
        for (const [change, at] of changed) await changes[change]?.(from, at)
      }
      expect((await runCopy(from, to)).outcome).toBe('complete')
      expect(await dumpAll(to)).toEqual(await dumpAll(from))
    }),
    { numRuns: 40 },
  )
}, 120_000)
