import { afterAll, beforeAll, describe } from 'vitest'
import { openPostgresStore } from '../../src/store/postgres/open.ts'
import type { Store } from '../../src/store/store.ts'
import { createDatabase, query, type TestDatabase, testLimits } from '../postgres/database.ts'
import { storeConformance } from './conformance.ts'
import { t0 } from './samples.ts'

const tables =
  'users, sessions, signing_keys, one_time_secrets, mails, limits, audit_events, event_counts, legacy_tokens, counters, cursors, leases'
const emptyChain =
  'UPDATE audit_chain SET last_number = 0, last_chain = NULL, kept_after = 0, kept_chain = NULL'

describe.each(['read committed', 'repeatable read', 'serializable'])('at the level %s', (level) => {
  let database: TestDatabase
  let opened: Store
  const open = () => openPostgresStore({ address: database.address, limits: testLimits, now: t0 })

  beforeAll(async () => {
    database = await createDatabase()
    const { database: name } = database.address
    await query(database, `ALTER DATABASE ${name} SET default_transaction_isolation = '${level}'`)
    opened = await open()
  })
  afterAll(() => opened.close())

  storeConformance(
    'PostgreSQL',
    async () => {
      await query(database, `TRUNCATE ${tables}`)
      await query(database, emptyChain)
      return open()
    },
    open,
  )
})
