import type { CheckLegacyTokenInput, CheckLegacyTokenOutcome, LegacyRefusal } from './port/legacy-tokens.ts'

/** What the tables say of a token that is shown, and of its user. */
export interface KnownLegacyToken {
  is_active: number
  sessions_ended_at: number | null
  /** whose it is; this and the next two are null where the token is unknown */
  owner_id: string | null
  is_blacklisted: number | null
  session_id: string | null
  /** how many counters say that outstanding tokens were imported: 0 or 1 */
  imported: number
}

/**
 * Reads it, in the words of every database. A deployment without simplejwt's blacklist had no table of its tokens: then
 * an unknown one may be good. Where they were imported, and be it none, it is unlisted.
 */
export const knownSql = `
  SELECT users.is_active, users.sessions_ended_at, legacy_tokens.user_id AS owner_id, legacy_tokens.is_blacklisted,
         legacy_tokens.session_id, (SELECT count(*) FROM counters WHERE name = 'legacy_tokens') AS imported
    FROM users LEFT JOIN legacy_tokens ON legacy_tokens.jti = @jti
   WHERE users.id = @userId`

/** Why a token opens no session; undefined where it may, or where it did so before. */
export function legacyRefusal(
  known: KnownLegacyToken | undefined,
  { token: { userId, issuedAt }, unlisted }: CheckLegacyTokenInput,
): LegacyRefusal | undefined {
  if (!known) return 'unknown_user'
  const isUnlisted = known.owner_id === null && known.imported > 0
  if (isUnlisted && unlisted === 'refused') return 'unknown_token'
  if (known.owner_id !== null && known.owner_id !== userId) return 'unknown_token'
  if (known.is_blacklisted === 1) return 'blacklisted'
  if (known.session_id !== null) return undefined
  if (known.is_active !== 1) return 'user_inactive'
  return known.sessions_ended_at !== null && issuedAt < known.sessions_ended_at ? 'outdated' : undefined
}

/** What an exchange would make of it. */
export function checkedLegacyToken(
  known: KnownLegacyToken | undefined,
  input: CheckLegacyTokenInput,
): CheckLegacyTokenOutcome {
  const reason = legacyRefusal(known, input)
  if (reason) return { outcome: 'refused', reason }
  const sessionId = known?.session_id ?? undefined
  return sessionId === undefined ? { outcome: 'good' } : { outcome: 'spent', sessionId }
}
