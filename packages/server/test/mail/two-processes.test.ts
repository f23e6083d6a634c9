import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { handClock, temporaryFolder } from '../harness.ts'
import { createDatabase, testLimits } from '../postgres/database.ts'
import { openMailServer } from './mail-server.ts'
import { openPostOffice, smtpAt } from './post-office.ts'

const count = 120

async function sqliteStores(now: number): Promise<Store[]> {
  const file = join(temporaryFolder(), 'mail.db')
  return [await openSqliteStore({ file, now }), await openSqliteStore({ file, now })]
}

async function postgresStores(now: number): Promise<Store[]> {
  const { address } = await createDatabase()
  const open = () => openPostgresStore({ address, limits: testLimits, now })
  return [await open(), await open()]
}

describe.each([
  ['the embedded database', sqliteStores],
  ['PostgreSQL', postgresStores],
])('two on %s', (_, openStores) => {
  test('that both send at once, without a lease between them: each mail once', async () => {
    const clock = handClock()
    const server = await openMailServer()
    const stores = await openStores(clock())
    const smtp = smtpAt(server.port)
    const offices = await Promise.all(stores.map((store) => openPostOffice({ smtp, store, clock })))
    onTestFinished(async () => {
      await server.close()
      await Promise.all(stores.map((store) => store.close()))
    })
    const ids = new Set<string>()
    for (let nth = 0; nth < count; nth += 1)
      ids.add((await offices[nth % 2]?.post(`u${nth}@example.net`)) ?? '')
    await Promise.all(offices.map((office) => office.outbox.run()))
    expect(server.taken).toHaveLength(count)
    expect(new Set(server.taken.flatMap(({ to }) => to)).size).toBe(count)
    const bySender = offices.map(({ events }) => events.filter(({ event }) => event === 'mail.sent').length)
    expect(bySender.reduce((sum, one) => sum + one, 0)).toBe(count)
    expect(Math.min(...bySender), 'both had a share').toBeGreaterThan(0)
  })
})
