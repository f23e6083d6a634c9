import { AuthError } from '../../errors.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import type { AccessClaims } from '../../tokens/access-token.ts'

/**
 * The user whose access token was shown, as he is now.
 * @throws AuthError `user_not_found`, `user_inactive` where he was deleted or disabled a moment ago
 */
export async function getOwnUser(store: Pick<Store, 'findUserById'>, claims: AccessClaims): Promise<UserRow> {
  const user = await store.findUserById(claims.userId)
  if (!user) throw new AuthError('user_not_found')
  if (user.is_active === 0) throw new AuthError('user_inactive')
  return user
}
