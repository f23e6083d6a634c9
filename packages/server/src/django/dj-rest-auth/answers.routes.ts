import type { Clock } from '../../clock.ts'
import { AuthError } from '../../errors.ts'
import type { HttpAnswer } from '../../http/route.ts'
import { schema } from '../../http/schema.ts'
import type { TokenPair } from '../../sessions/issue.ts'
import type { UserRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import type { RefreshTokens } from '../../tokens/refresh-token.ts'
import type { Profile } from './profile.ts'
import { cookiesOf } from './token-cookies.routes.ts'
import { detailsOf } from './user-details.ts'

/** A user in an answer. */
export const Details = schema.object({
  pk: {
    ...{ anyOf: [schema.integer(), schema.text()] },
    description: 'The id of the user: a number where it is one',
  },
  username: schema.text(),
  email: schema.text(),
  first_name: schema.text(),
  last_name: schema.text(),
})

/** An answer in one sentence. */
export const Sentence = schema.object({ detail: schema.text() })

const refresh = { description: 'Exchanged once for a new pair; empty where a cookie has it' }
const end = (of: string) => schema.optional(schema.instant({ description: `When the ${of} token ends` }))

/** What a login answers, and a registration that is one too. */
export const Opened = schema.object({
  access: schema.text({ description: 'JWT for `Authorization: Bearer …`' }),
  refresh: schema.text(refresh),
  user: Details,
  access_expiration: end('access'),
  refresh_expiration: end('refresh'),
})

/** What a registration answers: a login, or, where the address has to be proven first, one sentence. */
export const Registered = schema.object({
  ...{ detail: schema.optional(schema.text()), access: schema.optional(schema.text()) },
  ...{ refresh: schema.optional(schema.text(refresh)), user: schema.optional(Details) },
  ...{ access_expiration: end('access'), refresh_expiration: end('refresh') },
})

/** What a refresh answers; what a cookie has is not told. */
export function renewedSchema({ cookies }: Profile) {
  const access = schema.text({ description: 'JWT for `Authorization: Bearer …`' })
  const access_expiration = schema.instant({ description: 'When the access token ends' })
  if (cookies?.refresh !== undefined) return schema.object({ access, access_expiration })
  return schema.object({
    ...{ access, refresh: schema.text({ description: 'Exchanged once for a new pair' }), access_expiration },
    refresh_expiration: schema.instant({ description: 'When the refresh token ends' }),
  })
}

export interface AnswerDeps {
  clock: Clock
  djRestAuth: Profile
}

/** The answer to a login, with its cookies where there are any. */
export function opened(deps: AnswerDeps, pair: TokenPair, user: UserRow): HttpAnswer {
  const { cookies, tellsExpiration } = deps.djRestAuth
  const body = {
    access: pair.access,
    refresh: cookies?.refresh === undefined ? pair.refresh : '',
    user: detailsOf(user),
    ...(tellsExpiration && {
      access_expiration: instantIn(deps, pair.access_expires_in),
      refresh_expiration: instantIn(deps, pair.refresh_expires_in),
    }),
  }
  return { body, ...(cookies && { cookies: cookiesOf(cookies, pair) }) }
}

/** The answer to a refresh, with its cookies where there are any; of the body, what `renewedSchema` lets through. */
export function renewed(deps: AnswerDeps, pair: TokenPair): HttpAnswer {
  const { cookies } = deps.djRestAuth
  const access_expiration = instantIn(deps, pair.access_expires_in)
  const refresh_expiration = instantIn(deps, pair.refresh_expires_in)
  const body = { access: pair.access, refresh: pair.refresh, access_expiration, refresh_expiration }
  return { body, ...(cookies && { cookies: cookiesOf(cookies, pair) }) }
}

function instantIn({ clock }: AnswerDeps, seconds: number): string {
  return new Date(clock() + seconds * 1000).toISOString()
}

export interface OwnerDeps {
  store: Pick<Store, 'findUserById'>
  refreshTokens: Pick<RefreshTokens, 'verify'>
}

/** Whose session a pair is of, that was made a moment ago. @throws AuthError `user_not_found` if he is gone already */
export async function getOwner(deps: OwnerDeps, pair: TokenPair): Promise<UserRow> {
  const claims = deps.refreshTokens.verify(pair.refresh)
  const user = claims && (await deps.store.findUserById(claims.userId))
  if (!user) throw new AuthError('user_not_found')
  return user
}
