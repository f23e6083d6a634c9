import type { ClaimedMail, NewMail } from '../port/mails.ts'
import type { MailRow } from '../schema.ts'
import type { Store } from '../store.ts'
import type { Connections, Runner } from './pool/connections.ts'
import { isText, statement } from './pool/statement.ts'

const columns = `id, user_id, template, recipient, sealed, created_at, due_at, attempts,
  sent_at, failed_at, last_error`

const byId = statement('mail_by_id', `SELECT ${columns} FROM mails WHERE id = @id`)

const insert = statement(
  'insert_mail',
  `INSERT INTO mails (id, user_id, template, recipient, sealed, created_at, due_at, attempts)
   VALUES (@id, @user_id, @template, @recipient, @sealed, @created_at, @created_at, 0)`,
)

/** What another process takes at the same moment is passed over. */
const claim = statement(
  'claim_mails',
  `UPDATE mails SET due_at = @until, attempts = attempts + 1
    WHERE id = ANY(ARRAY(SELECT id FROM mails WHERE due_at <= @now
                          ORDER BY due_at, id LIMIT @limit FOR UPDATE SKIP LOCKED))
   RETURNING id, template, recipient, sealed, created_at, attempts`,
)

/** Also after others gave it up or have it in hand: it is with its reader. Of nobody's nothing personal stays. */
const sent = statement(
  'mail_sent',
  `UPDATE mails SET sent_at = @now, due_at = NULL, failed_at = NULL, sealed = NULL, last_error = NULL,
          recipient = CASE WHEN user_id IS NULL THEN '' ELSE recipient END
    WHERE id = @id`,
)

/** What somebody else has sent meanwhile stays sent. */
const unsent = statement(
  'mail_unsent',
  `UPDATE mails SET due_at = @retryAt::bigint, last_error = @error,
          failed_at = CASE WHEN @retryAt::bigint IS NULL THEN @now::bigint END
    WHERE id = @id AND sent_at IS NULL`,
)

const retry = statement(
  'retry_mail',
  `UPDATE mails SET due_at = @now, failed_at = NULL, attempts = 0
    WHERE id = @id AND failed_at IS NOT NULL AND sealed IS NOT NULL RETURNING id`,
)

const deleteOld = statement(
  'delete_old_mails',
  `DELETE FROM mails
    WHERE id = ANY(ARRAY(SELECT id FROM mails WHERE due_at IS NULL AND created_at < @before
                          LIMIT @limit FOR UPDATE SKIP LOCKED))
   RETURNING id`,
)

const deleteSettled = statement(
  'delete_settled_mails',
  'DELETE FROM mails WHERE user_id = @userId AND due_at IS NULL',
)
const disown = statement(
  'disown_mails',
  'UPDATE mails SET user_id = NULL, last_error = NULL WHERE user_id = @userId',
)

/** Stores mails that are due at once. */
export async function addMails(db: Runner, mails: readonly NewMail[]): Promise<void> {
  for (const mail of mails) await db.rows(insert, mail)
}

/** What is left of a deleted user's mails: those that are still to be sent, until they are. */
export async function leaveMails(db: Runner, userId: string): Promise<void> {
  await db.rows(deleteSettled, { userId })
  await db.rows(disown, { userId })
}

type MailVerbs = Pick<
  Store,
  'addMail' | 'claimMails' | 'settleMail' | 'findMail' | 'retryMail' | 'deleteOldMails'
>

/** The verbs about mails. */
export function mailVerbs(db: Connections): MailVerbs {
  return {
    addMail: (mail) => addMails(db, [mail]),
    claimMails: (input) => db.rows<ClaimedMail>(claim, input),
    async settleMail({ id, now, result }) {
      if (result.sent) await db.rows(sent, { id, now })
      else await db.rows(unsent, { id, now, error: result.error, retryAt: result.retryAt })
    },
    findMail: async (id) => (isText(id) ? (await db.rows<MailRow>(byId, { id }))[0] : undefined),
    retryMail: async (input) => (await db.rows(retry, input)).length > 0,
    deleteOldMails: async (input) => (await db.rows(deleteOld, input)).length,
  }
}
