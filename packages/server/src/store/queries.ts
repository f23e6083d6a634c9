import { type CompiledQuery, type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { Page, SessionQuery, UserQuery } from './port/lists.ts'
import type { AuditFilter } from './port/trail.ts'
import type { Database } from './schema.ts'

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
    listEvents({ before, after, limit, userId, requestId, ...more }: AuditFilter) {
      const { event, actorId, sessionId, result } = more
      let query = db.selectFrom('audit_events').selectAll().orderBy('number', 'desc').limit(limit)
      if (before !== undefined) query = query.where('number', '<', before)
      if (userId !== undefined) query = query.where('user_id', '=', userId)
      if (requestId !== undefined) query = query.where('request_id', '=', requestId)
      if (after !== undefined) query = query.where('number', '>', after)
      if (event !== undefined) query = query.where('event', '=', event)
      if (actorId !== undefined) query = query.where('actor_id', '=', actorId)
      if (sessionId !== undefined) query = query.where('session_id', '=', sessionId)
      if (result !== undefined) query = query.where('result', '=', result)
      return query.compile()
    },
    /** a page, of the first `mostScanned` rows behind the last one */
    queryUsers(query: UserQuery) {
      const scanned = inOrder(db, query).selectAll().limit(mostScanned).as('users')
      const { by, direction, limit } = query
      const page = db.selectFrom(scanned).selectAll().orderBy(by, direction).orderBy('id', direction)
      return page
        .where((where) => where.and(conditionsOf(where, query.only)))
        .limit(limit)
        .compile()
    },
    /** where the rows that were looked at for a page end; nothing where they were all there are */
    endOfUsers(query: UserQuery) {
      const columns = [`${query.by} as value`, 'id'] as const
      return inOrder(db, query)
        .select(columns)
        .limit(1)
        .offset(mostScanned - 1)
        .compile()
    },
    querySessions(query: SessionQuery) {
      const scanned = newest(db, query).selectAll().limit(mostScanned).as('sessions')
      let page = db.selectFrom(scanned).selectAll().orderBy('id', 'desc').limit(query.limit)
      const { address, liveAt } = query
      if (address !== undefined) page = page.where('address', '=', address)
      if (liveAt !== undefined) page = page.where('revoked_at', 'is', null).where('expires_at', '>', liveAt)
      return page.compile()
    },
    endOfSessions(query: SessionQuery) {
      return newest(db, query)
        .select('id')
        .limit(1)
        .offset(mostScanned - 1)
        .compile()
    },
  }
}

/** Rows that are looked at for one page, some ten milliseconds' worth. */
const mostScanned = 10_000

/** No text is beyond it. */
const lastCharacter = '\u{10ffff}'

function newest(db: Kysely<Database>, { after }: SessionQuery) {
  const query = db.selectFrom('sessions').orderBy('id', 'desc')
  return after === undefined ? query : query.where('id', '<', after)
}

/** All users behind a position, in their order. What an index knows is left out here, so that it is not even looked at. */
function inOrder(db: Kysely<Database>, { by, direction, prefix, after, only }: UserQuery) {
  let query = db.selectFrom('users').orderBy(by, direction).orderBy('id', direction)
  if (prefix !== undefined) query = query.where(by, '>=', prefix).where(by, '<', prefix + lastCharacter)
  if (by === 'created_at') query = query.where((where) => where.and(indexedOf(only)))
  if (by === 'email_canonical') query = query.where(by, 'is not', null)
  if (!after) return query
  const { value, id } = after
  const isBehind = direction === 'asc' ? ('>' as const) : ('<' as const)
  return query.where(({ eb, refTuple, tuple }) => eb(refTuple(by, 'id'), isBehind, tuple(value, id)))
}

/** In the words of the partial indexes: no database sees that a parameter is what an index asks for. */
function indexedOf({ isActive, isStaff, role }: UserQuery['only']) {
  return [
    ...(isActive === false ? [sql<boolean>`is_active = 0`] : []),
    ...(isStaff === true ? [sql<boolean>`is_staff = 1`] : []),
    ...(role !== undefined && role !== 'none' ? [sql<boolean>`admin_role IS NOT NULL`] : []),
  ]
}

function conditionsOf(
  where: ExpressionBuilder<Pick<Database, 'users'>, 'users'>,
  { isActive, isStaff, isVerified, hasEmail, role, notNamed }: UserQuery['only'],
) {
  const flag = (column: 'is_active' | 'is_staff', is: boolean | undefined) =>
    is === undefined ? [] : [where(column, '=', is ? 1 : 0)]
  const filled = (column: 'email_verified_at' | 'email_canonical', is: boolean | undefined) =>
    is === undefined ? [] : [where(column, is ? 'is not' : 'is', null)]
  const named = (prefix: string) =>
    where.or([
      where('username_canonical', '<', prefix),
      where('username_canonical', '>=', prefix + lastCharacter),
    ])
  return [
    ...flag('is_active', isActive),
    ...flag('is_staff', isStaff),
    ...filled('email_verified_at', isVerified),
    ...filled('email_canonical', hasEmail),
    ...rolesOf(where, role),
    ...(notNamed === undefined ? [] : [named(notNamed)]),
  ]
}

function rolesOf(
  where: ExpressionBuilder<Pick<Database, 'users'>, 'users'>,
  role: UserQuery['only']['role'],
) {
  if (role === undefined) return []
  if (role === 'none' || role === 'any') return [where('admin_role', role === 'any' ? 'is not' : 'is', null)]
  return [where('admin_role', '=', role)]
}
