import type { HeldSession, Store } from '../../store/store.ts'

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
