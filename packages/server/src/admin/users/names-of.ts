import type { Store } from '../../store/store.ts'

/** The names of users, by their ids; whoever is gone has none. */
export async function usernamesOf(
  store: Pick<Store, 'listUsernames'>,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null)
  const users = wanted.length > 0 ? await store.listUsernames(wanted) : []
  return new Map(users.map(({ id, username }) => [id, username]))
}
