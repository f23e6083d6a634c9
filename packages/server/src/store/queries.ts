import type { CompiledQuery, Kysely } from 'kysely'
import type { Database } from './schema.ts'
import type { ChangeKeysInput, NewUser, Page, SigningKeyRow, UpdateUserInput } from './store.ts'

/** A statement and its parameters, ready for any driver; `Row` is what it returns. */
export type Query<Row> = Pick<CompiledQuery<Row>, 'sql' | 'parameters'>

/** The ordinary statements, written once for every database. The hot ones are written by hand beside their driver. */
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
    insertUser(user: NewUser) {
      return db
        .insertInto('users')
        .values({ ...user, last_login_at: null })
        .compile()
    },
    takenNames(user: Pick<NewUser, 'username_canonical' | 'email_canonical'>) {
      return db
        .selectFrom('users')
        .select(['username_canonical', 'email_canonical'])
        .where((where) =>
          where.or([
            where('username_canonical', '=', user.username_canonical),
            where('email_canonical', '=', user.email_canonical),
          ]),
        )
        .compile()
    },
    updateUser(userId: string, set: UpdateUserInput['set']) {
      return db.updateTable('users').set(set).where('id', '=', userId).returning('id').compile()
    },
    deleteUser(userId: string) {
      return db.deleteFrom('users').where('id', '=', userId).returning('id').compile()
    },
    listSessions({ after, limit }: Page) {
      const query = db.selectFrom('sessions').selectAll().orderBy('id', 'desc').limit(limit)
      return (after === undefined ? query : query.where('id', '<', after)).compile()
    },
    listSessionsOfUser(userId: string, now: number) {
      return db
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .orderBy('id', 'desc')
        .compile()
    },
    listKeys() {
      return db.selectFrom('signing_keys').selectAll().orderBy('created_at').orderBy('kid').compile()
    },
    insertKey(key: SigningKeyRow) {
      return db.insertInto('signing_keys').values(key).compile()
    },
    moveKey({ kid, from, set }: ChangeKeysInput['move'][number]) {
      return db
        .updateTable('signing_keys')
        .set(set)
        .where('kid', '=', kid)
        .where('state', '=', from)
        .returning('kid')
        .compile()
    },
  }
}

export type Queries = ReturnType<typeof createQueries>
