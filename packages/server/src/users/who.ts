import type { UserRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { canonicalEmail } from './email.ts'
import { canonicalName } from './names.ts'

/** What users log in by. */
export type LoginBy = 'username' | 'email' | 'both'

export interface WhoDeps {
  store: Pick<Store, 'findUserByName' | 'findUserByEmail'>
  rules: { loginBy: LoginBy }
}

/** Whom a login means, and whether he may log in by what was typed. */
export interface Meant {
  user: UserRow
  /** false where it is his address, which nobody has proven yet */
  isProven: boolean
}

/**
 * Whom somebody means who types a name or an address. A proven address comes before a name that looks like one, so that
 * nobody takes somebody's way in by calling himself so. Both are looked up whatever was typed: it must cost the same.
 */
export async function findMeant({ store, rules }: WhoDeps, typed: string): Promise<Meant | undefined> {
  const [named, addressed] = await Promise.all([
    rules.loginBy === 'email' ? undefined : store.findUserByName(canonicalName(typed)),
    rules.loginBy === 'username' ? undefined : store.findUserByEmail(canonicalEmail(typed.trim())),
  ])
  if (addressed && addressed.email_verified_at !== null) return { user: addressed, isProven: true }
  if (named) return { user: named, isProven: true }
  return addressed && { user: addressed, isProven: false }
}

/**
 * Where users log in by address, a name that looks like one must be the user's own.
 * @returns what is wrong with the name, undefined where nothing is
 */
export function addressAsNameFault(
  loginBy: LoginBy,
  { username, email }: { username: string; email: string },
): string | undefined {
  if (loginBy === 'username' || !username.includes('@')) return undefined
  if (canonicalEmail(username.trim()) === canonicalEmail(email)) return undefined
  return 'A username that looks like an e-mail address must be your own address.'
}
