import { endReason, judge, numberOf, userColumns } from '../../imported.ts'
import type {
  ImportedUser,
  ImportTokenOutcome,
  ImportUserOutcome,
  ImportUsersInput,
  NewLegacyToken,
  UserNames,
} from '../../port/imports.ts'
import type { SessionRow, UserRow } from '../../schema.ts'
import { voidsSecrets } from '../../user-fields.ts'
import type { Connection } from '../connection.ts'
import { voidSecrets } from './secrets.ts'
import { endLiveSessions } from './sessions.ts'
import type { Verbs } from './verb.ts'

const insertSql = `
  INSERT INTO users (${userColumns}) VALUES (${userColumns.map((name) => `@${name}`)})
      ON CONFLICT DO NOTHING RETURNING id`

const updateSql = `UPDATE users SET ${userColumns.map((name) => `${name} = @${name}`)} WHERE id = @id`

const alikeSql = `
  SELECT * FROM users
   WHERE id = @id OR username_canonical = @username_canonical OR email_canonical = @email_canonical`

const raiseCounterSql = `
  INSERT INTO counters (name, value) VALUES ('users', @number)
      ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`

const nextNumberSql = `
  INSERT INTO counters (name, value) VALUES ('users', 1)
      ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`

const sessionSql = `
  INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address,
                        revoked_at, revoked_reason, idempotency_digest)
  SELECT @id, users.id, @generation, @created_at, @rotated_at, @expires_at, @ends_at, @device, @address,
         @revoked_at, @revoked_reason, @idempotency_digest
    FROM users WHERE users.id = @user_id AND users.is_active = 1
      ON CONFLICT (id) DO NOTHING RETURNING id`

const knownSessionSql = 'SELECT id FROM sessions WHERE id = @id'

const tokenSql = `
  INSERT INTO legacy_tokens (jti, user_id, expires_at, is_blacklisted)
  SELECT @jti, users.id, @expires_at, @is_blacklisted FROM users WHERE users.id = @user_id
      ON CONFLICT (jti) DO NOTHING RETURNING jti`

const blacklistSql = `
  UPDATE legacy_tokens SET is_blacklisted = 1 WHERE jti = @jti AND is_blacklisted = 0 RETURNING jti`

/** From then on a token that is not among them is unlisted. */
const countTokensSql = `
  INSERT INTO counters (name, value) VALUES ('legacy_tokens', @count)
      ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`

const knownTokenSql = 'SELECT jti FROM legacy_tokens WHERE jti = @jti'

/** Everybody who has one of the ids, names or e-mails, once each. */
export function findAlike(db: Connection, names: readonly UserNames[]): UserRow[] {
  const found = names.flatMap((one) => db.rows<UserRow>(alikeSql, one))
  return [...new Map(found.map((row) => [row.id, row])).values()]
}

function importUser(
  db: Connection,
  row: ImportedUser,
  { existing, now }: Omit<ImportUsersInput, 'users'>,
): ImportUserOutcome {
  if (db.rows(insertSql, row).length > 0) return { outcome: 'created' }
  const alike = db.rows<UserRow>(alikeSql, row)
  const judgement = judge(row, alike, existing)
  if (judgement === 'insert') throw new Error('a row was refused, and nobody is like it')
  if (judgement !== 'update') return judgement
  db.rows(updateSql, row)
  const before = alike.find(({ id }) => id === row.id)
  const reason = before && endReason(before, row)
  if (reason) endLiveSessions(db, { userId: row.id, now, reason })
  if (voidsSecrets(row)) voidSecrets(db, row.id)
  return { outcome: 'updated' }
}

function importSession(db: Connection, session: SessionRow) {
  if (db.rows(sessionSql, session).length > 0) return 'created'
  return db.rows(knownSessionSql, { id: session.id }).length > 0 ? 'unchanged' : 'refused'
}

function importToken(db: Connection, token: NewLegacyToken): ImportTokenOutcome {
  const { jti } = token
  if (db.rows(tokenSql, token).length > 0) return 'created'
  if (token.is_blacklisted === 1 && db.rows(blacklistSql, { jti }).length > 0) return 'updated'
  return db.rows(knownTokenSql, { jti }).length > 0 ? 'unchanged' : 'missing'
}

/** The verbs that take in what comes from elsewhere, and the number that it raises. */
export const importVerbs: Verbs<'importUsers' | 'importSessions' | 'importLegacyTokens' | 'nextUserNumber'> =
  {
    importUsers(db, { users, ...manner }) {
      const outcomes = users.map((row) => importUser(db, row, manner))
      const number = Math.max(
        ...users.map((row, at) => (outcomes[at]?.outcome === 'taken' ? 0 : numberOf(row))),
      )
      if (number > 0) db.rows(raiseCounterSql, { number })
      return outcomes
    },
    importSessions: (db, sessions) => sessions.map((one) => importSession(db, one)),
    importLegacyTokens(db, tokens) {
      const outcomes = tokens.map((one) => importToken(db, one))
      db.rows(countTokensSql, { count: outcomes.filter((one) => one === 'created').length })
      return outcomes
    },
    nextUserNumber: (db) => db.rows<{ value: number }>(nextNumberSql, {})[0]?.value ?? 0,
  }
