import { type Audit, type Origin, requestFields } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { AuthError, invalidFields } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Limits } from '../limits/limits.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { PasswordOwner, PasswordPolicy } from '../passwords/policy.ts'
import type { NewUser, TakenField, WithMail } from '../store/port/users.ts'
import type { AdminRole, UserRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { canonicalEmail } from './email.ts'
import { canonicalName, displayName } from './names.ts'
import { type WelcomeDeps, welcomeOf } from './welcome.ts'
import { addressAsNameFault, type LoginBy } from './who.ts'

export interface CreateUserDeps {
  store: Pick<Store, 'findTaken' | 'createUser' | 'nextUserNumber'>
  /** what new users get as their ids */
  userIds: 'uuid' | 'integer'
  passwords: Passwords
  policy: PasswordPolicy
  audit: Audit
  clock: Clock
}

export interface RegisterDeps extends CreateUserDeps, WelcomeDeps {
  store: CreateUserDeps['store'] & Pick<Store, 'findUserByEmail'>
  limits: Pick<Limits, 'admit'>
  rules: WelcomeDeps['rules'] & { loginBy: LoginBy; hideEmails: 'off' | 'on' }
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

/** What is told of a name or an address that somebody has. */
export const takenMessages: Readonly<Record<TakenField, string>> = {
  username: 'A user with that username already exists.',
  email: 'This field must be unique.',
}

/**
 * Creates an account for whoever asks. Where it is hidden who has which address, one that somebody has makes no
 * difference but to its owner, who gets a mail: the new user is there, and the address stays not his.
 * @throws AuthError `invalid` with the messages of each field; `throttled` before anything is looked up; `overloaded`
 * while too many passwords wait
 */
export async function register(
  deps: RegisterDeps,
  input: NewUserInput & { origin: Origin },
): Promise<CreatedUser> {
  await deps.limits.admit('register', { origin: input.origin })
  const where = requestFields(input.origin)
  try {
    const { username, email, password } = input
    const fault = addressAsNameFault(deps.rules.loginBy, input)
    if (fault) throw invalidFields({ username: [fault] })
    const user = await createUser(deps, { username, email, password }, mannerOf(deps))
    deps.audit.record('auth.register.succeeded', { ...where, user_id: user.id })
    return user
  } catch (refusal) {
    const code = refusal instanceof AuthError ? refusal.code : 'internal'
    deps.audit.record('auth.register.failed', { ...where, code })
    throw refusal
  }
}

function mannerOf(deps: RegisterDeps): Manner {
  return {
    ...(deps.rules.hideEmails === 'on' && {
      findHolder: (canonical) => deps.store.findUserByEmail(canonical),
    }),
    beside: (user, holder) => welcomeOf(deps, user, holder),
  }
}

/** How users are created. */
interface Manner {
  /** who has the address; where it is given, an address that somebody has is no reason to refuse */
  findHolder?: (emailCanonical: string) => Promise<UserRow | undefined>
  /** what goes out with the new user, in one transaction */
  beside: (user: NewUser, holder: UserRow | undefined) => WithMail
}

const quietly: Manner = { beside: () => ({}) }

/**
 * Creates a user with the flags that only an operator can give. The names are unique by the store's constraints; the
 * look beforehand spares a hash and tells taken names before weak passwords, as Django does.
 * @throws AuthError `invalid` with the messages of each field
 */
export async function createUser(
  deps: CreateUserDeps,
  input: NewUserInput,
  manner: Manner = quietly,
): Promise<CreatedUser> {
  const names = {
    username: displayName(input.username),
    username_canonical: canonicalName(input.username),
    email: input.email,
    email_canonical: input.email === '' ? null : canonicalEmail(input.email),
  }
  refuseTaken(await deps.store.findTaken(names), manner)
  const { faults, warnings } = await judged(deps, input, names)
  if (faults.length > 0) throw invalidFields({ password: faults })
  const password_hash = await deps.passwords.hash(input.password)
  const now = deps.clock()
  const user = {
    ...{ ...names, password_hash, is_active: 1, created_at: now },
    ...{ is_staff: input.isStaff ? 1 : 0, is_superuser: input.isSuperuser ? 1 : 0 },
    admin_role: roleOf(input),
  }
  // Whoever takes the address, or brings the number along, between the look and the verb is found by the second one.
  const id = (await add(deps, user, manner)) ?? (await add(deps, user, manner))
  if (id === undefined) throw new AuthError('unavailable')
  return { id, username: user.username, email: user.email, warnings }
}

/** Whom Django would have let into its admin has a role in ours: who might do everything there is an owner. */
function roleOf({ isStaff, isSuperuser }: NewUserInput): AdminRole | null {
  if (isSuperuser) return 'owner'
  return isStaff ? 'auditor' : null
}

async function newUserId({ store, userIds }: CreateUserDeps, now: number): Promise<string> {
  return userIds === 'integer' ? String(await store.nextUserNumber()) : newId(now)
}

/** @returns his id; undefined where somebody has that or the address, and it is no reason to refuse */
async function add(
  deps: CreateUserDeps,
  user: Omit<NewUser, 'id'>,
  manner: Manner,
): Promise<string | undefined> {
  const id = await newUserId(deps, user.created_at)
  const holder = user.email_canonical === null ? undefined : await manner.findHolder?.(user.email_canonical)
  const mine = { ...user, id, ...(holder && { email_canonical: null }) }
  const created = await deps.store.createUser({ ...mine, ...manner.beside(mine, holder) })
  if (created.outcome === 'taken') refuseTaken(created.fields, manner)
  return created.outcome === 'created' ? id : undefined
}

async function judged({ policy }: CreateUserDeps, input: NewUserInput, names: PasswordOwner) {
  return input.policy === 'bypass' ? { faults: [], warnings: [] } : policy.check(input.password, names)
}

function refuseTaken(fields: readonly TakenField[], { findHolder }: Manner): void {
  const told = findHolder ? fields.filter((field) => field !== 'email') : fields
  if (told.length === 0) return
  throw invalidFields(Object.fromEntries(told.map((field) => [field, [takenMessages[field]]])))
}
