import { checkedLegacyToken, type KnownLegacyToken, knownSql } from '../legacy-tokens.ts'
import type {
  EndLegacyTokenInput,
  EndLegacyTokenOutcome,
  ExchangeLegacyTokenInput,
  ExchangeLegacyTokenOutcome,
  ShownLegacyToken,
} from '../port/legacy-tokens.ts'
import type { Store } from '../store.ts'
import type { Connections, Runner } from './pool/connections.ts'
import { Undo } from './pool/faults.ts'
import { inTurn } from './pool/in-turn.ts'
import { statement } from './pool/statement.ts'
import { endSession, endSurplus, heldSession } from './sessions.ts'

/** The user before anything of his, as everybody does; so of two exchanges the second sees what the first one did. */
const lockOwner = statement('lock_token_owner', 'SELECT id FROM users WHERE id = @userId FOR UPDATE')

const known = statement('known_legacy_token', knownSql)

const insertSession = statement(
  'exchange_session',
  `INSERT INTO sessions (id, user_id, generation, created_at, rotated_at, expires_at, ends_at, device, address,
                         idempotency_digest)
   VALUES (@id, @user_id, 0, @created_at, @now, @expires_at, @ends_at, @device, @address, @idempotencyDigest)`,
)

/** Another user's token of the same name stays what it is. */
const spend = statement(
  'spend_legacy_token',
  `INSERT INTO legacy_tokens (jti, user_id, expires_at, is_blacklisted, session_id, exchanged_at)
   VALUES (@jti, @userId, @expiresAt, 0, @sessionId, @now)
       ON CONFLICT (jti) DO UPDATE SET session_id = excluded.session_id, exchanged_at = excluded.exchanged_at
    WHERE legacy_tokens.user_id = excluded.user_id
   RETURNING jti`,
)

const blacklist = statement(
  'blacklist_legacy_token',
  `INSERT INTO legacy_tokens (jti, user_id, expires_at, is_blacklisted) VALUES (@jti, @userId, @expiresAt, 1)
       ON CONFLICT (jti) DO UPDATE SET is_blacklisted = 1 WHERE legacy_tokens.user_id = excluded.user_id`,
)

const deleteExpired = statement(
  'delete_expired_legacy_tokens',
  `DELETE FROM legacy_tokens
    WHERE jti = ANY(ARRAY(SELECT jti FROM legacy_tokens WHERE expires_at < @expiredBefore LIMIT @limit
                             FOR UPDATE SKIP LOCKED))
   RETURNING jti`,
)

async function look(db: Runner, token: ShownLegacyToken): Promise<KnownLegacyToken | undefined> {
  await db.rows(lockOwner, token)
  return (await db.rows<KnownLegacyToken>(known, token))[0]
}

async function exchange(db: Runner, input: ExchangeLegacyTokenInput): Promise<ExchangeLegacyTokenOutcome> {
  const { token, now, session, idempotencyDigest, maxSessionsPerUser } = input
  const checked = checkedLegacyToken(await look(db, token), input)
  if (checked.outcome === 'refused') return checked
  if (checked.outcome === 'spent') return { outcome: 'spent', held: await heldSession(db, checked.sessionId) }
  const sessionId = session.id
  await db.rows(insertSession, { ...session, now, idempotencyDigest })
  if ((await db.rows(spend, { ...token, sessionId, now })).length === 0) throw new Undo(othersToken)
  const surplus = { userId: token.userId, now, opened: sessionId, most: maxSessionsPerUser }
  const ended = await endSurplus(db, surplus)
  const held = await heldSession(db, sessionId)
  if (!held) throw new Error('a session that was just stored is not there')
  return { outcome: 'exchanged', held, ended }
}

const othersToken: ExchangeLegacyTokenOutcome = { outcome: 'refused', reason: 'unknown_token' }

async function end(db: Runner, { token, now }: EndLegacyTokenInput): Promise<EndLegacyTokenOutcome> {
  const seen = await look(db, token)
  if (!seen || (seen.owner_id ?? token.userId) !== token.userId)
    return { outcome: 'missing', sessionId: undefined }
  await db.rows(blacklist, token)
  const sessionId = seen.session_id ?? undefined
  if (sessionId !== undefined)
    return { outcome: await endSession(db, { sessionId, now, reason: 'logout' }), sessionId }
  return { outcome: seen.is_blacklisted === 1 ? 'already_ended' : 'ended', sessionId }
}

/** The verbs about refresh tokens of the deployment that the users came from. */
export function legacyTokenVerbs(
  db: Connections,
): Pick<Store, 'exchangeLegacyToken' | 'checkLegacyToken' | 'endLegacyToken' | 'deleteExpiredLegacyTokens'> {
  return {
    checkLegacyToken: async (input) =>
      checkedLegacyToken((await db.rows<KnownLegacyToken>(known, input.token))[0], input),
    exchangeLegacyToken: (input) => inTurn(db, (runner) => exchange(runner, input)),
    endLegacyToken: (input) => inTurn(db, (runner) => end(runner, input)),
    deleteExpiredLegacyTokens: async (input) => (await db.rows(deleteExpired, input)).length,
  }
}
