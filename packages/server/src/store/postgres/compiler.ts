import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { createQueries } from '../queries.ts'
import type { Database } from '../schema.ts'

/** Builds SQL text only; nothing is ever run through it. */
const compiler = new Kysely<Database>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** The ordinary queries in PostgreSQL's words. */
export const queries = createQueries(compiler)
