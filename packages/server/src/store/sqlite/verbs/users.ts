import type { TakenField } from '../../port/users.ts'
import type { UserRow } from '../../schema.ts'
import type { Store } from '../../store.ts'
import { conditionParameters, namesIn, takenIn, updateParameters, voidsSecrets } from '../../user-fields.ts'
import { type Connection, isConstraintFault } from '../connection.ts'
import { addMails, leaveMails } from './mails.ts'
import { addWithMail, voidSecrets } from './secrets.ts'
import { endSessionsOfUser } from './sessions.ts'
import { erasePersonal } from './trail.ts'
import type { Verbs } from './verb.ts'

const insertSql = `
  INSERT INTO users (id, username, username_canonical, email, email_canonical, password_hash,
                     is_active, is_staff, is_superuser, created_at, admin_role)
  VALUES (@id, @username, @username_canonical, @email, @email_canonical, @password_hash,
          @is_active, @is_staff, @is_superuser, @created_at, @admin_role)`

const takenSql = `
  SELECT id, username_canonical, email_canonical FROM users
   WHERE username_canonical = @username_canonical OR email_canonical = @email_canonical`

const conditionsSql = `
  (@checksSeen = 0 OR (
     username = @seenUsername AND email = @seenEmail AND email_verified_at IS @seenVerified
     AND is_active = @seenActive AND is_staff = @seenStaff AND is_superuser = @seenSuperuser
     AND admin_role IS @seenRole AND password_changed_at IS @seenPassword))
  AND (@keepsOwner = 0 OR EXISTS (
     SELECT 1 FROM users AS others WHERE others.admin_role = 'owner' AND others.is_active = 1 AND others.id <> @userId))`

const updateSql = `
  UPDATE users
     SET username = coalesce(@username, username),
         username_canonical = coalesce(@username_canonical, username_canonical),
         email = coalesce(@email, email),
         email_canonical = CASE WHEN @setsEmail THEN @email_canonical ELSE email_canonical END,
         email_verified_at = CASE WHEN @setsVerified THEN @email_verified_at ELSE email_verified_at END,
         password_hash = coalesce(@password_hash, password_hash),
         password_changed_at = coalesce(@password_changed_at, password_changed_at),
         is_active = coalesce(@is_active, is_active), is_staff = coalesce(@is_staff, is_staff),
         is_superuser = coalesce(@is_superuser, is_superuser),
         first_name = coalesce(@first_name, first_name), last_name = coalesce(@last_name, last_name),
         admin_role = CASE WHEN @setsRole THEN @admin_role ELSE admin_role END
   WHERE id = @userId AND (@passwordHash IS NULL OR password_hash = @passwordHash) AND ${conditionsSql}
  RETURNING id`

const rehashSql = 'UPDATE users SET password_hash = @to WHERE id = @userId AND password_hash = @from'

const isDeletableSql = `SELECT id FROM users WHERE id = @userId AND ${conditionsSql}`

const deleteSql = 'DELETE FROM users WHERE id = @userId RETURNING id'

type Names = Parameters<Store['findTaken']>[0]

/** Which of the names somebody has, but for the user of that id. */
export function takenFields(db: Connection, names: Names, userId?: string): TakenField[] {
  const rows = db.rows<UserRow>(takenSql, names)
  return takenIn(
    rows.filter(({ id }) => id !== userId),
    names,
  )
}

const idSql = 'SELECT id FROM users WHERE id = @id'

/** The verbs about users. */
export const userVerbs: Verbs<'createUser' | 'updateUser' | 'rehashPassword' | 'deleteUser'> = {
  createUser(db, user) {
    try {
      db.rows(insertSql, { admin_role: null, ...user })
    } catch (thrown) {
      if (!isConstraintFault(thrown)) throw thrown
      const fields = takenFields(db, user)
      if (fields.length > 0) return { outcome: 'taken', fields }
      if (db.rows(idSql, user).length === 0) throw thrown
      return { outcome: 'id_taken' }
    }
    addWithMail(db, user)
    return { outcome: 'created' }
  },
  updateUser(db, input) {
    const { userId, set, endSessions } = input
    try {
      if (db.rows(updateSql, updateParameters(input)).length === 0) return { outcome: 'missing' }
    } catch (thrown) {
      const fields = isConstraintFault(thrown) ? takenFields(db, namesIn(set), userId) : []
      if (fields.length === 0) throw thrown
      return { outcome: 'taken', fields }
    }
    if (voidsSecrets(set)) voidSecrets(db, userId)
    addWithMail(db, input)
    return { outcome: 'updated', ended: endSessions ? endSessionsOfUser(db, { userId, ...endSessions }) : [] }
  },
  rehashPassword(db, input) {
    db.rows(rehashSql, input)
  },
  deleteUser(db, { userId, now, mails = [], ...conditions }) {
    const isDeletable = db.rows(isDeletableSql, { userId, ...conditionParameters(conditions) }).length > 0
    if (!isDeletable) return { outcome: 'missing' }
    const ended = endSessionsOfUser(db, { userId, now, reason: 'user_deleted' })
    db.rows(deleteSql, { userId })
    erasePersonal(db, userId)
    leaveMails(db, userId)
    addMails(
      db,
      mails.map((mail) => ({ ...mail, user_id: null })),
    )
    return { outcome: 'updated', ended }
  },
}
