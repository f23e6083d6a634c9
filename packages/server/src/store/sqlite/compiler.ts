import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { createQueries } from '../queries.ts'
import type { Database } from '../schema.ts'

/** Builds SQL text only; nothing is ever run through it. */
const compiler = new Kysely<Database>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** The ordinary queries in SQLite's words. */
export const queries = createQueries(compiler)
