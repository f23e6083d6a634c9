import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { temporaryFolder } from '../harness.ts'
import { storeConformance } from './conformance.ts'
import { t0 } from './samples.ts'

let file = ''

storeConformance(
  'SQLite on a file',
  () => {
    file = join(temporaryFolder(), 'store.db')
    return openSqliteStore({ file, now: t0 })
  },
  () => openSqliteStore({ file, now: t0 }),
)
