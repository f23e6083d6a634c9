import { invalidFields } from '../../errors.ts'
import type { HttpRequest } from '../../http/route.ts'
import { readChoice, readCursor, readFlagFilter } from '../cursor.ts'
import type { UsersAfter, UsersWanted } from './list.ts'

/** What a user may be in the console. */
export const roleWords = ['owner', 'admin', 'support', 'auditor'] as const

/** So many users are named in one request. */
export const mostAtOnce = 200

/** What a list of users is asked with, as the API's description tells it. */
export const filters = {
  search: 'The beginning of a name or of an address, or a whole id; sorts by name',
  active: '`true` or `false`',
  staff: '`true` or `false`',
  verified: '`true` or `false`: whether his address is proven',
  role: '`owner`, `admin`, `support`, `auditor`, `any` or `none`',
  sort: '`-created` (newest first, unless said), `created`, `username`, `-username`, `email`, `-email`',
}

/** Which page of it. */
export const paging = { cursor: 'The `next` of the page before', limit: '1 to 200, 50 unless said' }

/** In the place of filters. */
export const chosen = { ids: 'Of some users, with commas between, 200 at the most; no filter counts then' }

/** @throws AuthError `invalid` with the name of what cannot be asked */
export function wantedIn(request: HttpRequest<unknown>): Omit<UsersWanted, 'limit' | 'after'> {
  const filter = (name: string) => readFlagFilter(name, request.query(name))
  const sort = readChoice('sort', request.query('sort'), sorts) ?? '-created'
  const column = columns.find(([word]) => sort.endsWith(word))
  return {
    search: request.query('search') || undefined,
    only: {
      ...{ isActive: filter('active'), isStaff: filter('staff'), isVerified: filter('verified') },
      role: readChoice('role', request.query('role'), [...roleWords, 'any', 'none']),
    },
    by: column?.[1] ?? 'created_at',
    direction: sort.startsWith('-') ? 'desc' : 'asc',
  }
}

const sorts = ['-created', 'created', 'username', '-username', 'email', '-email'] as const
const columns = [
  ['created', 'created_at'],
  ['username', 'username_canonical'],
  ['email', 'email_canonical'],
] as const

const parts = ['created_at', 'username_canonical', 'email_canonical', 'id'] as const

/** @throws AuthError `invalid` for what is no cursor of users */
export function readAfter(cursor: string | undefined): UsersAfter | undefined {
  const place = readCursor(cursor, ['string', 'string', 'string', 'string'])?.map(String)
  if (!place) return undefined
  const [word, type, value = '', id = ''] = place
  const part = parts.find((one) => one === word)
  if (!part) throw invalidFields({ cursor: ['It is none of this list.'] })
  return { part, value: type === 'number' ? Number(value) : value, id }
}

/** Whom `?ids=` names. @throws AuthError `invalid` for too many */
export function idsIn(request: HttpRequest<unknown>): string[] | undefined {
  const ids = request.query('ids')?.split(',')
  if (ids && ids.length > mostAtOnce) throw invalidFields({ ids: [`${mostAtOnce} at the most.`] })
  return ids
}
