import { checkedLegacyToken, type KnownLegacyToken, knownSql } from '../../legacy-tokens.ts'
import type {
  CheckLegacyTokenInput,
  CheckLegacyTokenOutcome,
  EndLegacyTokenInput,
  ExchangeLegacyTokenInput,
  ExchangeLegacyTokenOutcome,
} from '../../port/legacy-tokens.ts'
import type { Connection } from '../connection.ts'
import { endSession, endSurplus, heldSession } from './sessions.ts'
import type { Verbs } from './verb.ts'

const insertSessionSql = `
  INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address,
                        idempotency_digest)
  VALUES (@id, @user_id, 0, @created_at, @now, @expires_at, @ends_at, @device, @address, @idempotencyDigest)`

const spendSql = `
  INSERT INTO legacy_tokens (jti, user_id, expires_at, is_blacklisted, session_id, exchanged_at)
  VALUES (@jti, @userId, @expiresAt, 0, @sessionId, @now)
      ON CONFLICT (jti) DO UPDATE SET session_id = excluded.session_id, exchanged_at = excluded.exchanged_at`

const blacklistSql = `
  INSERT INTO legacy_tokens (jti, user_id, expires_at, is_blacklisted) VALUES (@jti, @userId, @expiresAt, 1)
      ON CONFLICT (jti) DO UPDATE SET is_blacklisted = 1`

const deleteExpiredSql = `
  DELETE FROM legacy_tokens
   WHERE jti IN (SELECT jti FROM legacy_tokens WHERE expires_at < @expiredBefore LIMIT @limit) RETURNING jti`

/** What an exchange would make of it now; nothing is changed. */
export function checkLegacyToken(db: Connection, input: CheckLegacyTokenInput): CheckLegacyTokenOutcome {
  const [known] = db.rows<KnownLegacyToken>(knownSql, input.token)
  return checkedLegacyToken(known, input)
}

function exchange(db: Connection, input: ExchangeLegacyTokenInput): ExchangeLegacyTokenOutcome {
  const { token, now, session, idempotencyDigest, maxSessionsPerUser } = input
  const checked = checkLegacyToken(db, input)
  if (checked.outcome === 'refused') return checked
  if (checked.outcome === 'spent') return { outcome: 'spent', held: heldSession(db, checked.sessionId) }
  const sessionId = session.id
  db.rows(insertSessionSql, { ...session, now, idempotencyDigest })
  db.rows(spendSql, { ...token, sessionId, now })
  const ended = endSurplus(db, { userId: token.userId, now, opened: sessionId, most: maxSessionsPerUser })
  const held = heldSession(db, sessionId)
  if (!held) throw new Error('a session that was just stored is not there')
  return { outcome: 'exchanged', held, ended }
}

/** The verbs about refresh tokens of the deployment that the users came from. */
export const legacyTokenVerbs: Verbs<'exchangeLegacyToken' | 'endLegacyToken' | 'deleteExpiredLegacyTokens'> =
  {
    exchangeLegacyToken: exchange,
    endLegacyToken(db, { token, now }: EndLegacyTokenInput) {
      const [known] = db.rows<KnownLegacyToken>(knownSql, token)
      if (!known || (known.owner_id ?? token.userId) !== token.userId)
        return { outcome: 'missing', sessionId: undefined }
      db.rows(blacklistSql, token)
      const sessionId = known.session_id ?? undefined
      if (sessionId !== undefined)
        return { outcome: endSession(db, { sessionId, now, reason: 'logout' }), sessionId }
      return { outcome: known.is_blacklisted === 1 ? 'already_ended' : 'ended', sessionId }
    },
    deleteExpiredLegacyTokens: (db, input) => db.rows(deleteExpiredSql, input).length,
  }
