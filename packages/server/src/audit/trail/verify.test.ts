import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { handClock, temporaryFolder } from '../../../test/harness.ts'
import { withRawDatabase } from '../../../test/store/raw-database.ts'
import { addUser, t0 } from '../../../test/store/samples.ts'
import type { AuditChainRow, AuditRow } from '../../store/schema.ts'
import { openSqliteStore } from '../../store/sqlite/open.ts'
import { openTrail } from './trail.ts'
import { verifyChain } from './verify.ts'

/** A trail of some events of one user, on a file. */
async function open(count: number) {
  const file = join(temporaryFolder(), 'countersign.db')
  const store = await openSqliteStore({ file, now: t0 })
  onTestFinished(() => store.close())
  const user = await addUser(store)
  const trail = openTrail({ audit: { record: () => undefined }, store, clock: handClock() })
  for (let at = 0; at < count; at += 1) {
    trail.record('auth.login.succeeded', { user_id: user.id, client_ip: `192.0.2.${at}`, count: at })
  }
  await trail.flush()
  const rows = await store.readEvents({ after: 0, limit: count })
  return { file, store, user, rows, chain: await store.readChain() }
}

/** A chain as somebody with a tool of his own left it. */
function reader(rows: readonly AuditRow[], chain: AuditChainRow) {
  return {
    readChain: async () => chain,
    readEvents: async ({ after, limit }: { after: number; limit: number }) =>
      rows.filter(({ number }) => number > after).slice(0, limit),
  }
}

test('a chain that nobody touched is whole, also an empty one', async () => {
  const { store, chain } = await open(0)
  expect(await verifyChain(store)).toEqual({ outcome: 'whole', first: 1, last: 0, chain: null })
  expect(chain.last_number).toBe(0)
  const { store: full } = await open(1_203)
  expect(await verifyChain(full)).toMatchObject({ outcome: 'whole', first: 1, last: 1_203 })
})

test('it is whole after its beginning was deleted, and after a user was', async () => {
  const { store, user } = await open(20)
  await store.deleteUser({ userId: user.id, now: t0 })
  await store.deleteOldEvents({ before: Number.MAX_SAFE_INTEGER, limit: 7 })
  expect((await store.readEvents({ after: 0, limit: 9 })).map(({ personal }) => personal)).toEqual(
    Array(9).fill(null),
  )
  expect(await verifyChain(store)).toMatchObject({ outcome: 'whole', first: 8, last: 20 })
})

const others = {
  ...{ happened_at: 1, event: 'x', result: 'x', code: 'x', request_id: 'x', actor_id: 'x', user_id: 'x' },
  ...{ session_id: 'x', details: '{}', id: 'x', personal: '{"client_ip":"x"}' },
  ...{ personal_digest: Buffer.alloc(32), chain: Buffer.alloc(32) },
}

test('any row that was edited, deleted, put in or swapped is found at its number', async () => {
  const { rows, chain } = await open(12)
  const place = fc.nat(rows.length - 1)
  const rowAt = (at: number) => rows[at] as AuditRow
  const broken = async (changed: readonly AuditRow[], at: number) => {
    expect(await verifyChain(reader(changed, chain))).toMatchObject({ outcome: 'broken', number: at + 1 })
  }
  await fc.assert(
    fc.asyncProperty(
      place,
      place,
      fc.constantFrom(...Object.entries(others)),
      async (at, to, [name, value]) => {
        await broken(rows.with(at, { ...rowAt(at), [name]: value }), at)
        await broken(rows.toSpliced(at, 1), at)
        await broken(rows.toSpliced(at, 0, { ...rowAt(at), details: '{}' }), at)
        if (at === to) return
        const [one, other] = [rowAt(at), rowAt(to)]
        const swapped = rows
          .with(at, { ...other, number: one.number })
          .with(to, { ...one, number: other.number })
        await broken(swapped, Math.min(at, to))
      },
    ),
  )
})

test('an end that was cut off is found, and one that was added to', async () => {
  const { rows, chain } = await open(5)
  const last = rows.at(-1) as AuditRow
  expect(await verifyChain(reader(rows.slice(0, 3), chain))).toMatchObject({ number: 4, fault: 'missing' })
  expect(await verifyChain(reader(rows, { ...chain, last_chain: Buffer.alloc(32) }))).toMatchObject({
    ...{ number: 5, fault: 'end_changed' },
  })
  const added = reader([...rows, { ...last, number: 6 }], chain)
  expect(await verifyChain(added)).toMatchObject({ number: 6, fault: 'changed' })
})

test('what is personal cannot be replaced, only taken out', async () => {
  const { rows, chain } = await open(2)
  const [row, other] = rows as [AuditRow, AuditRow]
  const { personal, personal_salt } = other
  expect(await verifyChain(reader([{ ...row, personal, personal_salt }, other], chain))).toMatchObject({
    ...{ number: 1, fault: 'personal_changed' },
  })
  const erased = { ...row, personal: null, personal_salt: null }
  expect(await verifyChain(reader([erased, other], chain))).toMatchObject({ outcome: 'whole' })
})

test('a row that was changed in the file itself is found', async () => {
  const { file, store } = await open(600)
  withRawDatabase(file, (db) => db.exec(`UPDATE audit_events SET user_id = 'mallory' WHERE number = 555`))
  expect(await verifyChain(store)).toEqual({ outcome: 'broken', number: 555, fault: 'changed' })
})

test('a beginning that is deleted during the walk breaks nothing', async () => {
  const { store } = await open(1_100)
  let pages = 0
  const readEvents: typeof store.readEvents = async (input) => {
    pages += 1
    if (pages === 2) await store.deleteOldEvents({ before: Number.MAX_SAFE_INTEGER, limit: 700 })
    return store.readEvents(input)
  }
  const verdict = await verifyChain({ readChain: store.readChain, readEvents })
  expect(verdict).toMatchObject({ outcome: 'whole', first: 701, last: 1_100 })
})
