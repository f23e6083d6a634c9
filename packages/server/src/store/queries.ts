import type { CompiledQuery, Kysely } from 'kysely'
import type { Database } from './schema.ts'
import type { AuditFilter, Page } from './store.ts'

/** A statement and its parameters, ready for any driver; `Row` is what it returns. */
export type Query<Row> = Pick<CompiledQuery<Row>, 'sql' | 'parameters'>

/**
 * The queries with optional parts, built once for every database. Those without are written by hand beside their
 * driver, so that a server that nobody asks for a list never loads the query builder.
 */
export function createQueries(db: Kysely<Database>) {
  return {
    listUsers({ after, limit, search }: Page & { search?: string | undefined }) {
      let query = db.selectFrom('users').selectAll().orderBy('id').limit(limit)
      if (after !== undefined) query = query.where('id', '>', after)
      if (search !== undefined) {
        query = query.where((where) =>
          where.or([where('username_canonical', '=', search), where('email_canonical', '=', search)]),
        )
      }
      return query.compile()
    },
    listPasswordHashes({ after, limit }: Page) {
      const query = db.selectFrom('users').select(['id', 'password_hash']).orderBy('id').limit(limit)
      return (after === undefined ? query : query.where('id', '>', after)).compile()
    },
    listSessions({ after, limit }: Page) {
      const query = db.selectFrom('sessions').selectAll().orderBy('id', 'desc').limit(limit)
      return (after === undefined ? query : query.where('id', '<', after)).compile()
    },
    listMails({ after, limit }: Page) {
      const query = db.selectFrom('mails').selectAll().orderBy('id', 'desc').limit(limit)
      return (after === undefined ? query : query.where('id', '<', after)).compile()
    },
    listEvents({ before, limit, userId, requestId, event }: AuditFilter) {
      let query = db.selectFrom('audit_events').selectAll().orderBy('number', 'desc').limit(limit)
      if (before !== undefined) query = query.where('number', '<', before)
      if (userId !== undefined) query = query.where('user_id', '=', userId)
      if (requestId !== undefined) query = query.where('request_id', '=', requestId)
      if (event !== undefined) query = query.where('event', '=', event)
      return query.compile()
    },
  }
}
