import { stateOf } from '../sessions/refresh.ts'
import { judge, type RotationRules } from '../sessions/rotation.ts'
import type { HeldSession } from '../store/port/sessions.ts'
import type { Store } from '../store/store.ts'
import type { RefreshClaims } from '../tokens/refresh-token.ts'

/** The session and what decides about its user, as they stand now; undefined where there is no such session. */
export async function findHeld(
  store: Pick<Store, 'findSession' | 'findUserById'>,
  sessionId: string,
): Promise<HeldSession | undefined> {
  const session = await store.findSession(sessionId)
  if (!session) return undefined
  const user = session.user_id === null ? undefined : await store.findUserById(session.user_id)
  return { session, username: user?.username ?? '', userIsActive: user?.is_active === 1 }
}

export interface WouldRefuseDeps {
  store: Pick<Store, 'findSession' | 'findUserById'>
  rules: RotationRules
}

/** Why a refresh would not take this token now; undefined if it would. A spent one is not taken for theft here. */
export async function whyRefused(
  deps: WouldRefuseDeps,
  claims: Pick<RefreshClaims, 'sessionId' | 'generation' | 'expiresAt'>,
  now: number,
): Promise<string | undefined> {
  const held = await findHeld(deps.store, claims.sessionId)
  if (!held) return 'unknown_session'
  const verdict = judge(stateOf(held), { ...claims, idempotencyDigest: null }, now, deps.rules)
  if (verdict.verdict === 'reuse') return 'spent'
  if (verdict.verdict !== 'refuse') return undefined
  return held.session.revoked_reason ?? verdict.reason
}
