import { describe, expect, test } from 'vitest'
import { openStore } from '../../src/app/stores.ts'
import { loadConfig } from '../../src/config/config.ts'
import { RowFault } from '../../src/store/transfer/rows.ts'
import { missingMigrations } from '../../src/store/transfer/standing.ts'
import { tables } from '../../src/store/transfer/tables.ts'
import { minute } from '../store/samples.ts'
import { type Kind, kinds, openAt, openNew } from './open.ts'
import { cutOffAfter, inSmallPages, readOnly, runCopy } from './run-copy.ts'
import { dump, dumpAll, fill, keyRow, keys, sessionRow, sessions, userRow, users } from './samples.ts'

const ways: { from: Kind; to: Kind }[] = [
  { from: 'SQLite', to: 'PostgreSQL' },
  { from: 'PostgreSQL', to: 'SQLite' },
  { from: 'SQLite', to: 'SQLite' },
  { from: 'PostgreSQL', to: 'PostgreSQL' },
]

/** A deployment with rows, and where it is to go; pages are small, so that there are many. */
async function begin({ from, to }: { from: Kind; to: Kind } = { from: 'SQLite', to: 'SQLite' }) {
  const [source, target] = [inSmallPages(await openNew(from), 4), inSmallPages(await openNew(to), 3)]
  const filled = await fill(source, 10)
  return { source, target, ...filled }
}

/** What is said of the tables behind the first. */
const others = tables.slice(1).map(() => ({}))

const id = (row: { id?: unknown } | undefined) => String(row?.id)

describe.each(ways)('from $from to $to', (way) => {
  test('everything is copied and compared', async () => {
    const { source, target } = await begin(way)
    const copied: string[] = []
    const progress: string[] = []
    const ended = await runCopy(source, target, {
      onCopied: (one) => void copied.push(`${one.table} ${one.copied} ${one.removed}`),
      onProgress: ({ step, table, done, total }) => void progress.push(`${step} ${table} ${done}/${total}`),
    })
    const rows = [
      ['users', 10],
      ['sessions', 31],
      ['one_time_secrets', 3],
      ['mails', 4],
      ['limits', 1],
      ['audit_events', 5],
      ['audit_chain', 1],
      ['event_counts', 1],
      ['legacy_tokens', 3],
      ['counters', 1],
      ['cursors', 1],
      ['signing_keys', 3],
    ] as const
    expect(ended).toEqual({
      outcome: 'complete',
      verdicts: rows.map(([table, count]) => {
        const held = { rows: count, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }
        return { table, source: held, target: held, isSame: true }
      }),
    })
    expect(copied).toEqual(rows.map(([table, count]) => `${table} ${count} 0`))
    expect(progress).toEqual(
      expect.arrayContaining(['copying users 0/10', 'copying users 10/10', 'verifying sessions 62/62']),
    )
    expect(await dumpAll(target)).toEqual(await dumpAll(source))
  })

  test('again, nothing is written, and it is compared all the same', async () => {
    const { source, target } = await begin(way)
    await runCopy(source, target)
    expect((await runCopy(source, readOnly(target))).outcome).toBe('complete')
  })

  test('cut off, it goes on, and brings along what has changed since', async () => {
    const { source, target, users: made, sessions: opened } = await begin(way)
    await expect(runCopy(source, cutOffAfter(target, 6))).rejects.toThrow('cut off')
    expect(await target.count(sessions)).toBeGreaterThan(0)
    const [gone, renamed] = [made[1], made[4]]
    await source.remove(users, [id(gone), id(renamed)])
    const heir = { username_canonical: gone?.username_canonical ?? '' }
    await source.insert(users, [{ ...renamed, ...heir }, userRow({ ...heir, username_canonical: 'new' })])
    await source.remove(sessions, [id(opened[0]), id(opened[9])])
    await source.insert(sessions, [{ ...opened[9], generation: 77 }, sessionRow(id(renamed))])
    const ended = await runCopy(source, target)
    expect(ended.outcome).toBe('complete')
    expect(await dumpAll(target)).toEqual(await dumpAll(source))
  })
})

describe('a target that is not empty', () => {
  test.each([
    { name: 'users of another', rows: { users: [userRow()] } },
    { name: 'sessions of another', rows: { sessions: [sessionRow(null)] } },
    { name: 'keys of another', rows: { signing_keys: [keyRow('current')] } },
  ])('with $name is refused, and left as it is', async ({ rows }) => {
    const { source, target } = await begin()
    for (const table of [users, sessions, keys]) {
      const own = (rows as Record<string, (typeof rows)['users']>)[table.name]
      if (own) await target.insert(table, own)
    }
    const before = await dumpAll(target)
    expect(await runCopy(source, readOnly(target))).toEqual({ outcome: 'foreign' })
    expect(await dumpAll(target)).toEqual(before)
  })

  test('whose users have the same numbers and came at other times is refused', async () => {
    const { source, target } = await begin()
    await source.insert(users, [userRow({ id: '1' }), userRow({ id: '2' })])
    await target.insert(users, [userRow({ id: '1' }), userRow({ id: '2' })])
    expect(await runCopy(source, readOnly(target))).toEqual({ outcome: 'foreign' })
  })

  test('and served already is another deployment: its keys are its own', async () => {
    const { source, target } = await begin()
    await expect(runCopy(source, cutOffAfter(target, 5))).rejects.toThrow('cut off')
    await target.insert(keys, [keyRow('current')])
    expect(await runCopy(source, readOnly(target))).toEqual({ outcome: 'foreign' })
  })

  test.each([
    'source',
    'target',
  ] as const)('was complete, and the %s has changed since: nothing is overwritten', async (which) => {
    const sides = await begin()
    await runCopy(sides.source, sides.target)
    await sides[which].insert(users, [userRow()])
    const ended = await runCopy(sides.source, readOnly(sides.target))
    expect(ended).toMatchObject({
      outcome: 'outdated',
      verdicts: [{ table: 'users', isSame: false }, ...others],
    })
  })

  test('of a deployment that never served has no keys, and may be brought up to date again', async () => {
    const { source, target } = await begin()
    await source.remove(
      keys,
      (await dump(source, keys)).map((row) => String(row.kid)),
    )
    expect((await runCopy(source, target)).outcome).toBe('complete')
    await source.insert(users, [userRow()])
    expect((await runCopy(source, target)).outcome).toBe('complete')
    expect(await dumpAll(target)).toEqual(await dumpAll(source))
  })

  test('may have lost all that it knew of its first users, as long as one is left', async () => {
    const { source, target, users: made } = await begin()
    await expect(runCopy(source, cutOffAfter(target, 2))).rejects.toThrow('cut off')
    await source.remove(users, made.slice(0, 2).map(id))
    expect((await runCopy(source, target)).outcome).toBe('complete')
    expect(await dumpAll(target)).toEqual(await dumpAll(source))
  })
})

describe('a source that does not keep still', () => {
  test.each([
    'users',
    'sessions',
  ])('changed after its %s were read: it is told, and the keys stay out', async (table) => {
    const { source, target, sessions: opened } = await begin()
    const onCopied = (copied: { table: string }) => {
      if (copied.table === table) changes.push(source.remove(sessions, [id(opened[3])]))
      if (copied.table === table) changes.push(source.insert(users, [userRow()]))
    }
    const changes: Promise<void>[] = []
    const ended = await runCopy(source, target, { onCopied })
    await Promise.all(changes)
    expect(ended).toMatchObject({ outcome: 'source_changed' })
    expect(await target.count(keys)).toBe(0)
    expect((await runCopy(source, target)).outcome).toBe('complete')
    expect(await dumpAll(target)).toEqual(await dumpAll(source))
  })

  test('a session of a user who came meanwhile does not fit yet', async () => {
    const { source, target } = await begin()
    const late = userRow()
    const changes: Promise<void>[] = []
    const onCopied = () => {
      if (changes.length > 0) return
      changes.push(source.insert(users, [late]), source.insert(sessions, [sessionRow(id(late))]))
    }
    const thrown = await runCopy(source, target, { onCopied }).catch((error: unknown) => error)
    expect(thrown instanceof RowFault && thrown.unfit).toMatchObject({
      kind: 'constraint',
      table: 'sessions',
    })
    expect((await runCopy(source, target)).outcome).toBe('complete')
  })

  test('a target that somebody else writes to is told apart', async () => {
    const { source, target } = await begin()
    const changes: Promise<void>[] = []
    const onCopied = ({ table }: { table: string }) => {
      if (table === 'sessions') changes.push(target.insert(users, [userRow()]))
    }
    const ended = await runCopy(source, target, { onCopied })
    await Promise.all(changes)
    expect(ended).toMatchObject({
      outcome: 'target_changed',
      verdicts: [{ table: 'users', isSame: false }, ...others.slice(1)],
    })
    expect(await target.count(keys)).toBe(0)
  })

  test.each(
    Object.keys(kinds) as Kind[],
  )('a server on it, seen by its lease: on %s the keys stay out', async (kind) => {
    const address = await kinds[kind]()
    const [source, target] = [await openAt(address), await openNew('SQLite')]
    await fill(source, 3)
    const config = loadConfig({ mode: 'tool', env: { DATABASE_URL: address } })
    const store = await openStore(config, Date.now)
    const now = Date.now()
    const lease = { name: 'cleanup', holder: 'somebody', now }
    await store.holdLease({ ...lease, expiresAt: now + 10 * minute })
    expect((await runCopy(source, target, { now: () => now })).outcome).toBe('served')
    expect([await target.count(users), await target.count(keys)]).toEqual([3, 0])
    await store.holdLease({ ...lease, expiresAt: now - 1 })
    expect((await runCopy(source, target, { now: () => now })).outcome).toBe('complete')
    await store.close()
  })
})

describe('the schema', () => {
  test('that is older, or not there, lacks what it lacks', async () => {
    const access = await openNew('SQLite')
    const [first] = await access.history()
    expect(await missingMigrations(access)).toEqual([])
    const older = { ...access, history: async () => (first ? [first] : []) }
    const [, ...later] = (await access.history()).map((one) => one.id)
    expect(await missingMigrations(older)).toEqual(later)
    expect(await missingMigrations({ ...access, history: async () => [] })).toEqual([first?.id, ...later])
  })

  test('that is newer is refused, even where it serves this program: a copy would leave something behind', async () => {
    const access = await openNew('SQLite')
    const history = async () => [...(await access.history()), { id: '9999-more', serves_from: 1 }]
    await expect(missingMigrations({ ...access, history })).rejects.toThrow(
      'The database has migration 9999-more, which this program does not know',
    )
  })
})
