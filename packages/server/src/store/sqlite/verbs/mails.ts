import type { ClaimedMail, NewMail } from '../../port/mails.ts'
import type { Connection } from '../connection.ts'
import type { Verbs } from './verb.ts'

const insertSql = `
  INSERT INTO mails (id, user_id, template, recipient, sealed, created_at, due_at, attempts)
  VALUES (@id, @user_id, @template, @recipient, @sealed, @created_at, @created_at, 0)`

const claimSql = `
  UPDATE mails SET due_at = @until, attempts = attempts + 1
   WHERE id IN (SELECT id FROM mails WHERE due_at <= @now ORDER BY due_at, id LIMIT @limit)
  RETURNING id, template, recipient, sealed, created_at, attempts`

/** Also after others gave it up or have it in hand: it is with its reader. Of nobody's nothing personal stays. */
const sentSql = `
  UPDATE mails SET sent_at = @now, due_at = NULL, failed_at = NULL, sealed = NULL, last_error = NULL,
         recipient = CASE WHEN user_id IS NULL THEN '' ELSE recipient END
   WHERE id = @id`

/** What somebody else has sent meanwhile stays sent. */
const unsentSql = `
  UPDATE mails SET due_at = @retryAt, failed_at = CASE WHEN @retryAt IS NULL THEN @now END, last_error = @error
   WHERE id = @id AND sent_at IS NULL`

const retrySql = `
  UPDATE mails SET due_at = @now, failed_at = NULL, attempts = 0
   WHERE id = @id AND failed_at IS NOT NULL AND sealed IS NOT NULL RETURNING id`

const deleteOldSql = `
  DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE due_at IS NULL AND created_at < @before LIMIT @limit)
  RETURNING id`

const deleteSettledSql = 'DELETE FROM mails WHERE user_id = @userId AND due_at IS NULL'
const disownSql = 'UPDATE mails SET user_id = NULL, last_error = NULL WHERE user_id = @userId'

/** Stores mails that are due at once. */
export function addMails(db: Connection, mails: readonly NewMail[]): void {
  for (const mail of mails) db.rows(insertSql, mail)
}

/** What is left of a deleted user's mails: those that are still to be sent, until they are. */
export function leaveMails(db: Connection, userId: string): void {
  db.rows(deleteSettledSql, { userId })
  db.rows(disownSql, { userId })
}

/** The verbs about mails. */
export const mailVerbs: Verbs<'addMail' | 'claimMails' | 'settleMail' | 'retryMail' | 'deleteOldMails'> = {
  addMail: (db, mail) => addMails(db, [mail]),
  claimMails: (db, input) => db.rows<ClaimedMail>(claimSql, input),
  settleMail(db, { id, now, result }) {
    if (result.sent) db.rows(sentSql, { id, now })
    else db.rows(unsentSql, { id, now, error: result.error, retryAt: result.retryAt })
  },
  retryMail: (db, input) => db.rows(retrySql, input).length > 0,
  deleteOldMails: (db, input) => db.rows(deleteOldSql, input).length,
}
