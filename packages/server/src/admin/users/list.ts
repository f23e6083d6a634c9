import { invalidFields } from '../../errors.ts'
import { isUuid } from '../../ids.ts'
import type { Position, UserQuery } from '../../store/port/lists.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { canonicalEmail } from '../../users/email.ts'
import { canonicalName } from '../../users/names.ts'

export interface ListDeps {
  store: Pick<Store, 'queryUsers' | 'findUserById'>
}

/** Which users, in which order. */
export interface UsersWanted {
  /** the beginning of a name or of an address, or a whole id; whoever searches gets them by name */
  search?: string | undefined
  only: Omit<UserQuery['only'], 'notNamed' | 'hasEmail'>
  /** by address, whoever has none comes last, in either direction */
  by: 'created_at' | 'username_canonical' | 'email_canonical'
  direction: 'asc' | 'desc'
  limit: number
  after?: UsersAfter | undefined
}

/** Where a page begins, in which of the queries that a list is made of. */
export interface UsersAfter extends Position {
  part: UserQuery['by']
}

export interface UsersFound {
  users: UserRow[]
  next: UsersAfter | undefined
}

/**
 * A page of users. Whatever is asked, no more rows are looked at than the store bounds, so a page may have fewer users
 * than asked for, or none, and still not be the last.
 * @throws AuthError `invalid` for a place in another list
 */
export async function listUsers({ store }: ListDeps, wanted: UsersWanted): Promise<UsersFound> {
  const { search, limit, after } = wanted
  if (search !== undefined && isUuid(canonicalName(search)))
    return { users: await found(store, canonicalName(search)), next: undefined }
  const parts = partsOf(wanted)
  const first = after ? parts.findIndex((part) => isWithin(part, after)) : 0
  if (first < 0) throw invalidFields({ cursor: ['It is none of this list.'] })
  const users: UserRow[] = []
  for (const [index, part] of parts.slice(first).entries()) {
    const rest = { limit: limit - users.length, after: index === 0 ? after : undefined }
    const { rows, next } = await store.queryUsers({ ...part, ...rest })
    users.push(...rows)
    if (next) return { users, next: { ...next, part: part.by } }
  }
  return { users, next: undefined }
}

type Part = Omit<UserQuery, 'limit' | 'after'>

/** Each follows one index; where one ends, the next begins. */
function partsOf({ search, by, direction, only }: UsersWanted): Part[] {
  if (search !== undefined) return searchParts(search, only)
  if (by !== 'email_canonical') return [{ by, direction, only }]
  return [
    { by, direction, only },
    { by: 'id', direction, only: { ...only, hasEmail: false } },
  ]
}

/** By name first, then all others by address. */
function searchParts(search: string, only: UsersWanted['only']): Part[] {
  const name = canonicalName(search)
  const [names, addresses] = [{ by: 'username_canonical' as const }, { by: 'email_canonical' as const }]
  return [
    { ...names, direction: 'asc', prefix: name, only },
    { ...addresses, direction: 'asc', prefix: canonicalEmail(search), only: { ...only, notNamed: name } },
  ]
}

function isWithin({ by }: Part, { part, value }: UsersAfter): boolean {
  return by === part && (by === 'created_at' ? Number.isSafeInteger(value) : typeof value === 'string')
}

async function found(store: ListDeps['store'], id: string): Promise<UserRow[]> {
  const user = await store.findUserById(id)
  return user ? [user] : []
}

/** All of them, a page after the other. */
export async function* eachUser(deps: ListDeps, wanted: Omit<UsersWanted, 'limit' | 'after'>) {
  let after: UsersAfter | undefined
  do {
    const { users, next }: UsersFound = await listUsers(deps, { ...wanted, limit: exportPage, after })
    yield* users
    after = next
  } while (after)
}

const exportPage = 1_000

/** Those who have these ids, in their order; whoever is gone is left out. */
export async function* eachOf({ store }: ListDeps, ids: readonly string[]) {
  for (const id of ids) yield* await found(store, id)
}
