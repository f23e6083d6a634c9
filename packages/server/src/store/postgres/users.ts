import type {
  CreateUserOutcome,
  NewUser,
  TakenField,
  UpdateUserInput,
  UpdateUserOutcome,
  WithMail,
} from '../port/users.ts'
import type { UserRow } from '../schema.ts'
import type { Store } from '../store.ts'
import { conditionParameters, namesIn, takenIn, updateParameters, voidsSecrets } from '../user-fields.ts'
import { addMails, leaveMails } from './mails.ts'
import type { Connections, Runner } from './pool/connections.ts'
import { violatedUnique } from './pool/faults.ts'
import { inTurn } from './pool/in-turn.ts'
import { isText, statement } from './pool/statement.ts'
import { addWithMail, voidSecrets } from './secrets.ts'
import { endSessionsOfUser } from './sessions.ts'
import { erasePersonal } from './trail.ts'

const columns = `id, username, username_canonical, email, email_canonical, password_hash,
  is_active, is_staff, is_superuser, created_at, last_login_at, email_verified_at, password_changed_at,
  first_name, last_name, group_names, sessions_ended_at, admin_role`

const byId = statement('user_by_id', `SELECT ${columns} FROM users WHERE id = @id`)
const byName = statement('user_by_name', `SELECT ${columns} FROM users WHERE username_canonical = @name`)
const byEmail = statement('user_by_email', `SELECT ${columns} FROM users WHERE email_canonical = @email`)

const usernames = statement('usernames', 'SELECT id, username FROM users WHERE id = ANY(@ids::text[])')

const insertUser = statement(
  'insert_user',
  `INSERT INTO users (id, username, username_canonical, email, email_canonical, password_hash,
                      is_active, is_staff, is_superuser, created_at, admin_role)
   VALUES (@id, @username, @username_canonical, @email, @email_canonical, @password_hash,
           @is_active, @is_staff, @is_superuser, @created_at, @admin_role)`,
)

const taken = statement(
  'taken',
  `SELECT id, username_canonical, email_canonical FROM users
    WHERE username_canonical = @username_canonical OR email_canonical = @email_canonical`,
)

const conditions = `
  (@checksSeen::smallint = 0 OR (
     username = @seenUsername::text AND email = @seenEmail::text
     AND email_verified_at IS NOT DISTINCT FROM @seenVerified::bigint AND is_active = @seenActive::smallint
     AND is_staff = @seenStaff::smallint AND is_superuser = @seenSuperuser::smallint
     AND admin_role IS NOT DISTINCT FROM @seenRole::text
     AND password_changed_at IS NOT DISTINCT FROM @seenPassword::bigint))
  AND (@keepsOwner::smallint = 0 OR EXISTS (
     SELECT 1 FROM users AS others WHERE others.admin_role = 'owner' AND others.is_active = 1 AND others.id <> @userId))`

/** Two owners who remove each other at the same moment come one after the other. */
const lockOwners = statement(
  'lock_owners',
  `SELECT id FROM users WHERE admin_role IS NOT NULL AND admin_role = 'owner' ORDER BY id FOR UPDATE`,
)

const updateUser = statement(
  'update_user',
  `UPDATE users
      SET username = coalesce(@username::text, username),
          username_canonical = coalesce(@username_canonical::text, username_canonical),
          email = coalesce(@email::text, email),
          email_canonical = CASE WHEN @setsEmail::smallint = 1 THEN @email_canonical::text ELSE email_canonical END,
          email_verified_at = CASE WHEN @setsVerified::smallint = 1 THEN @email_verified_at::bigint
                                   ELSE email_verified_at END,
          password_hash = coalesce(@password_hash::text, password_hash),
          password_changed_at = coalesce(@password_changed_at::bigint, password_changed_at),
          is_active = coalesce(@is_active::smallint, is_active),
          is_staff = coalesce(@is_staff::smallint, is_staff),
          is_superuser = coalesce(@is_superuser::smallint, is_superuser),
          first_name = coalesce(@first_name::text, first_name),
          last_name = coalesce(@last_name::text, last_name),
          admin_role = CASE WHEN @setsRole::smallint = 1 THEN @admin_role::text ELSE admin_role END
    WHERE id = @userId AND (@passwordHash::text IS NULL OR password_hash = @passwordHash) AND ${conditions}
   RETURNING id`,
)

const rehash = statement(
  'rehash_password',
  'UPDATE users SET password_hash = @to WHERE id = @userId AND password_hash = @from',
)

/** A login of the same user waits behind this, and then finds him gone. */
const lockUser = statement(
  'lock_user',
  `SELECT id FROM users WHERE id = @userId AND ${conditions} FOR UPDATE`,
)
const deleteUser = statement('delete_user', 'DELETE FROM users WHERE id = @userId')

/** Which of the names somebody has, but for the user of that id. */
async function takenFields(
  db: Runner,
  names: Parameters<Store['findTaken']>[0],
  userId?: string,
): Promise<TakenField[]> {
  const rows = await db.rows<UserRow>(taken, names)
  return takenIn(
    rows.filter(({ id }) => id !== userId),
    names,
  )
}

/** One statement where nothing goes out with it. */
async function insertWithMail(db: Connections, user: NewUser & WithMail): Promise<CreateUserOutcome> {
  if (user.secret || user.mails?.length) {
    await db.transaction(async (runner) => {
      await runner.rows(insertUser, user)
      await addWithMail(runner, user)
    })
  } else await db.rows(insertUser, user)
  return { outcome: 'created' }
}

/** The user first: a login that came before is then seen by the second statement, one that comes later waits. */
function update(db: Connections, input: UpdateUserInput): Promise<UpdateUserOutcome> {
  const { userId, set, endSessions } = input
  return db.transaction(async (runner) => {
    if (input.keeps) await runner.rows(lockOwners, {})
    if ((await runner.rows(updateUser, updateParameters(input))).length === 0) return { outcome: 'missing' }
    if (voidsSecrets(set)) await voidSecrets(runner, userId)
    await addWithMail(runner, input)
    const ended = endSessions ? await endSessionsOfUser(runner, { userId, ...endSessions }) : []
    return { outcome: 'updated', ended }
  })
}

const uniqueNames = ['users_username_unique', 'users_email_unique']

type UserVerbs = Pick<
  Store,
  | 'findUserById'
  | 'findUserByName'
  | 'findUserByEmail'
  | 'listUsernames'
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
    findUserByEmail: async (email) =>
      isText(email) ? (await db.rows<UserRow>(byEmail, { email }))[0] : undefined,
    listUsernames: (ids) => db.rows(usernames, { ids: ids.filter(isText) }),
    findTaken: (names) => takenFields(db, names),
    async createUser(user) {
      try {
        return await insertWithMail(db, user)
      } catch (thrown) {
        const rule = violatedUnique(thrown)
        if (rule === undefined) throw thrown
        const fields = await takenFields(db, user)
        if (fields.length > 0) return { outcome: 'taken', fields }
        if (rule === 'users_pk') return { outcome: 'id_taken' }
        if (!uniqueNames.includes(rule)) throw thrown
        // Whoever had the name is gone by now.
        return verbs.createUser(user)
      }
    },
    async updateUser(input) {
      try {
        return await update(db, input)
      } catch (thrown) {
        const rule = violatedUnique(thrown) ?? ''
        if (!uniqueNames.includes(rule)) throw thrown
        const fields = await takenFields(db, namesIn(input.set), input.userId)
        return fields.length > 0 ? { outcome: 'taken', fields } : verbs.updateUser(input)
      }
    },
    async rehashPassword(input) {
      await db.rows(rehash, input)
    },
    deleteUser: ({ userId, now, mails = [], ...wanted }) =>
      inTurn(db, async (runner) => {
        if (wanted.keeps) await runner.rows(lockOwners, {})
        const locked = await runner.rows(lockUser, { userId, ...conditionParameters(wanted) })
        if (locked.length === 0) return { outcome: 'missing' }
        const ended = await endSessionsOfUser(runner, { userId, now, reason: 'user_deleted' })
        await leaveMails(runner, userId)
        await runner.rows(deleteUser, { userId })
        await addMails(
          runner,
          mails.map((mail) => ({ ...mail, user_id: null })),
        )
        await erasePersonal(runner, userId)
        return { outcome: 'updated', ended }
      }),
  }
  return verbs
}
