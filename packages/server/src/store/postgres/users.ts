import type { Store, TakenField, UserRow } from '../store.ts'
import type { Connections, Runner } from './connections.ts'
import { violatedUnique } from './faults.ts'
import { endSessionsOfUser } from './sessions.ts'
import { statement } from './statement.ts'

const columns = `id, username, username_canonical, email, email_canonical, password_hash,
  is_active, is_staff, is_superuser, created_at, last_login_at`

const byId = statement('user_by_id', `SELECT ${columns} FROM users WHERE id = @id`)
const byName = statement('user_by_name', `SELECT ${columns} FROM users WHERE username_canonical = @name`)

const insertUser = statement(
  'insert_user',
  `INSERT INTO users (id, username, username_canonical, email, email_canonical, password_hash,
                      is_active, is_staff, is_superuser, created_at)
   VALUES (@id, @username, @username_canonical, @email, @email_canonical, @password_hash,
           @is_active, @is_staff, @is_superuser, @created_at)`,
)

const taken = statement(
  'taken',
  `SELECT username_canonical, email_canonical FROM users
    WHERE username_canonical = @username_canonical OR email_canonical = @email_canonical`,
)

const updateUser = statement(
  'update_user',
  `UPDATE users
      SET is_active = coalesce(@is_active::smallint, is_active),
          is_staff = coalesce(@is_staff::smallint, is_staff),
          is_superuser = coalesce(@is_superuser::smallint, is_superuser),
          password_hash = coalesce(@password_hash::text, password_hash)
    WHERE id = @userId RETURNING id`,
)

const rehash = statement(
  'rehash_password',
  'UPDATE users SET password_hash = @to WHERE id = @userId AND password_hash = @from',
)

/** A login of the same user waits behind this, and then finds him gone. */
const lockUser = statement('lock_user', 'SELECT id FROM users WHERE id = @userId FOR UPDATE')
const deleteUser = statement('delete_user', 'DELETE FROM users WHERE id = @userId')

/** Text with a NUL is nobody's: PostgreSQL cannot hold it, and refuses even to look for it. */
function isText(text: string): boolean {
  return !text.includes('\0')
}

async function takenFields(db: Runner, names: Parameters<Store['findTaken']>[0]): Promise<TakenField[]> {
  const rows = await db.rows<Pick<UserRow, 'username_canonical' | 'email_canonical'>>(taken, names)
  const fields: TakenField[] = []
  if (rows.some((row) => row.username_canonical === names.username_canonical)) fields.push('username')
  if (rows.some((row) => names.email_canonical !== null && row.email_canonical === names.email_canonical)) {
    fields.push('email')
  }
  return fields
}

type UserVerbs = Pick<
  Store,
  | 'findUserById'
  | 'findUserByName'
  | 'findTaken'
  | 'createUser'
  | 'updateUser'
  | 'rehashPassword'
  | 'deleteUser'
>

/** The verbs about users. */
export function userVerbs(db: Connections): UserVerbs {
  const verbs: UserVerbs = {
    findUserById: async (id) => (isText(id) ? (await db.rows<UserRow>(byId, { id }))[0] : undefined),
    findUserByName: async (name) =>
      isText(name) ? (await db.rows<UserRow>(byName, { name }))[0] : undefined,
    findTaken: (names) => takenFields(db, names),
    async createUser(user) {
      try {
        await db.rows(insertUser, user)
        return { outcome: 'created' }
      } catch (thrown) {
        if (violatedUnique(thrown) === undefined) throw thrown
        const fields = await takenFields(db, user)
        // Whoever had the name may be gone by now; an id that is taken is a mistake of ours.
        if (fields.length === 0 && violatedUnique(thrown) === 'users_pk') throw thrown
        return fields.length > 0 ? { outcome: 'taken', fields } : verbs.createUser(user)
      }
    },
    /** The user first: a login that came before is then seen by the second statement, one that comes later waits. */
    updateUser: ({ userId, set, endSessions }) =>
      db.transaction(async (runner) => {
        if ((await runner.rows(updateUser, { userId, ...set })).length === 0) return { outcome: 'missing' }
        const ended = endSessions ? await endSessionsOfUser(runner, { userId, ...endSessions }) : []
        return { outcome: 'updated', ended }
      }),
    async rehashPassword(input) {
      await db.rows(rehash, input)
    },
    deleteUser: ({ userId, now }) =>
      db.transaction(async (runner) => {
        if ((await runner.rows(lockUser, { userId })).length === 0) return { outcome: 'missing' }
        const ended = await endSessionsOfUser(runner, { userId, now, reason: 'user_deleted' })
        await runner.rows(deleteUser, { userId })
        return { outcome: 'updated', ended }
      }),
  }
  return verbs
}
