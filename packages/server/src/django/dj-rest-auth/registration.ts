import type { Origin } from '../../audit/events.ts'
import { AuthError } from '../../errors.ts'
import { type IssueDeps, issuePair, type TokenPair } from '../../sessions/issue.ts'
import { type OpenSessionDeps, openSession } from '../../sessions/login.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { type NewUserInput, type RegisterDeps, register } from '../../users/register.ts'
import { bodyFault, renamedFaults, retold } from './retell.ts'

export type SignUpDeps = RegisterDeps &
  OpenSessionDeps &
  IssueDeps & {
    store: RegisterDeps['store'] & OpenSessionDeps['store'] & Pick<Store, 'findUserById'>
  }

/**
 * Creates a user and opens a session for him, as far as he may have one before his address is proven.
 * @returns undefined where he may not
 * @throws AuthError `invalid` with the fields and words of dj-rest-auth; and as `register` does
 */
export async function signUp(
  deps: SignUpDeps,
  input: NewUserInput & { origin: Origin },
): Promise<{ user: UserRow; pair: TokenPair } | undefined> {
  const { id } = await retold(() => register(deps, input), asFaults)
  const { emailVerification, loginBy } = deps.rules
  if (emailVerification === 'required' || loginBy === 'email') return undefined
  const user = await deps.store.findUserById(id)
  const opened = user && (await openSession(deps, user, { origin: input.origin }))
  // Whoever was disabled or deleted within this moment cannot be told anything better.
  if (!opened) throw new AuthError('unavailable')
  return { user, pair: issuePair(deps, opened.session, user.username, opened.openedAt) }
}

const telling = renamedFaults({
  email: { field: 'email', message: 'A user is already registered with this e-mail address.' },
  password: { field: 'password1' },
})

/** What a password resembles is looked at last there, and told of the whole body. */
function asFaults(refusal: AuthError): AuthError {
  const faults = refusal.code === 'invalid' ? (refusal.details.fields?.password ?? []) : []
  const [similar, ...more] = faults
  const isSimilar = similar?.startsWith('The password is too similar') === true
  if (!isSimilar) return telling(refusal)
  if (more.length === 0) return bodyFault(similar)
  return telling(new AuthError('invalid', { fields: { password: more } }))
}
