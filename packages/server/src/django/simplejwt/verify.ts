import { type Audit, type EventFields, type Origin, requestFields } from '../../audit/events.ts'
import type { Clock } from '../../clock.ts'
import { AuthError, invalidFields } from '../../errors.ts'
import type { FindForeign } from '../../sessions/foreign.ts'
import type { RevokedSessions } from '../../sessions/revocation/revoked.ts'
import type { AccessTokens } from '../../tokens/access-token.ts'
import type { RefreshTokens } from '../../tokens/refresh-token.ts'
import { type WouldRefuseDeps, whyRefused } from '../find-held.ts'
import { texts } from './texts.ts'

export interface VerifyDeps extends WouldRefuseDeps {
  accessTokens: AccessTokens
  refreshTokens: Pick<RefreshTokens, 'verify'>
  revoked: RevokedSessions
  audit: Audit
  clock: Clock
  findForeign?: FindForeign | undefined
}

/**
 * Resolves for a token, of whatever kind, that is good for something here now: one of ours, or one of the deployment that
 * the users came from, which a refresh would take. Nothing is changed: a spent refresh token that is shown here is refused,
 * and not taken for theft.
 * @throws AuthError `token_not_valid` for a forged or expired one; `invalid` where its session has ended, as simplejwt
 * answers there
 */
export async function verifyToken(deps: VerifyDeps, input: { token: string; origin: Origin }): Promise<void> {
  const now = deps.clock()
  const { owner, reason } = await whyBad(deps, input.token, now)
  if (reason === 'expired' || reason === 'bad_signature') throw notGood(deps, input.origin, { owner, reason })
  if (reason) throw ended(deps, input.origin, { owner, reason })
}

type Owner = Pick<EventFields, 'user_id' | 'session_id'>

interface Judged {
  /** whom the token names; nobody where it is forged */
  owner: Owner
  /** undefined where it is good */
  reason: string | undefined
}

async function whyBad(deps: VerifyDeps, token: string, now: number): Promise<Judged> {
  const access = deps.accessTokens.verify(token, now)
  if (access) return { owner: ownerOf(access), reason: deps.revoked.reasonOf(access.sessionId) }
  const claims = deps.refreshTokens.verify(token)
  if (claims) {
    const reason = claims.expiresAt <= now ? 'expired' : await whyRefused(deps, claims, now)
    return { owner: ownerOf(claims), reason }
  }
  const foreign = deps.findForeign?.(token)
  if (foreign) return { owner: { user_id: foreign.userId }, reason: await foreign.check() }
  return { owner: {}, reason: 'bad_signature' }
}

function ownerOf({ userId, sessionId }: { userId: string; sessionId: string }): Owner {
  return { user_id: userId, session_id: sessionId }
}

function notGood(
  { audit }: VerifyDeps,
  origin: Origin,
  { owner, reason }: { owner: Owner; reason: 'expired' | 'bad_signature' },
): AuthError {
  const code = 'token_not_valid'
  const told = { ...requestFields(origin), ...owner, code, reason: 'invalid_or_expired' }
  audit.record('auth.access.refused', told)
  return new AuthError(code, { reason })
}

function ended(
  { audit }: VerifyDeps,
  origin: Origin,
  { owner, reason }: { owner: Owner; reason: string },
): AuthError {
  const refusal = invalidFields({ non_field_errors: [texts['5.5'].blacklisted] })
  audit.record('auth.access.refused', { ...requestFields(origin), ...owner, code: refusal.code, reason })
  return refusal
}
