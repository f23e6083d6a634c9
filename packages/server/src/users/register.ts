import { type Audit, type Origin, requestFields } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { AuthError, invalidFields } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { PasswordOwner, PasswordPolicy } from '../passwords/policy.ts'
import type { Store, TakenField } from '../store/store.ts'
import { canonicalEmail } from './email.ts'
import { canonicalName, displayName } from './names.ts'

export interface RegisterDeps {
  store: Pick<Store, 'findTaken' | 'createUser'>
  passwords: Passwords
  policy: PasswordPolicy
  audit: Audit
  clock: Clock
}

/** Fields that are each valid by themselves. */
export interface NewUserInput {
  username: string
  /** empty where there is none */
  email: string
  password: string
  isStaff?: boolean
  isSuperuser?: boolean
  /** an operator insists on a password that the policy refuses */
  policy?: 'bypass'
}

export interface CreatedUser {
  id: string
  username: string
  email: string
  /** what the user should hear although the password was taken */
  warnings: string[]
}

const takenMessages: Readonly<Record<TakenField, string>> = {
  username: 'A user with that username already exists.',
  email: 'This field must be unique.',
}

/**
 * Creates an account for whoever asks.
 * @throws AuthError `invalid` with the messages of each field; `overloaded` while too many passwords wait
 */
export async function register(
  deps: RegisterDeps,
  input: NewUserInput & { origin: Origin },
): Promise<CreatedUser> {
  const where = requestFields(input.origin)
  try {
    const user = await createUser(deps, {
      username: input.username,
      email: input.email,
      password: input.password,
    })
    deps.audit.record('auth.register.succeeded', { ...where, user_id: user.id })
    return user
  } catch (refusal) {
    const code = refusal instanceof AuthError ? refusal.code : 'internal'
    deps.audit.record('auth.register.failed', { ...where, code })
    throw refusal
  }
}

/**
 * Creates a user with the flags that only an operator can give. The names are unique by the store's constraints; the
 * look beforehand spares a hash and tells taken names before weak passwords, as Django does.
 * @throws AuthError `invalid` with the messages of each field
 */
export async function createUser(deps: RegisterDeps, input: NewUserInput): Promise<CreatedUser> {
  const names = {
    username: displayName(input.username),
    username_canonical: canonicalName(input.username),
    email: input.email,
    email_canonical: input.email === '' ? null : canonicalEmail(input.email),
  }
  refuseTaken(await deps.store.findTaken(names))
  const { faults, warnings } = await judged(deps, input, names)
  if (faults.length > 0) throw invalidFields({ password: faults })
  const password_hash = await deps.passwords.hash(input.password)
  const now = deps.clock()
  const user = {
    ...names,
    id: newId(now),
    password_hash,
    is_active: 1,
    is_staff: input.isStaff ? 1 : 0,
    is_superuser: input.isSuperuser ? 1 : 0,
    created_at: now,
  }
  const created = await deps.store.createUser(user)
  if (created.outcome === 'taken') refuseTaken(created.fields)
  return { id: user.id, username: user.username, email: user.email, warnings }
}

async function judged({ policy }: RegisterDeps, input: NewUserInput, names: PasswordOwner) {
  return input.policy === 'bypass' ? { faults: [], warnings: [] } : policy.check(input.password, names)
}

function refuseTaken(fields: readonly TakenField[]): void {
  if (fields.length === 0) return
  throw invalidFields(Object.fromEntries(fields.map((field) => [field, [takenMessages[field]]])))
}
