import { type Compared, type Origin, requestFields } from '../../audit/events.ts'
import { AuthError } from '../../errors.ts'
import { newId } from '../../ids.ts'
import { deviceLabel } from '../../sessions/device.ts'
import type { FindForeign, ForeignToken } from '../../sessions/foreign.ts'
import { issuePair, type TokenPair } from '../../sessions/issue.ts'
import { digestOf, type RefreshDeps, whenUnchanged } from '../../sessions/refresh.ts'
import { foreignGeneration } from '../../sessions/rotation.ts'
import type { LegacyRefusal } from '../../store/port/legacy-tokens.ts'
import type { EndSessionOutcome, HeldSession, NewSession } from '../../store/port/sessions.ts'
import type { Store } from '../../store/store.ts'
import type { DjangoKey } from '../../tokens/django/key.ts'
import { type DjangoRefreshClaims, verifyDjangoRefreshToken } from '../../tokens/django/refresh-token.ts'
import { whyRefused } from '../find-held.ts'
import type { SimplejwtVersion } from '../simplejwt/texts.ts'

export interface LegacyDeps extends RefreshDeps {
  store: RefreshDeps['store'] &
    Pick<
      Store,
      'exchangeLegacyToken' | 'checkLegacyToken' | 'endLegacyToken' | 'findSession' | 'findUserById'
    >
  djangoKey: DjangoKey
  /** whose tokens they are; undefined where nobody says */
  simplejwt: SimplejwtVersion | undefined
  rules: RefreshDeps['rules'] & { sessionTtlMs: number; maxSessionsPerUser: number; reauthMs: number }
}

/**
 * Honours the refresh tokens of the Django deployment that the users come from: each one is exchanged once, for a
 * session here. From then on it is to that session what a spent refresh token is: the generation before the first.
 */
export function findLegacyTokens(deps: LegacyDeps): FindForeign {
  return (token) => {
    const claims = verifyDjangoRefreshToken(deps.djangoKey, token, deps.clock())
    return claims && legacyToken(deps, claims)
  }
}

function legacyToken(deps: LegacyDeps, claims: DjangoRefreshClaims): ForeignToken {
  return {
    id: claims.jti,
    userId: claims.userId,
    check: () => check(deps, claims),
    exchange: (shown) => exchange(deps, claims, shown),
    end: (origin) => end(deps, claims, origin),
  }
}

async function check(deps: LegacyDeps, token: DjangoRefreshClaims): Promise<string | undefined> {
  const now = deps.clock()
  if (token.expiresAt <= now) return 'expired'
  const checked = await deps.store.checkLegacyToken({ token, unlisted: unlistedAt(deps) })
  if (checked.outcome === 'refused') return alike[checked.reason]
  if (checked.outcome === 'good') return undefined
  return whyRefused(deps, { ...presentedBy(token), sessionId: checked.sessionId }, now)
}

/** Before 5.5 simplejwt lists what a login gives out, and not what a rotation does. */
function unlistedAt({ simplejwt }: LegacyDeps): 'accepted' | 'refused' {
  return simplejwt === '5.5' ? 'refused' : 'accepted'
}

type Shown = Parameters<ForeignToken['exchange']>[0]

async function exchange(deps: LegacyDeps, token: DjangoRefreshClaims, shown: Shown): Promise<TokenPair> {
  const { origin } = shown
  const now = deps.clock()
  if (token.expiresAt <= now) throw refused(deps, origin, { token, now, reason: 'expired' })
  const idempotencyDigest = digestOf(shown.idempotencyKey)
  const session = sessionFor(deps, token, { origin, now })
  const { maxSessionsPerUser } = deps.rules
  const unlisted = unlistedAt(deps)
  const input = { token, now, session, idempotencyDigest, maxSessionsPerUser, unlisted }
  const result = await deps.store.exchangeLegacyToken(input)
  if (result.outcome === 'exchanged') return opened(deps, origin, { ...result, now })
  const held = result.outcome === 'spent' ? result.held : undefined
  if (result.outcome === 'refused') throw refused(deps, origin, { token, now, reason: result.reason })
  if (!held) throw refused(deps, origin, { token, now, reason: 'unknown_session' })
  const presented = { ...presentedBy(token), sessionId: held.session.id, idempotencyDigest }
  return whenUnchanged(deps, origin, { held, presented, now })
}

/**
 * It begins as long ago as its token, and before the time in which a login counts as recent: nobody has shown a password
 * here. Its ends are those of any session that begins now.
 */
function sessionFor(
  { rules }: LegacyDeps,
  { userId, issuedAt }: DjangoRefreshClaims,
  { origin, now }: { origin: Origin; now: number },
): NewSession {
  const { refreshTtlMs, sessionTtlMs, reauthMs } = rules
  return {
    id: newId(now),
    user_id: userId,
    created_at: Math.min(issuedAt, now - reauthMs),
    expires_at: now + Math.min(refreshTtlMs, sessionTtlMs),
    ends_at: now + sessionTtlMs,
    device: deviceLabel(origin.userAgent),
    address: origin.address,
  }
}

function opened(
  deps: LegacyDeps,
  origin: Origin,
  { held, ended, now }: { held: HeldSession; ended: string[]; now: number },
): TokenPair {
  const { session, username } = held
  const user_id = session.user_id ?? ''
  deps.revoked.add(ended, 'limit', now)
  deps.audit.record('auth.legacy.exchanged', {
    ...requestFields(origin),
    ...{ user_id, session_id: session.id, device: session.device },
  })
  return issuePair(deps, { ...session, user_id }, username, now)
}

/** To the session that it became it is what a spent refresh token is. */
function presentedBy({ userId, expiresAt }: DjangoRefreshClaims) {
  return { userId, generation: foreignGeneration, expiresAt }
}

/** What each refusal is called where a token of ours is refused for the like: what the client is told goes by that. */
const alike = {
  expired: 'expired',
  unknown_session: 'unknown_session',
  user_inactive: 'user_inactive',
  unknown_user: 'user_deleted',
  unknown_token: 'bad_signature',
  blacklisted: 'revoked',
  outdated: 'revoked',
} as const satisfies Record<LegacyRefusal | 'expired' | 'unknown_session', string>

interface Refusal {
  token: DjangoRefreshClaims
  now: number
  reason: keyof typeof alike
}

function refused(deps: LegacyDeps, origin: Origin, { token, now, reason }: Refusal): AuthError {
  const code = 'token_not_valid'
  const compared: Compared = {
    decided_at: now,
    presented_generation: foreignGeneration,
    token_expires_at: token.expiresAt,
  }
  const who = { user_id: token.userId }
  deps.audit.record('auth.refresh.failed', { ...requestFields(origin), ...who, code, reason, compared })
  return new AuthError(code, { reason: alike[reason] })
}

async function end(deps: LegacyDeps, token: DjangoRefreshClaims, origin: Origin): Promise<EndSessionOutcome> {
  const now = deps.clock()
  const { outcome, sessionId } = await deps.store.endLegacyToken({ token, now })
  if (sessionId !== undefined && !deps.revoked.reasonOf(sessionId))
    deps.revoked.add([sessionId], 'logout', now)
  deps.audit.record('auth.logout.succeeded', {
    ...requestFields(origin),
    user_id: token.userId,
    ...(sessionId !== undefined && { session_id: sessionId }),
    reason: outcome,
  })
  return outcome
}
