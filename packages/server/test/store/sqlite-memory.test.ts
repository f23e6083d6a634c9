import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { storeConformance } from './conformance.ts'
import { t0 } from './samples.ts'

storeConformance('SQLite in memory', () => openSqliteStore({ file: ':memory:', now: t0 }))
