import { type Audit, requestFields } from '../../audit/events.ts'
import { AuthError } from '../../errors.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { getOwnUser } from '../../users/account/own-user.ts'
import type { Asker } from '../../users/account/reauthenticate.ts'
import { type RenameDeps, rename } from '../../users/account/rename.ts'
import { userIdClaimOf } from '../simplejwt/texts.ts'

/** A user as dj-rest-auth shows him; `pk` is a number where his id is one. */
export interface UserDetails {
  pk: number | string
  username: string
  email: string
  first_name: string
  last_name: string
}

const pkOf = userIdClaimOf('5.2')

export function detailsOf({ id, username, email, first_name, last_name }: UserRow): UserDetails {
  return { pk: pkOf(id), username, email, first_name, last_name }
}

/** What is to be different, each left out where it stays. */
export interface DetailsChange {
  username: string | undefined
  first_name: string | undefined
  last_name: string | undefined
  /** for another user name, unless the session is young */
  password: string | undefined
}

export interface ChangeDetailsDeps extends RenameDeps {
  store: RenameDeps['store'] & Pick<Store, 'updateUser'>
  audit: Audit
}

/**
 * Gives the user other names. The address is not changed here.
 * @returns the user as he is then
 * @throws AuthError as `rename` does
 */
export async function changeDetails(
  deps: ChangeDetailsDeps,
  asker: Asker,
  { username, password, ...names }: DetailsChange,
): Promise<UserDetails> {
  const user = await (username === undefined
    ? getOwnUser(deps.store, asker.claims)
    : rename(deps, asker, { username, password }))
  const { first_name = user.first_name, last_name = user.last_name } = names
  const changed = { ...user, first_name, last_name }
  if (first_name === user.first_name && last_name === user.last_name) return detailsOf(changed)
  const updated = await deps.store.updateUser({ userId: user.id, set: { first_name, last_name } })
  if (updated.outcome !== 'updated') throw new AuthError('user_not_found')
  const who = { user_id: user.id, session_id: asker.claims.sessionId }
  deps.audit.record('user.updated', { ...requestFields(asker.origin), ...who, reason: 'names_changed' })
  return detailsOf(changed)
}
