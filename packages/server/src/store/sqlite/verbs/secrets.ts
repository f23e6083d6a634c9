import type { SpendSecretInput, SpendSecretOutcome } from '../../port/secrets.ts'
import type { WithMail } from '../../port/users.ts'
import { isSameDigest } from '../../same-digest.ts'
import type { OneTimeSecretRow } from '../../schema.ts'
import { endsSessions } from '../../user-fields.ts'
import { type Connection, isConstraintFault } from '../connection.ts'
import { type Tentative, tentatively } from '../savepoint.ts'
import { addMails } from './mails.ts'
import { endSessionsOfUser } from './sessions.ts'
import type { Verbs } from './verb.ts'

const insertSql = `
  INSERT INTO one_time_secrets (id, user_id, purpose, digest, code_digest, code_attempts, email, created_at, expires_at)
  SELECT @id, users.id, @purpose, @digest, @code_digest, 0, @email, @created_at, @expires_at
    FROM users WHERE users.id = @user_id AND users.is_active = 1
      ON CONFLICT (user_id, purpose) DO UPDATE
     SET id = excluded.id, digest = excluded.digest, code_digest = excluded.code_digest, code_attempts = 0,
         email = excluded.email, created_at = excluded.created_at, expires_at = excluded.expires_at
  RETURNING id`

const byDigestSql = `
  SELECT * FROM one_time_secrets WHERE digest = @digest AND purpose = @purpose AND expires_at > @now`

/** The try counts whether it is right or not, and before anybody knows. */
const tryCodeSql = `
  UPDATE one_time_secrets SET code_attempts = code_attempts + 1
   WHERE user_id = @userId AND purpose = @purpose AND expires_at > @now AND code_attempts < @mostAttempts
  RETURNING *`

const deleteSql = 'DELETE FROM one_time_secrets WHERE id = @id'

/** A proof of an address is good as long as the address is. */
const voidSql = `DELETE FROM one_time_secrets WHERE user_id = @userId AND purpose <> 'verify_email'`

const deleteExpiredSql = `
  DELETE FROM one_time_secrets WHERE id IN (SELECT id FROM one_time_secrets WHERE expires_at <= @now LIMIT @limit)
  RETURNING id`

/** Who resets his password by mail has shown that he reads what is sent there. */
const setPasswordSql = `
  UPDATE users SET password_hash = @passwordHash, password_changed_at = @now,
         email_verified_at = CASE WHEN email = @email THEN coalesce(email_verified_at, @now) ELSE email_verified_at END
   WHERE id = @userId AND is_active = 1 RETURNING id`

const verifyEmailSql = `
  UPDATE users SET email_verified_at = @now WHERE id = @userId AND email = @email AND is_active = 1 RETURNING id`

const changeEmailSql = `
  UPDATE users SET email = @email, email_canonical = @emailCanonical, email_verified_at = @now
   WHERE id = @userId AND is_active = 1 RETURNING id`

const effectSql = {
  set_password: setPasswordSql,
  verify_email: verifyEmailSql,
  change_email: changeEmailSql,
}

/** Stores a secret and mails that go out with a change; neither where there is no active user for the secret. */
export function addWithMail(db: Connection, { secret, mails = [] }: WithMail): boolean {
  if (secret && db.rows(insertSql, secret).length === 0) return false
  addMails(db, mails)
  return true
}

/** After it nobody takes the account over by what was sent out before. */
export function voidSecrets(db: Connection, userId: string): void {
  db.rows(voidSql, { userId })
}

function shownSecret(
  db: Connection,
  { shown, purpose, now }: SpendSecretInput,
): OneTimeSecretRow | undefined {
  if ('digest' in shown) return db.rows<OneTimeSecretRow>(byDigestSql, { ...shown, purpose, now })[0]
  const [row] = db.rows<OneTimeSecretRow>(tryCodeSql, { ...shown, purpose, now })
  return row && isSameDigest(row.code_digest, shown.codeDigest) ? row : undefined
}

function spend(
  db: Connection,
  { id, user_id: userId, email }: OneTimeSecretRow,
  { effect, now }: SpendSecretInput,
): Tentative<SpendSecretOutcome> {
  db.rows(deleteSql, { id })
  try {
    const applied = db.rows(effectSql[effect.kind], { ...effect, userId, email, now })
    if (applied.length === 0) return { undo: { outcome: 'refused' } }
  } catch (thrown) {
    if (effect.kind !== 'change_email' || !isConstraintFault(thrown)) throw thrown
    return { undo: { outcome: 'taken' } }
  }
  if (effect.kind !== 'verify_email') voidSecrets(db, userId)
  if ('mails' in effect) addMails(db, effect.mails ?? [])
  const ends = endsSessions(effect)
  const ended = ends ? endSessionsOfUser(db, { userId, now, ...ends }) : []
  return { keep: { outcome: 'spent', userId, email, ended } }
}

/** The verbs about one-time secrets. */
export const secretVerbs: Verbs<'issueSecret' | 'spendSecret' | 'deleteExpiredSecrets'> = {
  issueSecret: (db, input) => (addWithMail(db, input) ? 'issued' : 'missing'),
  spendSecret(db, input) {
    const secret = shownSecret(db, input)
    return secret ? tentatively(db, () => spend(db, secret, input)) : { outcome: 'refused' }
  },
  deleteExpiredSecrets: (db, input) => db.rows(deleteExpiredSql, input).length,
}
