import { beforeEach, describe, expect, test } from 'vitest'
import { migrations } from '../../src/store/migrate.ts'
import { batchesOf, keyOf, type Row, type RowAccess, RowFault } from '../../src/store/transfer/rows.ts'
import { t0 } from '../store/samples.ts'
import { type Kind, kinds, openNew } from './open.ts'
import {
  dump,
  dumpAll,
  fill,
  hostileTexts,
  keyRow,
  keys,
  sessionRow,
  sessions,
  userRow,
  users,
} from './samples.ts'

const start = { after: undefined, limit: 1000 }
const never = new AbortController().signal

function bytewise(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

async function faultOf(work: Promise<unknown>): Promise<object | undefined> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  return thrown instanceof RowFault ? thrown.unfit : { thrown }
}

describe.each(Object.keys(kinds) as Kind[])('rows of %s', (kind) => {
  let access: RowAccess
  beforeEach(async () => {
    access = await openNew(kind)
  })

  test('come back as they were written, whatever their texts and bytes (H16)', async () => {
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, at) => at))
    const rows = hostileTexts.map((text) =>
      userRow({
        id: text,
        username: text,
        username_canonical: text,
        email: text,
        email_canonical: text,
        password_hash: text,
      }),
    )
    const most = Number.MAX_SAFE_INTEGER
    const opened = hostileTexts.map((text, at) =>
      sessionRow(text, {
        ...{ device: text, address: text, generation: most, created_at: -most, rotated_at: 0, ends_at: most },
        ...(at % 2 && { revoked_at: t0, revoked_reason: text }),
        idempotency_digest: [null, Buffer.alloc(0), everyByte][at % 3] ?? null,
      }),
    )
    await access.insert(users, rows)
    await access.insert(sessions, opened)
    const byKey = (a: Row, b: Row) => bytewise(String(a.id), String(b.id))
    expect(await dump(access, users)).toEqual(rows.toSorted(byKey))
    const plain = opened.map((row): Row => {
      const digest = row.idempotency_digest
      return { ...row, idempotency_digest: digest instanceof Uint8Array ? Uint8Array.from(digest) : null }
    })
    expect(await dump(access, sessions)).toEqual(plain.toSorted(byKey))
  })

  test('are in the order of their bytes, in pages that leave nothing out', async () => {
    const ids = ['a', 'B', 'ab', 'é', 'z', '\uffff', '😀', '1', '10', '2', 'a b', 'Z']
    await access.insert(
      users,
      ids.map((id) => userRow({ id })),
    )
    const found: string[] = []
    for (;;) {
      const page = await access.read(users, { after: found.at(-1), limit: 5 })
      if (page.length === 0) break
      found.push(...page.map((row) => keyOf(users, row)))
    }
    expect(found).toEqual(ids.toSorted(bytewise))
    expect(await access.count(users)).toBe(ids.length)
  })

  test('are walked through in batches, until nothing more comes or one is told to stop', async () => {
    await access.insert(
      users,
      Array.from({ length: 1001 }, () => userRow()),
    )
    const sizes: number[] = []
    for await (const rows of batchesOf(access, users, never)) sizes.push(rows.length)
    expect(sizes).toEqual([1000, 1])
    const stop = new AbortController()
    const walk = async () => {
      for await (const _ of batchesOf(access, users, stop.signal)) stop.abort(new Error('told to'))
    }
    await expect(walk()).rejects.toThrow('told to')
  })

  test('are picked and removed by their keys; the others stay', async () => {
    const { users: made } = await fill(access, 5)
    const [first, second] = made.map((row) => String(row.id))
    const picked = await access.pick(users, [second ?? '', 'nobody', first ?? ''])
    expect(picked.map((row) => row.id).sort()).toEqual([first, second].sort())
    expect(await access.pick(users, [])).toEqual([])
    await access.remove(users, [first ?? '', 'nobody'])
    expect(await access.count(users)).toBe(4)
    expect((await dump(access, sessions)).filter((row) => row.user_id === null)).toHaveLength(4)
  })

  test('one that is there already stays as it is', async () => {
    const row = userRow()
    await access.insert(users, [row])
    await access.insert(users, [{ ...row, password_hash: 'another' }, userRow()])
    expect((await access.pick(users, [String(row.id)]))[0]).toEqual(row)
    expect(await access.count(users)).toBe(2)
  })

  test('that do not fit leave nothing of their batch, and say why', async () => {
    await fill(access, 3)
    const before = await dumpAll(access)
    const [taken] = before.users ?? []
    const fault = await faultOf(
      access.insert(users, [userRow(), userRow({ username_canonical: taken?.username_canonical ?? '' })]),
    )
    expect(fault).toMatchObject({ kind: 'constraint', table: 'users' })
    expect(JSON.stringify(fault)).toContain('username')
    const orphan = await faultOf(access.insert(sessions, [sessionRow(null), sessionRow('nobody')]))
    expect(orphan).toMatchObject({ kind: 'constraint', table: 'sessions' })
    expect(await faultOf(access.insert(keys, [keyRow('current')]))).toMatchObject({ table: 'signing_keys' })
    expect(await dumpAll(access)).toEqual(before)
  })

  test('tell what made the schema', async () => {
    expect((await access.history()).map(({ id }) => id)).toEqual(migrations.map(({ id }) => id))
  })
})

test('a NUL is for SQLite alone: PostgreSQL refuses the row by its key, and finds nothing by one', async () => {
  const row = userRow({ id: 'nul', email: 'a\0b' })
  const [sqlite, postgres] = [await openNew('SQLite'), await openNew('PostgreSQL')]
  await sqlite.insert(users, [userRow(), row])
  expect((await sqlite.pick(users, ['nul']))[0]).toEqual(row)
  const unfit = { kind: 'nul', table: 'users', key: 'nul', column: 'email' }
  expect(await faultOf(postgres.insert(users, [userRow(), row]))).toEqual(unfit)
  expect(await postgres.read(users, start)).toEqual([])
  expect(await postgres.pick(users, ['a\0'])).toEqual([])
})
