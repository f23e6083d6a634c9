import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { temporaryFolder } from '../harness.ts'
import { storeConformance } from './conformance.ts'
import { t0 } from './samples.ts'

storeConformance('SQLite on a file', () =>
  openSqliteStore({ file: join(temporaryFolder(), 'store.db'), now: t0 }),
)
