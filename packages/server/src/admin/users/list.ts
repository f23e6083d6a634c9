import { isUuid } from '../../ids.ts'
import type { Position, Store, UserQuery, UserRow } from '../../store/store.ts'
import { canonicalEmail } from '../../users/email.ts'
import { canonicalName } from '../../users/names.ts'

export interface ListDeps {
  store: Pick<Store, 'queryUsers' | 'findUserById'>
}

/** Which users, in which order. */
export interface UsersWanted {
  /** the beginning of a name or of an address, or a whole id; whoever searches gets them by name */
  search?: string | undefined
  only: Omit<UserQuery['only'], 'notNamed'>
  by: 'created_at' | 'username_canonical'
  direction: 'asc' | 'desc'
  limit: number
  after?: UsersAfter | undefined
}

/** Where a page begins. A search goes by names first, then by the addresses of all others. */
export interface UsersAfter extends Position {
  part: UserQuery['by']
}

export interface UsersFound {
  users: UserRow[]
  next: UsersAfter | undefined
}

/** A page of users. Whatever is asked, no more rows are looked at than the store bounds. */
export async function listUsers(deps: ListDeps, wanted: UsersWanted): Promise<UsersFound> {
  const { search, by, direction, only, limit, after } = wanted
  if (search === undefined) return part(deps, { by, direction, only, limit, after })
  const name = canonicalName(search)
  if (isUuid(name)) return { users: await found(deps, name), next: undefined }
  const [names, addresses] = ['username_canonical', 'email_canonical'] as const
  const byName = { by: names, direction: 'asc', prefix: name, only, limit, after } as const
  const first = after?.part === addresses ? undefined : await part(deps, byName)
  if (first?.next) return first
  const prefix = canonicalEmail(search)
  const begin = after?.part === addresses ? after : undefined
  const rest = limit - (first?.users.length ?? 0)
  const byAddress = { by: addresses, direction: 'asc', prefix, only: { ...only, notNamed: name } } as const
  // A page that is full of names still says that there is more.
  if (rest === 0) return { users: first?.users ?? [], next: { part: addresses, value: '', id: '' } }
  const second = await part(deps, { ...byAddress, limit: rest, after: begin })
  return { users: [...(first?.users ?? []), ...second.users], next: second.next }
}

async function found({ store }: ListDeps, id: string): Promise<UserRow[]> {
  const user = await store.findUserById(id)
  return user ? [user] : []
}

async function part({ store }: ListDeps, query: UserQuery): Promise<UsersFound> {
  const { rows, next } = await store.queryUsers(query)
  return { users: rows, next: next && { ...next, part: query.by } }
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
