import type { FoundSecret, SpendSecretInput, SpendSecretOutcome } from '../port/secrets.ts'
import type { WithMail } from '../port/users.ts'
import { isSameDigest } from '../same-digest.ts'
import type { OneTimeSecretRow } from '../schema.ts'
import type { Store } from '../store.ts'
import { endsSessions } from '../user-fields.ts'
import { addMails } from './mails.ts'
import type { Connections, Runner } from './pool/connections.ts'
import { Undo, violatedUnique } from './pool/faults.ts'
import { statement } from './pool/statement.ts'
import { endSessionsOfUser } from './sessions.ts'

/** Locks the user before the secret, as everybody does, so that nobody waits in a circle. */
const insert = statement(
  'insert_secret',
  `INSERT INTO one_time_secrets (id, user_id, purpose, digest, code_digest, code_attempts, email, created_at, expires_at)
   SELECT @id::text, owner.id, @purpose::text, @digest::bytea, @code_digest::bytea, 0, @email::text,
          @created_at::bigint, @expires_at::bigint
     FROM (SELECT id FROM users WHERE id = @user_id AND is_active = 1 FOR SHARE) AS owner
       ON CONFLICT (user_id, purpose) DO UPDATE
      SET id = excluded.id, digest = excluded.digest, code_digest = excluded.code_digest, code_attempts = 0,
          email = excluded.email, created_at = excluded.created_at, expires_at = excluded.expires_at
   RETURNING id`,
)

const byDigest = statement(
  'secret_by_digest',
  `SELECT id, user_id, code_digest FROM one_time_secrets
    WHERE digest = @digest AND purpose = @purpose AND expires_at > @now`,
)

const found = statement(
  'found_secret',
  `SELECT user_id, purpose, email, expires_at FROM one_time_secrets WHERE digest = @digest AND expires_at > @now`,
)

/** The try counts whether it is right or not, and before anybody knows. */
const tryCode = statement(
  'try_code',
  `UPDATE one_time_secrets SET code_attempts = code_attempts + 1
    WHERE user_id = @userId AND purpose = @purpose AND expires_at > @now AND code_attempts < @mostAttempts
   RETURNING id, user_id, code_digest`,
)

const lockActive = statement(
  'lock_active_user',
  'SELECT id FROM users WHERE id = @userId AND is_active = 1 FOR UPDATE',
)

/** Of all who show it at once one gets the row. */
const take = statement('take_secret', 'DELETE FROM one_time_secrets WHERE id = @id RETURNING email')

/** A proof of an address is good as long as the address is. */
const voidOthers = statement(
  'void_secrets',
  `DELETE FROM one_time_secrets WHERE user_id = @userId AND purpose <> 'verify_email'`,
)

const deleteExpired = statement(
  'delete_expired_secrets',
  `DELETE FROM one_time_secrets
    WHERE id = ANY(ARRAY(SELECT id FROM one_time_secrets WHERE expires_at <= @now LIMIT @limit FOR UPDATE SKIP LOCKED))
   RETURNING id`,
)

/** Who resets his password by mail has shown that he reads what is sent there. */
const setPassword = statement(
  'spend_on_password',
  `UPDATE users SET password_hash = @passwordHash, password_changed_at = @now::bigint,
          email_verified_at = CASE WHEN email = @email THEN coalesce(email_verified_at, @now::bigint)
                                   ELSE email_verified_at END
    WHERE id = @userId RETURNING id`,
)

const verifyEmail = statement(
  'spend_on_verification',
  'UPDATE users SET email_verified_at = @now WHERE id = @userId AND email = @email RETURNING id',
)

const changeEmail = statement(
  'spend_on_email',
  `UPDATE users SET email = @email, email_canonical = @emailCanonical, email_verified_at = @now
    WHERE id = @userId RETURNING id`,
)

const effects = { set_password: setPassword, verify_email: verifyEmail, change_email: changeEmail }

/** Stores a secret and mails that go out with a change; neither where there is no active user for the secret. */
export async function addWithMail(db: Runner, { secret, mails = [] }: WithMail): Promise<boolean> {
  if (secret && (await db.rows(insert, secret)).length === 0) return false
  await addMails(db, mails)
  return true
}

/** After it nobody takes the account over by what was sent out before. */
export async function voidSecrets(db: Runner, userId: string): Promise<void> {
  await db.rows(voidOthers, { userId })
}

type ShownRow = Pick<OneTimeSecretRow, 'id' | 'user_id' | 'code_digest'>

/** One statement, committed by itself: whatever becomes of the rest, a code that was tried has counted. */
async function shownSecret(
  db: Connections,
  { shown, purpose, now }: SpendSecretInput,
): Promise<ShownRow | undefined> {
  if ('digest' in shown) return (await db.rows<ShownRow>(byDigest, { ...shown, purpose, now }))[0]
  const [row] = await db.rows<ShownRow>(tryCode, { ...shown, purpose, now })
  return row && isSameDigest(row.code_digest, shown.codeDigest) ? row : undefined
}

const refused: SpendSecretOutcome = { outcome: 'refused' }

async function spend(
  db: Runner,
  { id, user_id: userId }: ShownRow,
  { effect, now }: SpendSecretInput,
): Promise<SpendSecretOutcome> {
  if ((await db.rows(lockActive, { userId })).length === 0) return refused
  const [taken] = await db.rows<{ email: string }>(take, { id })
  if (!taken) return refused
  const { email } = taken
  const applied = await db.rows(effects[effect.kind], { ...effect, userId, email, now })
  if (applied.length === 0) throw new Undo(refused)
  if (effect.kind !== 'verify_email') await voidSecrets(db, userId)
  if ('mails' in effect) await addMails(db, effect.mails ?? [])
  const ends = endsSessions(effect)
  const ended = ends ? await endSessionsOfUser(db, { userId, now, ...ends }) : []
  return { outcome: 'spent', userId, email, ended }
}

/** The verbs about one-time secrets. */
export function secretVerbs(
  db: Connections,
): Pick<Store, 'findSecret' | 'issueSecret' | 'spendSecret' | 'deleteExpiredSecrets'> {
  return {
    findSecret: async (input) => (await db.rows<FoundSecret>(found, input))[0],
    issueSecret: (input) =>
      db.transaction(async (runner) => ((await addWithMail(runner, input)) ? 'issued' : 'missing')),
    async spendSecret(input) {
      const secret = await shownSecret(db, input)
      if (!secret) return refused
      try {
        return await db.transaction((runner) => spend(runner, secret, input))
      } catch (thrown) {
        if (violatedUnique(thrown) !== 'users_email_unique') throw thrown
        return { outcome: 'taken' }
      }
    },
    deleteExpiredSecrets: async (input) => (await db.rows(deleteExpired, input)).length,
  }
}
