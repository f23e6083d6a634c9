import type { Store } from '../../store/store.ts'

/** The names of users, by their ids; whoever is gone has none. */
export async function usernamesOf(
  store: Pick<Store, 'findUserById'>,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null)
  const users = await Promise.all(wanted.map((id) => store.findUserById(id)))
  return new Map(users.flatMap((user) => (user ? [[user.id, user.username] as const] : [])))
}
