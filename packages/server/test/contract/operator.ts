import type { Given } from './scenario.ts'

/** As an operator does it in another process, of which this one hears through the store. */
export async function endUser({ server, user }: Given, how: 'user_disabled' | 'user_deleted'): Promise<void> {
  const { store, followRevoked } = server.deployment
  const userId = (await store.findUserByName(user))?.id ?? ''
  const now = server.clock()
  if (how === 'user_deleted') await store.deleteUser({ userId, now })
  else await store.updateUser({ userId, set: { is_active: 0 }, endSessions: { now, reason: how } })
  await followRevoked(now)
}
